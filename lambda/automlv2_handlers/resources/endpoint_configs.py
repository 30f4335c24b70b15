"""The configurations of an endpoint: one for each content, as none can be changed.

Their names hold the endpoint, the content and the models, so that whoever deletes an endpoint or a
model finds them by a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.aws.paging import pages
from automlv2_handlers.domain import counts, tags, weights
from automlv2_handlers.domain.endpoint_kinds import kind_of
from automlv2_handlers.domain.names import config_name, config_stem, digest, name_for
from automlv2_handlers.errors import BusyError, LifecycleError, NameTakenError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context

STOPS: Final = "Stops"
"""Property of an endpoint that a schedule stops."""

_NOT_CONTENT: Final = frozenset({"EndpointConfigName", "Tags"})
_VARIANTS: Final = ("ProductionVariants", "ShadowProductionVariants")


def endpoint_name(event: LifecycleEvent) -> str:
    """Return the name of the endpoint that the event's resource stands for.

    A generated one holds the kind: what cannot become another kind is another endpoint.
    """
    given = event.properties.get("EndpointName")
    return str(given or name_for(event, kind_of(event.properties)))


def content(event: LifecycleEvent, context: Context) -> dict[str, Any]:
    """Return the request that makes the configuration, as far as it can be read from properties.

    Its members are those of the service's own model: whatever else the API knows of configurations
    is sent, and compared, without a line here.
    """
    request = context.gateway.request("CreateEndpointConfig", event.properties)
    return {key: value for key, value in request.items() if key not in _NOT_CONTENT}


def models(config: Mapping[str, Any]) -> list[str]:
    """Return the names of the models that a configuration serves, shadows included."""
    variants = [variant for member in _VARIANTS for variant in config.get(member) or []]
    return [variant["ModelName"] for variant in variants if variant.get("ModelName")]


def name(event: LifecycleEvent, context: Context) -> str:
    """Return the name of the configuration: by endpoint, content and models."""
    wanted = _identity(content(event, context))
    return config_name(event, endpoint_name(event), wanted, models(wanted))


def _identity(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what makes a configuration another: not what an endpoint takes in place."""
    return counts.content_of(weights.content_of(wanted))


def ensure(
    event: LifecycleEvent,
    context: Context,
    first: Mapping[str, int] | None = None,
    *,
    unused: bool = False,
) -> None:
    """Make the configuration, or let the one that exists be of this request.

    Args:
        event: The request.
        context: Of the request.
        first: Numbers of instances to begin with, by variant. Default: those of the template.
        unused: Whether nothing serves it, so that one of other counts or weights is made again.

    Raises:
        LifecycleError: If one of that name exists and was not made of this content.
        NotFoundError: If what it names is not there, or not yet.
    """
    wanted = content(event, context)
    made_of = digest(_identity(wanted))
    called = name(event, context)
    found = context.gateway.find("describe_endpoint_config", EndpointConfigName=called)
    if found is not None:
        _adopt(event, found, made_of, context)
        if not unused or _begins_alike(found, wanted):
            return
        context.gateway.find("delete_endpoint_config", EndpointConfigName=called)
    wanted = counts.with_counts(wanted, first or {})
    current_tags = {tags.ENDPOINT: endpoint_name(event), tags.CONTENT: made_of}
    request = wanted | {
        "EndpointConfigName": called,
        "Tags": tags.with_owner(event, **current_tags),
    }
    try:
        context.gateway.call("create_endpoint_config", **request)
    except NameTakenError as error:
        raise BusyError(f"{error}, but it is not seen yet") from error
    logs.fact("endpoint configuration created", config=called)


def _begins_alike(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether endpoints of two configurations of one content begin with the same capacities."""
    return all(kind.wanted(found) == kind.wanted(wanted) for kind in (counts, weights))


def _adopt(event: LifecycleEvent, found: Mapping[str, Any], made_of: str, context: Context) -> None:
    called, arn = found["EndpointConfigName"], found["EndpointConfigArn"]
    current_tags = tags.seen(arn, context)
    if not tags.is_ours(event, current_tags):
        raise LifecycleError(
            f"endpoint configuration name {called!r} is taken by one of {tags.whose(current_tags)}"
        )
    if current_tags.get(tags.CONTENT) != made_of:
        raise LifecycleError(
            f"endpoint configuration {called!r} has other content: "
            f"{current_tags.get(tags.CONTENT)}, wanted {made_of}; delete it"
        )
    if tags.STOPPED in current_tags and not may_be_stopped(event):
        context.gateway.remove_tags(arn, [tags.STOPPED])  # The template has no stops any more.
    if current_tags.get(tags.REQUEST) != event.request_id:
        context.gateway.add_tags(arn, tags.to_list({tags.REQUEST: event.request_id}))
    tags.sync(event, arn, current_tags, context)


def may_be_stopped(event: LifecycleEvent) -> bool:
    """Whether the template lets a schedule stop the endpoint."""
    return str(event.properties.get(STOPS, "")).lower() == "true"


def is_stopped(called: str, context: Context) -> bool:
    """Whether the endpoint of a configuration is missing on purpose."""
    found = context.gateway.find("describe_endpoint_config", EndpointConfigName=called)
    return found is not None and tags.STOPPED in tags.of(found["EndpointConfigArn"], context)


def of_resource(
    event: LifecycleEvent, stem: str, context: Context
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the resource's own configurations whose names contain ``stem``, and their tags."""
    listed = pages(context, "list_endpoint_configs", "EndpointConfigs", NameContains=stem)
    for item in list(listed):
        current_tags = tags.seen(item["EndpointConfigArn"], context)
        if tags.is_ours(event, current_tags):
            yield item["EndpointConfigName"], current_tags


def others(
    event: LifecycleEvent, kept: set[str], context: Context, of: str | None = None
) -> dict[str, str]:
    """Return every configuration of the endpoint but ``kept``, each with the request it is of."""
    stem = config_stem(event, of or endpoint_name(event))
    found = {
        called: current_tags.get(tags.REQUEST, "")
        for called, current_tags in of_resource(event, stem, context)
        if tags.may_remove(event, current_tags, context)
    }
    return {called: request for called, request in found.items() if called not in kept}


def delete_others(
    event: LifecycleEvent, kept: set[str], context: Context, of: str | None = None
) -> None:
    """Delete every configuration of the endpoint but ``kept``, those of failed moves included."""
    doomed = set(others(event, kept, context, of)) | _not_listed_yet(event, kept, context, of)
    for called in doomed:
        context.gateway.find("delete_endpoint_config", EndpointConfigName=called)


def _not_listed_yet(
    event: LifecycleEvent, kept: set[str], context: Context, of: str | None
) -> set[str]:
    """Return the request's own configuration, if it is there: a list may show it late."""
    if of not in (None, endpoint_name(event)):
        return set()
    with suppress(LifecycleError, KeyError, TypeError, ValueError, AttributeError):
        called = name(event, context)
        if called in kept:
            return set()
        found = context.gateway.find("describe_endpoint_config", EndpointConfigName=called)
        if found is not None:
            current_tags = tags.seen(found["EndpointConfigArn"], context)
            return {called} if tags.may_remove(event, current_tags, context) else set()
    return set()
