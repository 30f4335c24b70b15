"""What others than CloudFormation ask of batch transforms: their own executions, and triggers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.transforms import machine

KINDS: Final = frozenset({"schedule", "file", "call"})
_LEFT_OUT: Final = re.compile(r"(^|/)(\.|_SUCCESS$)|/$|^$")
"""Keys of what is no data: folders, hidden files, marks of a job that has finished."""


def serve(event: Mapping[str, Any], gateway: Gateway, stack_id: str, now: float) -> dict[str, Any]:
    """Serve one task.

    Args:
        event: ``{"Task": "Transform", "State": …}`` of an execution; or, of a trigger,
            ``{"Task": "StartTransform", "Trigger": {"Kind", "Id"}, "Run": {"StackId",
            "LogicalId", "Properties"}}``, for a new object with its ``Bucket`` and ``Key``.
        gateway: The only door to AWS.
        stack_id: Stack that the function serves; empty if that is not known.
        now: Epoch seconds.

    Returns:
        Of an execution its next state; else ``{"Answer": …}`` or ``{"Refused": …}``.
    """
    if event["Task"] == "Transform":
        return machine.poll(event["State"], gateway, now)
    try:
        answer = _start(event, gateway, stack_id, now)
    except LifecycleError as error:
        logs.fact("refused", task=event["Task"], why=str(error))
        return {"Refused": str(error)}
    logs.fact("answered", task=event["Task"], answer=answer)
    return {"Answer": answer}


def _start(event: Mapping[str, Any], gateway: Gateway, stack_id: str, now: float) -> str:
    kind, run = str(event["Trigger"]["Kind"]), event["Run"]
    if stack_id not in ("", run["StackId"]):
        raise LifecycleError("this function belongs to another stack and serves it alone")
    if kind not in KINDS:
        raise LifecycleError(f"this function does not know the trigger {kind!r}")
    properties = dict(run["Properties"])
    if kind == "file":
        key = str(event.get("Key") or "")
        if _LEFT_OUT.search(key):
            return f"{key!r} holds no data"
        properties["TransformInput"] = _of_object(properties["TransformInput"], event, key)
    trigger = f"{kind}/{event['Trigger']['Id']}"
    request = machine.request_of(properties, run["StackId"], run["LogicalId"], trigger)
    return f"run {machine.start(request, kind, gateway, now)}"


def _of_object(given: Mapping[str, Any], event: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the input of one object; its key is a prefix that others may have, too."""
    place = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{event['Bucket']}/{key}"}
    return {**given, "DataSource": {"S3DataSource": place}}
