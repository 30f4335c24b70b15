"""Tags of whatever has an ARN."""

from __future__ import annotations

from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.state import Record, State, request_tags


def add_tags(state: State, caller: Caller, request: Record) -> Record:
    """Add or overwrite tags."""
    arn = request["ResourceArn"]
    state.require(caller, "AddTags", arn, **request_tags(request["Tags"]))
    with state.lock:
        tags = state.tags.setdefault(arn, {})
        tags |= {tag["Key"]: tag["Value"] for tag in request["Tags"]}
    return {"Tags": _listed(tags)}


def delete_tags(state: State, caller: Caller, request: Record) -> Record:
    """Remove tags."""
    arn = request["ResourceArn"]
    state.require(caller, "DeleteTags", arn, **{"aws:TagKeys": request["TagKeys"]})
    with state.lock:
        for key in request["TagKeys"]:
            state.tags.get(arn, {}).pop(key, None)
    return {}


def list_tags(state: State, caller: Caller, request: Record) -> Record:
    """List tags."""
    arn = request["ResourceArn"]
    state.require(caller, "ListTags", arn)
    with state.lock:
        return {"Tags": _listed(state.tags.get(arn, {}))}


def _listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
