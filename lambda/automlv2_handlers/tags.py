"""Tags: the user's, and the marks by which a later request finds its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context

OWNER = "cdk-automlv2:owner"
REQUEST = "cdk-automlv2:request"
FINGERPRINT = "cdk-automlv2:fingerprint"
MARKS = frozenset({OWNER, REQUEST, FINGERPRINT})


def to_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as the API wants them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def to_mapping(tags: Any) -> dict[str, str]:
    """Return the API's list of tags as a mapping."""
    return {tag["Key"]: tag["Value"] for tag in tags or []}


def with_marks(event: LifecycleEvent, **more: str) -> list[dict[str, str]]:
    """Return the user's tags of the request and the marks of its owner."""
    marks = {OWNER: event.owner[:256], REQUEST: event.request_id, **more}
    return to_list({**to_mapping(event.properties.get("Tags")), **marks})


def is_ours(event: LifecycleEvent, tags: Mapping[str, str]) -> bool:
    """Whether the thing with these tags was made for the event's resource."""
    return tags.get(OWNER) == event.owner[:256]


def sync(event: LifecycleEvent, arn: str, present: Mapping[str, str], context: Context) -> None:
    """Make the user's tags on ``arn``, now ``present``, those of the request; marks stay."""
    wanted = to_mapping(event.properties.get("Tags"))
    stale = sorted(present.keys() - wanted.keys() - MARKS)
    changed = {key: value for key, value in wanted.items() if present.get(key) != value}
    if changed:
        context.gateway.add_tags(arn, to_list(changed))
    if stale:
        context.gateway.remove_tags(arn, stale)
