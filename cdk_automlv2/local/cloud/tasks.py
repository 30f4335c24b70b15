"""What a Task state does: actions and resources, as the role of its state machine must allow.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cdk_automlv2.local.cloud.role_rights import Deed

Input = Mapping[str, Any]
_OPTIMIZED = "arn:aws:states:::"
_ERRORS: Mapping[str, str] = {
    "lambda": "Lambda.AWSLambdaException",
    "states": "StepFunctions.AWSStepFunctionsException",
    "sqs": "SQS.AmazonSQSException",
    "sns": "SNS.AmazonSNSException",
    "events": "EventBridge.AmazonEventBridgeException",
    "dynamodb": "DynamoDB.AmazonDynamoDBException",
    "ecs": "ECS.AmazonECSException",
}


def error_of(deed: Deed) -> str:
    """Return the name of the error that a task without a right fails with."""
    return _ERRORS[deed.action.partition(":")[0]]


def deeds(resource: str, given: Any, place: str) -> Iterator[Deed]:
    """Yield what a task does by an optimized integration, or by the ARN of a function.

    Args:
        resource: ``Resource`` of the state.
        given: What the state hands on.
        place: Region and account of the execution, joined by a colon.
    """
    plain = resource.removesuffix(".waitForTaskToken")
    if not plain.startswith(_OPTIMIZED):
        if ":function:" in plain:
            yield Deed("lambda:InvokeFunction", plain)
        return
    service, _, operation = plain.removeprefix(_OPTIMIZED).partition(":")
    found = given if isinstance(given, Mapping) else {}
    if service == "events":
        yield from (event_deed(entry, place) for entry in found.get("Entries", []))
    elif service in _RESOURCES:
        name = operation.partition(".")[0]
        action = _ACTIONS.get(service) or f"{service}:{name[:1].upper()}{name[1:]}"
        yield Deed(action, _RESOURCES[service](found, place))


def _function(given: Input, place: str) -> str:
    """Return the ARN of a function given by name, by part of its ARN, or by ARN."""
    text = str(given.get("FunctionName", ""))
    if text.startswith("arn:"):
        return text
    return f"arn:aws:lambda:{place}:function:{text.rpartition('function:')[2]}"


def _queue(given: Input, place: str) -> str:
    return f"arn:aws:sqs:{place}:{str(given.get('QueueUrl', '')).rpartition('/')[2]}"


def _table(given: Input, place: str) -> str:
    name = str(given.get("TableName", ""))
    return name if name.startswith("arn:") else f"arn:aws:dynamodb:{place}:table/{name}"


_ACTIONS: Mapping[str, str] = {"lambda": "lambda:InvokeFunction"}
"""Action of an integration whose operation is called otherwise."""
_RESOURCES: Mapping[str, Callable[[Input, str], str]] = {
    "lambda": _function,
    "states": lambda given, _: str(given.get("StateMachineArn", "*")),
    "sqs": _queue,
    "sns": lambda given, _: str(given.get("TopicArn") or given.get("TargetArn") or "*"),
    "dynamodb": _table,
    "ecs": lambda given, _: str(given.get("TaskDefinition", "*")),
}


def event_deed(entry: Input, place: str) -> Deed:
    """Return what sending one entry of PutEvents is, with the condition keys that it has."""
    bus = entry.get("EventBusName") or "default"
    arn = bus if bus.startswith("arn:") else f"arn:aws:events:{place}:event-bus/{bus}"
    keys = {"events:source": entry.get("Source"), "events:detail-type": entry.get("DetailType")}
    return Deed("events:PutEvents", arn, {k: v for k, v in keys.items() if isinstance(v, str)})
