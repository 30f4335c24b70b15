"""An endpoint that is missing on purpose: stopped by a schedule, and started again.

SageMaker knows no stopped endpoint, so that it is deleted; its configuration and models stay, and
the configuration bears a tag for it. A deployment meanwhile writes the configuration and starts
nothing. Each stop and start is an execution of its own, as what is left after a move is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.domain import tags, verdicts
from automlv2_handlers.domain.names import config_stem, endpoint_arn
from automlv2_handlers.errors import (
    BusyError,
    DeniedError,
    LifecycleError,
    NameTakenError,
    NotFoundError,
    QuotaError,
    RefusedError,
)
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import REQUESTED, Context, Done, Outcome, Pending
from automlv2_handlers.resources import afterwards, looks, scaling
from automlv2_handlers.resources import endpoint_configs as configs

WANTED: Final = "Wanted"
"""Property of an execution: what the endpoint is to be."""

STOPPED, RUNNING = "stopped", "running"
_RESOURCE: Final = "Custom::AutoMLEndpoint"
_DELETED: Final = "StopDeleted"
_CREATED: Final = "StartCreated"
_OF_REQUEST: Final = "StartOfRequest"
_FAILURES: Final = "StartFailures"
_UNLISTED: Final = "StartUnlisted"
_ATTEMPTS: Final = 3
_OF_CONFIG: Final = frozenset({tags.ENDPOINT, tags.CONTENT, tags.STOPPED})


def is_such(event: LifecycleEvent) -> bool:
    """Whether a request is one of an execution that stops or starts."""
    return WANTED in event.properties


def stopped_as(
    event: LifecycleEvent, name: str, context: Context, first: str = ""
) -> tuple[str, str]:
    """Return the configuration of an endpoint that is stopped, and what its tag says; else none.

    Args:
        event: A request for the endpoint.
        name: Its name.
        context: Of the request.
        first: Which one to return if several have the tag.
    """
    found = {
        called: current_tags[tags.STOPPED]
        for called, current_tags in configs.of_resource(event, config_stem(event, name), context)
        if tags.STOPPED in current_tags and current_tags.get(tags.ENDPOINT, name) == name
    }
    called = first if first in found else next(iter(found), "")
    return called, found.get(called, "")


def stay(event: LifecycleEvent, name: str, context: Context) -> Done | Pending | None:
    """Bring the configuration of a stopped endpoint to the template; ``None`` if it is not stopped.

    The tag is on the new configuration before the old one goes, and off the old one: a start takes
    the new one from then on. What a start has made before serves the old one, and is moved.
    """
    if not configs.may_be_stopped(event):
        return None
    called = configs.name(event, context)
    former, words = stopped_as(event, name, context, called)
    if not words:
        return None
    if former != called and context.progress.get(REQUESTED):
        configs.delete_others(event, {former}, context)
        raise LifecycleError(
            f"endpoint {name!r} was rolled back to its former configuration, and stopped ({words})"
        )
    configs.ensure(event, context)  # A start sets counts and weights that are others.
    found = context.gateway.find("describe_endpoint_config", EndpointConfigName=called)
    if found is None:
        raise BusyError(f"endpoint configuration {called!r} is not seen yet")
    context.gateway.add_tags(found["EndpointConfigArn"], tags.to_list({tags.STOPPED: words}))
    if former != called:
        _untag(former, context)
    if context.gateway.find("describe_endpoint", EndpointName=name) is not None:
        return Pending(name, "endpoint that a schedule has started meanwhile")
    configs.delete_others(event, {called}, context)
    data = {
        "EndpointName": name,
        "EndpointArn": endpoint_arn(event.stack_id, name),
        "EndpointConfigName": called,
    }
    note = f"the endpoint is stopped on purpose ({words}) and stays so until its schedule starts it"
    return Done(name, data, note=note)


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Look once."""
    name = event.properties["EndpointName"]
    endpoint = context.gateway.find("describe_endpoint", EndpointName=name)
    if endpoint is not None and verdicts.is_moving(endpoint):
        return afterwards.go_on_waiting(event, endpoint, context)
    if endpoint is not None and not tags.is_ours(
        event, tags.seen(endpoint["EndpointArn"], context)
    ):
        logs.fact("the endpoint is somebody else's", endpoint=name)
        return Done(event.physical_id)
    way = _stop if event.properties[WANTED] == STOPPED else _start
    return way(event, endpoint, context)


def _stop(event: LifecycleEvent, endpoint: Mapping[str, Any] | None, context: Context) -> Outcome:
    if endpoint is None:
        deleted = context.progress.get(_DELETED)
        if deleted:
            _tag(deleted, _since(context), context)  # A start under way may have taken it off.
        return Done(event.physical_id)
    name, config = endpoint["EndpointName"], endpoint["EndpointConfigName"]
    if not _tag(config, _since(context), context):
        logs.fact("not stopped: its configuration is gone, so it could not start", endpoint=name)
        return Done(event.physical_id)
    try:
        scaling.end(event, name, endpoint, context)
        context.gateway.find("delete_endpoint", EndpointName=name)
    except (DeniedError, RefusedError) as error:
        _untag(config, context)
        afterwards.tell(endpoint["EndpointArn"], f"not stopped: {error}", context)
        raise
    context.progress[_DELETED] = config
    logs.fact("endpoint stopped", endpoint=name)
    return Pending(event.physical_id, "endpoint to be gone")


def _start(event: LifecycleEvent, endpoint: Mapping[str, Any] | None, context: Context) -> Outcome:
    name = event.properties["EndpointName"]
    if endpoint is None:
        return _create(event, name, context)
    config = endpoint["EndpointConfigName"]
    found = context.gateway.find("describe_endpoint_config", EndpointConfigName=config)
    current_tags = tags.of(found["EndpointConfigArn"], context) if found else {}
    if found is None or tags.STOPPED not in current_tags:
        logs.fact("nothing to start: the endpoint was not stopped", endpoint=name)
        return Done(event.physical_id)
    if verdicts.can_only_be_deleted(endpoint):
        return _try_again(event, endpoint, context)
    request = current_tags.get(tags.REQUEST, "")
    # A deployment that has come since brings the endpoint to its own template.
    if context.progress.setdefault(_OF_REQUEST, request) == request:
        old = {"ProductionVariants": found["ProductionVariants"]}
        as_update = replace(event, request_type="Update", old_properties=old)
        pending = afterwards.settled(as_update, endpoint, context)
        if pending is not None:
            return replace(pending, physical_id=event.physical_id)
    context.gateway.remove_tags(found["EndpointConfigArn"], [tags.STOPPED])
    logs.fact("endpoint started", endpoint=name)
    return Done(event.physical_id)


def _create(event: LifecycleEvent, name: str, context: Context) -> Outcome:
    config = "" if context.progress.get(_CREATED) else stopped_as(event, name, context)[0]
    if not config:
        return _nothing_to_start(event, name, context)
    found = context.gateway.call("describe_endpoint_config", EndpointConfigName=config)
    current_tags = tags.of(found["EndpointConfigArn"], context)
    kept = {key: value for key, value in current_tags.items() if key not in _OF_CONFIG}
    try:
        context.gateway.call(
            "create_endpoint", EndpointName=name, EndpointConfigName=config, Tags=tags.to_list(kept)
        )
    except NameTakenError as error:
        raise BusyError(f"{error}, but it is not seen yet") from error
    except (NotFoundError, RefusedError, DeniedError, QuotaError) as error:
        _tag(config, f"start failed: {error}", context)
        if isinstance(error, NotFoundError):
            # A deployment may have given it another configuration a moment ago.
            return looks.not_visible_yet(event.physical_id, error, context)
        raise
    context.progress.update({_CREATED: True, _OF_REQUEST: current_tags.get(tags.REQUEST, "")})
    return Pending(event.physical_id, "endpoint to be in service")


def _nothing_to_start(event: LifecycleEvent, name: str, context: Context) -> Outcome:
    """End, once a configuration of a deployment just before would be in the list."""
    made = context.progress.get(_CREATED)
    if not made and context.count(_UNLISTED) <= looks.UNSEEN_TOLERATED:
        return Pending(event.physical_id, "a configuration to start with")
    logs.fact("nothing to start", endpoint=name)
    return Done(event.physical_id)


def _try_again(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    """Delete an endpoint that has failed to start; create it again a few times, then say so."""
    name = endpoint["EndpointName"]
    why = str(endpoint.get("FailureReason") or "SageMaker gave no reason")
    _tag(endpoint["EndpointConfigName"], f"start failed: {why}", context)
    scaling.end(event, name, endpoint, context)
    context.gateway.find("delete_endpoint", EndpointName=name)
    if context.count(_FAILURES) < _ATTEMPTS:
        context.progress.pop(_CREATED, None)
    logs.fact("endpoint did not start", endpoint=name, why=why)
    return Pending(event.physical_id, "endpoint that has failed to be gone")


def _tag(config: str, words: str, context: Context) -> bool:
    """Let a configuration say that its endpoint is stopped; whether it is there."""
    found = context.gateway.find("describe_endpoint_config", EndpointConfigName=config)
    if found is None:
        return False
    value = {tags.STOPPED: tags.as_value(words)}
    context.gateway.add_tags(found["EndpointConfigArn"], tags.to_list(value))
    return True


def _untag(config: str, context: Context) -> None:
    found = context.gateway.find("describe_endpoint_config", EndpointConfigName=config)
    if found is not None:
        context.gateway.remove_tags(found["EndpointConfigArn"], [tags.STOPPED])


def _since(context: Context) -> str:
    return f"since {datetime.fromtimestamp(context.now, UTC):%Y-%m-%dT%H:%M:%SZ}"


def serve(task: Mapping[str, Any], context: Context, stack_id: str) -> dict[str, Any]:
    """Begin to stop or to start; what is asked for twice by one trigger is done once.

    Args:
        task: ``{"Task": "StopEndpoint" | "StartEndpoint", "Trigger": {"Id"}, "Endpoint":
            {"StackId", "LogicalId", "Properties"}}``.
        context: Of the invocation.
        stack_id: Stack that the function serves; empty if that is not known.
    """
    run = task["Endpoint"]
    if stack_id not in ("", run["StackId"]):
        return {"Refused": "the function belongs to another stack"}
    wanted = STOPPED if task["Task"] == "StopEndpoint" else RUNNING
    properties = run["Properties"]
    event = LifecycleEvent(
        request_type="Delete",
        request_id=f"{wanted}-{task['Trigger']['Id']}",
        stack_id=run["StackId"],
        logical_id=run["LogicalId"],
        resource_type=_RESOURCE,
        physical_id="",
        properties=properties,
        old_properties={},
        response_url="",
    )
    afterwards.start(event, {**properties, WANTED: wanted}, context)
    return {"Answer": f"{properties['EndpointName']} is to be {wanted}"}
