"""Tags of whatever has an ARN."""

from __future__ import annotations

from collections.abc import Iterable

from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import not_found, validation
from cdk_automlv2.local.sagemaker.paging import refuse_token
from cdk_automlv2.local.sagemaker.state import (
    CONFIG,
    ENDPOINT,
    GROUP,
    JOB,
    MODEL,
    PACKAGE,
    TRANSFORM,
    Record,
    State,
    request_tags,
)

MOST_TAGS = 50
_KINDS = {kind.name: kind for kind in (CONFIG, ENDPOINT, GROUP, JOB, MODEL, PACKAGE, TRANSFORM)}


def add_tags(state: State, caller: Caller, request: Record) -> Record:
    """Add or overwrite tags."""
    arn = request["ResourceArn"].lower()
    given = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
    state.require(caller, "AddTags", arn, **request_tags(request["Tags"]))
    check_tags(request["Tags"])
    with state.lock:
        tags = _tags_of(state, caller, arn)
        if len(tags | given) > MOST_TAGS:
            count = f"{len(tags | given)} tags"
            raise validation(f"{arn} would have {count}; a resource has {MOST_TAGS} at most.")
        tags |= given
    return {"Tags": _listed(tags)}


def delete_tags(state: State, caller: Caller, request: Record) -> Record:
    """Remove tags."""
    arn = request["ResourceArn"].lower()
    state.require(caller, "DeleteTags", arn, **{"aws:TagKeys": request["TagKeys"]})
    _refuse_reserved(request["TagKeys"])
    with state.lock:
        tags = _tags_of(state, caller, arn)
        for key in request["TagKeys"]:
            tags.pop(key, None)
    return {}


def list_tags(state: State, caller: Caller, request: Record) -> Record:
    """List tags; all of them fit on one page."""
    arn = request["ResourceArn"].lower()
    state.require(caller, "ListTags", arn)
    refuse_token(request)
    with state.lock:
        return {"Tags": _listed(_tags_of(state, caller, arn))}


def check_tags(tags: list[dict[str, str]]) -> None:
    """Refuse tags that no resource can have, as at synth.

    Raises:
        ServiceError: ``ValidationException``.
    """
    keys = [tag["Key"] for tag in tags]
    _refuse_reserved(keys)
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise validation(f"Duplicate tag keys found: {', '.join(twice)}.")


def _refuse_reserved(keys: Iterable[str]) -> None:
    reserved = sorted(key for key in keys if key.lower().startswith("aws:"))
    if reserved:
        words = "aws: prefixed tag key names are not allowed for external use"
        raise validation(f"{words}: {', '.join(reserved)}.")


def _tags_of(state: State, caller: Caller, arn: str) -> dict[str, str]:
    """Return the tags of something that there is, to be read or changed under the lock."""
    place, _, rest = arn.rpartition(":")
    kind = _KINDS.get(rest.partition("/")[0])
    if place != caller.place or kind is None or arn not in state.store_of(kind):
        raise not_found(kind.words if kind else "resource", arn)
    return state.tags.setdefault(arn, {})


def _listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
