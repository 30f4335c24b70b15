"""An event as the function gets it."""

from automlv2_handlers.events import LifecycleEvent


def event(stack="Shop", logical="Churn", request="r1", **properties):
    raw = {
        "RequestType": "Create",
        "RequestId": request,
        "StackId": f"arn:aws:cloudformation:eu-west-1:1:stack/{stack}/uuid",
        "LogicalResourceId": logical,
        "ResourceType": "Custom::AutoMLJobV2",
        "ResponseURL": "https://secret",
        "ResourceProperties": {"NameScope": "abcde", "BaseName": "churn", **properties},
    }
    return LifecycleEvent.from_raw(raw)
