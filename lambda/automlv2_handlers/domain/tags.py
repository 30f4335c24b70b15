"""Tags: the user's, and those by which a later request finds its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers.domain.names import digest
from automlv2_handlers.errors import BusyError, NotFoundError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import FAILURE, Context

OWNER = "cdk-automlv2:owner"
"""Whose the resource is: ``<NameScope>/<digest>``; the function's rights go by the first part."""

REQUEST = "cdk-automlv2:request"
FINGERPRINT = "cdk-automlv2:fingerprint"
SINCE = "cdk-automlv2:since"
"""When the request came that last went forward to the job, in epoch seconds, and of which stack."""

TRAINING = "cdk-automlv2:training"
"""Digest of a job's settings, its data left aside."""

ENDPOINT = "cdk-automlv2:endpoint"
"""Endpoint that a configuration is for."""

BACK = "cdk-automlv2:back"
"""Configuration that a stack on its way back has left."""

RETAINED = "cdk-automlv2:retained"
"""Set where a removal policy keeps the resource when its stack goes."""

ADOPTED = "cdk-automlv2:adopted"
"""Set by ``automlv2 adopt``, with a user's credentials: the resource existed before its stack."""

TROUBLE = "cdk-automlv2:trouble"
"""On an endpoint: why what was to be done after its deployment could not be done."""

COUNTS = "cdk-automlv2:counts"
"""On an endpoint: counts of instances were asked for, and have not come about so far."""

STOPPED = "cdk-automlv2:stopped"
"""On the configuration of an endpoint missing on purpose: since when, or what went wrong."""

PACKAGE = "cdk-automlv2:package"
"""ARN of the version that a model has in the model registry."""

CONTENT = "cdk-automlv2:content"
"""What a model or a configuration was made of: words for people, then a digest."""

RESOURCE = "cdk-automlv2:resource"
"""Stack and logical id of the owner, for people."""

_UNTAGGED: Final = "Untagged"
_UNTAGGED_TOLERATED: Final = 4
"""Looks, one a quarter of a minute, that the tags of a new resource get to be seen."""

_OWNER_LENGTH = 24
_MOST_VALUE: Final = 256
_IN_VALUES: Final = " _.:/=+-@"


def to_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as the API wants them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def to_mapping(tags: Any) -> dict[str, str]:
    """Return the API's list of tags as a mapping."""
    return {tag["Key"]: tag["Value"] for tag in tags or []}


def with_owner(event: LifecycleEvent, **more: str) -> list[dict[str, str]]:
    """Return the user's tags of the request and those of its owner."""
    current_tags = {
        OWNER: owner(event),
        REQUEST: event.request_id,
        RESOURCE: event.owner[:256],
        **_retention(event),
        **more,
    }
    return to_list({**to_mapping(event.properties.get("Tags")), **current_tags})


def of(arn: str, context: Context) -> dict[str, str]:
    """Return the tags of a resource; none if it has gone meanwhile."""
    try:
        return context.gateway.tags_of(arn)
    except NotFoundError:
        return {}


def seen(arn: str, context: Context) -> dict[str, str]:
    """Return the tags of a resource; tags may show a little later than what they are put on.

    Raises:
        BusyError: If there is no owner among them, a few times: one look decides nothing.
    """
    present = of(arn, context)
    if OWNER not in present and context.count(_UNTAGGED) <= _UNTAGGED_TOLERATED:
        raise BusyError(f"{arn} shows no tag of an owner yet")
    return present


def as_value(words: str) -> str:
    """Return words as the value of a tag may hold them."""
    taken = "".join(char if char.isalnum() or char in _IN_VALUES else " " for char in words)
    return " ".join(taken.split())[:_MOST_VALUE].strip()


def whose(tags: Mapping[str, str]) -> str:
    """Return the owner of a resource with these tags, in words."""
    return tags.get(RESOURCE) or "someone else"


def is_ours(event: LifecycleEvent, tags: Mapping[str, str]) -> bool:
    """Whether the resource with these tags was made for the event's resource."""
    return tags.get(OWNER) == owner(event, tags.get(OWNER, ""))


def owner(event: LifecycleEvent, like: str = "") -> str:
    """Return the owner tag of whatever is made for the event's resource.

    Args:
        event: A request for the resource.
        like: A tag whose scope is taken where the event has none, as may be in a Delete.
    """
    scope = str(event.properties.get("NameScope", like.partition("/")[0]))
    return f"{scope}/{digest(scope, event.owner, length=_OWNER_LENGTH)}"


def may_remove(event: LifecycleEvent, tags: Mapping[str, str], context: Context) -> bool:
    """Whether the request may delete the resource with these tags.

    One that has failed deletes only what it has made itself: by then another request of the
    same resource may have made what bears the same name.
    """
    undoing = FAILURE in context.progress
    return is_ours(event, tags) and (not undoing or tags.get(REQUEST) == event.request_id)


def adopt(event: LifecycleEvent, arn: str, present: Mapping[str, str], context: Context) -> None:
    """Let a creation own what an earlier one has made, so that the earlier one spares it."""
    if event.request_type == "Create" and present.get(REQUEST) != event.request_id:
        context.gateway.add_tags(arn, to_list({REQUEST: event.request_id}))


def sync(event: LifecycleEvent, arn: str, present: Mapping[str, str], context: Context) -> None:
    """Make the user's tags on ``arn``, now ``present``, those of the request.

    What others have put on stays: removed is only what the resource itself had before.
    """
    wanted = to_mapping(event.properties.get("Tags")) | _retention(event)
    told = to_mapping(event.old_properties.get("Tags"))
    stale = sorted((present.keys() & {RETAINED, TROUBLE, *told}) - wanted.keys())
    # What the request changes is put on whatever is seen: that may be what was a moment ago.
    changed = {
        key: value
        for key, value in wanted.items()
        if present.get(key) != value or told.get(key, value) != value
    }
    if changed:
        context.gateway.add_tags(arn, to_list(changed))
    if stale:
        context.gateway.remove_tags(arn, stale)


def _retention(event: LifecycleEvent) -> dict[str, str]:
    return {RETAINED: "true"} if event.properties.get("Retained") == "true" else {}
