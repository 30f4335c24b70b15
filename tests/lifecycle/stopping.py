"""An endpoint with stops, and what its schedules invoke the function with."""

from .events import ENDPOINT_TYPE as TYPE
from .events import NEW, OLD

STOPS = OLD | {"Stops": True}
NEXT = NEW | {"Stops": True}


def task(stack, verb, name, properties, id="one", logical_id="Churn"):
    """Return what a schedule invokes the function with."""
    event = stack.event("Create", TYPE, properties, LogicalResourceId=logical_id)
    run = {
        "StackId": stack.stack_id,
        "LogicalId": logical_id,
        "Properties": event["ResourceProperties"] | {"EndpointName": name},
    }
    return {"Task": f"{verb}Endpoint", "Trigger": {"Id": f"{verb}-{id}"}, "Endpoint": run}


def ask(stack, verb, name, properties, **more):
    """Have a schedule fire."""
    stack.deliver(task(stack, verb, name, properties, **more))


def stop(stack, aws, name, properties=STOPS, **more):
    ask(stack, "Stop", name, properties, **more)
    aws.wait(1800)


def start(stack, aws, name, properties=STOPS, **more):
    ask(stack, "Start", name, properties, **more)
    aws.wait(3 * 3600)


def marks(aws):
    """Return what the tags of configurations say of stopping."""
    return {
        name: aws.tags[aws.arn("endpoint-config", name)]["cdk-automlv2:stopped"]
        for name in aws.configs
        if "cdk-automlv2:stopped" in aws.tags[aws.arn("endpoint-config", name)]
    }
