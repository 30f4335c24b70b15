"""What is left to do when an endpoint that is not waited for has moved.

CloudFormation has its answer by then. An execution of its own goes on until the endpoint serves the
new configuration, brings its capacities right, lets it be scaled, and deletes the configurations it
has left. Its request is made here, a Delete of what is left, and answers nobody: it has no URL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.domain import tags, verdicts
from automlv2_handlers.domain.names import execution_name
from automlv2_handlers.domain.scaling_plan import SCALING
from automlv2_handlers.errors import BusyError, DeniedError, LifecycleError, RefusedError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.execution import State
from automlv2_handlers.outcomes import Context, Done, Outcome, Pending
from automlv2_handlers.resources import capacity, scaling, traffic
from automlv2_handlers.resources import endpoint_configs as configs

_NEXT_SECONDS: Final = 50 * 60
"""Age at which the next execution goes on: none is older than CloudFormation's hour."""

_MOST_EXECUTIONS: Final = 30
_LEFT: Final = "Left"
_NUMBER: Final = "Number"
_FORMER: Final = "Former"
_TOLD: Final = "Told"
_SINCE: Final = "UnsettledSince"
_PATIENCE_SECONDS: Final = 10 * 60
"""How long what may pass is not told."""

_PASSING: Final = (BusyError, DeniedError)
_FINAL: Final = (LifecycleError, RefusedError)

_OF_CAPACITY: Final = (
    *(SCALING, "ProductionVariants", "ShadowProductionVariants"),
    "RetainAllVariantProperties",
)


def begin(
    event: LifecycleEvent, endpoint: str, config: str, left: Mapping[str, str], context: Context
) -> None:
    """Let an execution wait until the endpoint serves ``config``, and then delete what it has left.

    Args:
        event: The request that has moved the endpoint.
        endpoint: Its name.
        config: What it moves to.
        left: The configurations to delete, each with the request that made it its own last.
        context: Of the request.
    """
    properties = {
        **{key: event.properties.get(key, "") for key in ("StateMachineArn", "NameScope")},
        **_of_capacity(event.properties),
        **capacity.handed_on(context),
        _FORMER: _of_capacity(event.old_properties),
        "EndpointName": endpoint,
        "EndpointConfigName": config,
        _LEFT: dict(left),
    }
    start(event, properties, context)


def start(event: LifecycleEvent, properties: Mapping[str, Any], context: Context) -> None:
    """Begin an execution of the endpoint's own.

    Args:
        event: What it follows from; the same one begins one execution.
        properties: What it carries.
        context: Of the request.
    """
    _start(event, {**properties, _NUMBER: "1", "RequestOf": event.request_id}, context)


def is_such(event: LifecycleEvent) -> bool:
    """Whether a request is one of those made here."""
    return _LEFT in event.properties


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Look once."""
    name = event.properties["EndpointName"]
    endpoint = context.gateway.find("describe_endpoint", EndpointName=name)
    if endpoint is not None and verdicts.is_moving(endpoint):
        return go_on_waiting(event, endpoint, context)
    if endpoint is not None and endpoint["EndpointStatus"] == "InService":
        pending = _settle(event, endpoint, context)
        if pending is not None:
            return replace(pending, physical_id=event.physical_id)
        for config, request in _not_served(event, endpoint["EndpointConfigName"]).items():
            _delete(event, config, request, context)
    if endpoint is None:
        _delete_unless_stopped(event, context)
    return Done(event.physical_id)


def _settle(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Pending | None:
    """Bring capacities right, unless a later request has made the configuration its own."""
    config = event.properties["EndpointConfigName"]
    found = context.gateway.find("describe_endpoint_config", EndpointConfigName=config)
    current_tags = tags.of(found["EndpointConfigArn"], context) if found else {}
    if current_tags.get(tags.REQUEST, "") != event.properties["RequestOf"]:
        return None
    capacity.taken_over(event.properties, context)
    event = replace(event, request_type="Update", old_properties=event.properties[_FORMER])
    return settled(event, endpoint, context)


def settled(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Pending | None:
    """Bring capacities right; what fails for good is told by a tag of the endpoint.

    No request is open that could fail by it, and the next deployment takes the tag off.

    Raises:
        GatewayError: If it may go well the next time.
    """
    arn = endpoint["EndpointArn"]
    try:
        pending = _settled(event, endpoint, context, _FINAL)
    except _PASSING as error:
        if _is_long(context):
            tell(arn, str(error), context)
        raise
    except _FINAL as error:
        tell(arn, str(error), context)
        return None
    if pending is None and context.progress.pop(_TOLD, None):
        context.gateway.remove_tags(arn, [tags.TROUBLE])
    return pending


def settled_back(
    event: LifecycleEvent, endpoint: Mapping[str, Any], patience: float, context: Context
) -> Pending | None:
    """Bring capacities right in a rollback, which must not fail by them: it could not end then.

    Args:
        event: The request.
        endpoint: In service, as the stack is to have it again.
        patience: Age from which what may pass is told, too.
        context: Of the request.

    Raises:
        BusyError: If it may go well the next time.
    """
    arn = endpoint["EndpointArn"]
    is_late = context.age >= patience or (_SINCE in context.progress and _is_long(context))
    try:
        return _settled(event, endpoint, context, (*_FINAL, *_PASSING) if is_late else _FINAL)
    except _PASSING as error:
        _is_long(context)
        raise BusyError(str(error)) from error
    except _FINAL as error:
        tell(arn, str(error), context)
        return None


def told(context: Context) -> str:
    """Return what has been told of capacities; empty if they are right."""
    return str(context.progress.get(_TOLD, ""))


def _is_long(context: Context) -> bool:
    """Whether what may pass has lasted; it begins with the first call."""
    since = float(context.progress.setdefault(_SINCE, context.now))
    return context.now - since > _PATIENCE_SECONDS


def tell(arn: str, why: str, context: Context) -> None:
    """Let a tag of the endpoint say why it is not as it is meant to be."""
    logs.fact("what follows a deployment has failed", endpoint=arn, why=why)
    words = tags.as_value(why)
    if context.progress.get(_TOLD) != words:
        context.gateway.add_tags(arn, tags.to_list({tags.TROUBLE: words}))
        context.progress[_TOLD] = words


def _settled(
    event: LifecycleEvent,
    endpoint: Mapping[str, Any],
    context: Context,
    tolerated: tuple[type[Exception], ...],
) -> Pending | None:
    """Bring the capacities of an endpoint in service right, as far as it serves what it is to.

    Raises:
        LifecycleError: With the first error that was tolerated, after all else has been done.
    """
    serves = endpoint["EndpointConfigName"] == event.properties.get(
        "EndpointConfigName", endpoint["EndpointConfigName"]
    )
    failure = ""
    for part in (traffic.shift, scaling.settle, capacity.resize) if serves else (scaling.settle,):
        try:
            pending = part(event, endpoint, context)
        except tolerated as error:
            failure = failure or str(error)
            continue
        if pending is not None:
            context.progress.pop(_SINCE, None)
            return pending
    if failure:
        raise LifecycleError(failure)
    context.progress.pop(_SINCE, None)
    return None


def _of_capacity(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: properties[key] for key in _OF_CAPACITY if key in properties}


def _not_served(event: LifecycleEvent, serving: str) -> dict[str, str]:
    """Return what was left, or what was moved to if SageMaker has rolled the move back."""
    config = event.properties["EndpointConfigName"]
    if serving == config:
        return dict(event.properties[_LEFT])
    return {config: event.properties["RequestOf"]}


def _delete(event: LifecycleEvent, config: str, request: str, context: Context) -> None:
    """Delete a configuration, unless a later request has made it its own again."""
    found = context.gateway.find("describe_endpoint_config", EndpointConfigName=config)
    if found is None:
        return
    current_tags = tags.of(found["EndpointConfigArn"], context)
    if tags.is_ours(event, current_tags) and current_tags.get(tags.REQUEST, "") == request:
        context.gateway.find("delete_endpoint_config", EndpointConfigName=config)
        logs.fact("configuration deleted after the endpoint has moved", config=config)


def _delete_unless_stopped(event: LifecycleEvent, context: Context) -> None:
    """Delete what a schedule that has stopped the endpoint meanwhile does not start it with."""
    moved = {event.properties["EndpointConfigName"]: event.properties["RequestOf"]}
    known = {**event.properties[_LEFT], **moved}
    stopped = {config for config in known if configs.is_stopped(config, context)}
    for config in known.keys() - stopped if stopped else ():
        _delete(event, config, known[config], context)


def go_on_waiting(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    """Wait for an endpoint that moves; after most of an hour in another execution."""
    number = int(event.properties[_NUMBER])
    if context.age < _NEXT_SECONDS:
        return Pending(event.physical_id, f"endpoint, now {endpoint['EndpointStatus']}")
    if number < _MOST_EXECUTIONS:
        _start(event, {**event.properties, _NUMBER: str(number + 1)}, context)
    return Done(event.physical_id)


def _start(event: LifecycleEvent, properties: Mapping[str, Any], context: Context) -> None:
    raw = {
        "RequestType": "Delete",
        "RequestId": f"{properties['RequestOf']}-after-{properties[_NUMBER]}",
        "StackId": event.stack_id,
        "LogicalResourceId": event.logical_id,
        "ResourceType": event.resource_type,
        # Not the endpoint's, which the stack has: that would be kept.
        "PhysicalResourceId": f"afterwards-{properties['EndpointName']}",
        "ResponseURL": "",
        "ResourceProperties": dict(properties),
    }
    state = State.begin(raw, context.now)
    machine = str(properties["StateMachineArn"])
    context.gateway.start_execution(machine, execution_name(state.event), state.to_raw())
