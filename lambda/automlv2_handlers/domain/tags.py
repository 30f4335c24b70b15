"""Tags: the user's, and the marks by which a later request finds its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automlv2_handlers.domain.names import digest
from automlv2_handlers.errors import NotFoundError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import FAILURE, Context

OWNER = "cdk-automlv2:owner"
"""Whose the resource is: ``<NameScope>/<digest>``; the function's rights go by the first part."""

REQUEST = "cdk-automlv2:request"
FINGERPRINT = "cdk-automlv2:fingerprint"
SINCE = "cdk-automlv2:since"
"""Epoch seconds at which a stack last went forward to the job."""

TRAINING = "cdk-automlv2:training"
"""Digest of a job's settings, its data left aside."""

ENDPOINT = "cdk-automlv2:endpoint"
"""Endpoint that a configuration is for."""

BACK = "cdk-automlv2:back"
"""Configuration that a stack on its way back has left."""

RETAINED = "cdk-automlv2:retained"
"""The thing stays on purpose when its stack goes."""

_OWNER_LENGTH = 24

MARKS = frozenset({OWNER, REQUEST, FINGERPRINT, SINCE, TRAINING, ENDPOINT, BACK, RETAINED})


def to_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as the API wants them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def to_mapping(tags: Any) -> dict[str, str]:
    """Return the API's list of tags as a mapping."""
    return {tag["Key"]: tag["Value"] for tag in tags or []}


def with_marks(event: LifecycleEvent, **more: str) -> list[dict[str, str]]:
    """Return the user's tags of the request and the marks of its owner."""
    marks = {OWNER: owner(event), REQUEST: event.request_id, **_retention(event), **more}
    return to_list({**to_mapping(event.properties.get("Tags")), **marks})


def of(arn: str, context: Context) -> dict[str, str]:
    """Return the tags of a thing; none if it has gone meanwhile."""
    try:
        return context.gateway.tags_of(arn)
    except NotFoundError:
        return {}


def is_ours(event: LifecycleEvent, tags: Mapping[str, str]) -> bool:
    """Whether the thing with these tags was made for the event's resource."""
    return tags.get(OWNER) == owner(event)


def owner(event: LifecycleEvent) -> str:
    """Return the owner tag of whatever is made for the event's resource."""
    scope = str(event.properties.get("NameScope", ""))
    return f"{scope}/{digest(scope, event.owner, length=_OWNER_LENGTH)}"


def may_remove(event: LifecycleEvent, tags: Mapping[str, str], context: Context) -> bool:
    """Whether the request may take the thing with these tags away.

    One that has failed takes away only what it has made itself: by then another request of the
    same resource may have made what bears the same name.
    """
    undoing = FAILURE in context.progress
    return is_ours(event, tags) and (not undoing or tags.get(REQUEST) == event.request_id)


def adopt(event: LifecycleEvent, arn: str, present: Mapping[str, str], context: Context) -> None:
    """Let a creation own what an earlier one has made, so that the earlier one spares it."""
    if event.request_type == "Create" and present.get(REQUEST) != event.request_id:
        context.gateway.add_tags(arn, to_list({REQUEST: event.request_id}))


def sync(event: LifecycleEvent, arn: str, present: Mapping[str, str], context: Context) -> None:
    """Make the user's tags on ``arn``, now ``present``, those of the request; marks stay."""
    wanted = to_mapping(event.properties.get("Tags")) | _retention(event)
    stale = sorted(present.keys() - wanted.keys() - (MARKS - {RETAINED}))
    changed = {key: value for key, value in wanted.items() if present.get(key) != value}
    if changed:
        context.gateway.add_tags(arn, to_list(changed))
    if stale:
        context.gateway.remove_tags(arn, stale)


def _retention(event: LifecycleEvent) -> dict[str, str]:
    return {RETAINED: "true"} if event.properties.get("Retained") == "true" else {}
