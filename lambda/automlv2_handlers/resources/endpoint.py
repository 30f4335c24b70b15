"""``Custom::AutoMLEndpoint``: endpoint configuration and endpoint as one thing.

A configuration cannot be changed, so each content has a name of its own. The endpoint is moved
to it, and the one before is deleted only after the endpoint serves the new one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.aws.paging import pages
from automlv2_handlers.domain import tags
from automlv2_handlers.domain.names import (
    config_name,
    config_stem,
    name_for,
    owner_stem,
    was_answered,
)
from automlv2_handlers.errors import LifecycleError, NameTakenError, NotFoundError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import MADE, REQUESTED, Context, Done, Outcome, Pending
from automlv2_handlers.resources.kind import Kind

WAIT_SECONDS: Final = 55 * 60
CONFIG: Final = (
    "AsyncInferenceConfig",
    "DataCaptureConfig",
    "KmsKeyId",
    "ProductionVariants",
)
_LEFT: Final = "Left"
_UNSEEN_TOLERATED: Final = 8
_OURS: Final = "Ours"
_UNSEEN: Final = "Unseen"
_UPDATED: Final = "Updated"
_MOVING = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"})
_DELETABLE = frozenset({"InService", "Failed", "OutOfService", "UpdateRollbackFailed"})


def physical_id(event: LifecycleEvent) -> str:
    """Return the name to answer with when nothing better is known."""
    return event.physical_id or _name(event)


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Carry the request on as far as it goes now."""
    if event.request_type == "Delete":
        return _delete(event, context)
    name = _name(event)
    endpoint = _describe(name, context)
    if endpoint is None:
        return _create(event, name, context)
    context.progress[_UNSEEN] = 0
    _refuse_foreign(event, endpoint, context)
    status = endpoint["EndpointStatus"]
    if status in _MOVING:
        return _still_moving(event, endpoint, context)
    if status == "InService" and endpoint["EndpointConfigName"] == _config_name(event):
        return _serve(event, endpoint, context)
    if context.progress.get(REQUESTED):
        _delete_other_configs(event, _in_use(event, endpoint), context)
        raise LifecycleError(_why(endpoint, context))
    if status == "Failed":
        context.gateway.find("delete_endpoint", EndpointName=name)
        return Pending(name, "failed endpoint of an earlier deployment to go")
    return _move(event, endpoint, context)


def _create(event: LifecycleEvent, name: str, context: Context) -> Outcome:
    if context.progress.get(REQUESTED):
        gone = f"endpoint {name!r} was deleted by someone else while it was created"
        return _not_visible_yet(name, LifecycleError(gone), context)
    try:
        _ensure_config(event, context)
        context.gateway.call(
            "create_endpoint",
            EndpointName=name,
            EndpointConfigName=_config_name(event),
            Tags=tags.with_marks(event),
        )
    except NameTakenError:
        logs.fact("endpoint was created by another delivery of the request", endpoint=name)
    except NotFoundError as error:
        return _not_visible_yet(name, error, context)
    context.progress.update({REQUESTED: True, MADE: name, _UNSEEN: 0})
    return Pending(name, "endpoint to be in service")


def _move(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    update = context.gateway.request("UpdateEndpoint", event.properties)
    request = {
        **update,
        "EndpointName": endpoint["EndpointName"],
        "EndpointConfigName": _config_name(event),
    }
    _refuse_stale_update(event, endpoint, context)
    try:
        _ensure_config(event, context)
        context.gateway.call("update_endpoint", **request)
    except NotFoundError as error:
        return _not_visible_yet(endpoint["EndpointName"], error, context)
    context.progress.update({REQUESTED: True, _UPDATED: True})
    return Pending(endpoint["EndpointName"], "endpoint to serve the new configuration")


def _refuse_stale_update(
    event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context
) -> None:
    """Refuse an update that comes so late that the stack has gone back from it already."""
    left = context.progress.get(_LEFT)
    if not left:
        return
    if not stack_phase.is_rolling_back(context):
        context.gateway.remove_tags(endpoint["EndpointArn"], [tags.BACK])
    elif left == _config_name(event):
        raise LifecycleError("the stack has gone back already from what was asked for")


def _not_visible_yet(name: str, error: Exception, context: Context) -> Outcome:
    """Wait for what was made a moment ago and is not seen everywhere yet."""
    if context.count(_UNSEEN) > _UNSEEN_TOLERATED:
        raise error
    return Pending(name, f"the service to see what was made: {error}")


def _still_moving(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    """Wait, and hand on to the links of the chain once CloudFormation's hour is nearly over."""
    name = endpoint["EndpointName"]
    if event.properties.get("Wait") == "false" and context.progress.get(REQUESTED):
        return _attributes(endpoint, _config_name(event))
    longest = int(event.properties.get("WaitSeconds", WAIT_SECONDS))
    if context.age < longest:
        return Pending(name, f"endpoint, now {endpoint['EndpointStatus']}")
    if event.properties.get("MoreLinks") == "true" and context.progress.get(REQUESTED):
        return _attributes(endpoint, _config_name(event))
    raise LifecycleError(
        f"endpoint {name!r} was still {endpoint['EndpointStatus']} after "
        f"{longest // 60} min; raise its timeout"
    )


def _serve(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    arn = endpoint["EndpointArn"]
    tags.sync(event, arn, tags.of(arn, context), context)
    if event.request_type == "Update" and stack_phase.is_rolling_back(context):
        left = _config_name(replace(event, properties=event.old_properties))
        context.gateway.add_tags(arn, tags.to_list({tags.BACK: left}))
    _ensure_config(event, context)  # Somebody may have deleted it under the endpoint.
    _delete_other_configs(event, {endpoint["EndpointConfigName"]}, context)
    return _attributes(endpoint, endpoint["EndpointConfigName"])


def _attributes(endpoint: Mapping[str, Any], config_name: str) -> Done:
    name = endpoint["EndpointName"]
    return Done(
        name,
        {
            "EndpointName": name,
            "EndpointArn": endpoint["EndpointArn"],
            "EndpointConfigName": config_name,
        },
    )


def _why(endpoint: Mapping[str, Any], context: Context) -> str:
    name, status = endpoint["EndpointName"], endpoint["EndpointStatus"]
    reason = endpoint.get("FailureReason") or "SageMaker gave no reason; see the endpoint's log"
    if status == "InService" and context.progress.get(_UPDATED):
        return f"endpoint {name!r} was rolled back to its former configuration: {reason}"
    return f"endpoint {name!r} ended as {status}: {reason}"


def _refuse_foreign(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> None:
    """Refuse an endpoint of somebody else's; a look at the first poll is enough."""
    if context.progress.get(_OURS):
        return
    name = endpoint["EndpointName"]
    marks = tags.of(endpoint["EndpointArn"], context)
    if not tags.is_ours(event, marks):
        raise LifecycleError(f"endpoint name {name!r} is taken by an endpoint of someone else")
    context.progress.update({_OURS: True, _LEFT: marks.get(tags.BACK, "")})
    tags.adopt(event, endpoint["EndpointArn"], marks, context)
    if event.request_type == "Create" or marks.get(tags.REQUEST) == event.request_id:
        context.progress[MADE] = name


def _ensure_config(event: LifecycleEvent, context: Context) -> None:
    name = _config_name(event)
    if context.gateway.find("describe_endpoint_config", EndpointConfigName=name) is not None:
        return
    request = context.gateway.request("CreateEndpointConfig", event.properties)
    marks = {tags.ENDPOINT: _name(event)}
    request |= {"EndpointConfigName": name, "Tags": tags.with_marks(event, **marks)}
    try:
        context.gateway.call("create_endpoint_config", **request)
    except NameTakenError:
        logs.fact("configuration was created by another delivery of the request", config=name)


def _delete(event: LifecycleEvent, context: Context) -> Outcome:
    staying = [
        f"{name!r} was still {status}"
        for name in _names_to_delete(event, context)
        if (status := _remove(event, name, context))
    ]
    if not staying:
        return Done(event.physical_id)
    if context.age > WAIT_SECONDS:
        raise LifecycleError(
            f"endpoint {', '.join(staying)} after {WAIT_SECONDS // 60} min and cannot be deleted "
            "yet; delete the stack again later"
        )
    return Pending(event.physical_id, f"endpoint to be gone: {', '.join(staying)}")


def _names_to_delete(event: LifecycleEvent, context: Context) -> list[str]:
    """Return the endpoint of the physical id, and those of this resource no id stands for."""
    names: dict[str, None] = {}
    if was_answered(event, event.properties.get("EndpointName")):
        names[event.physical_id] = None
    elif not stack_phase.is_current(event, _name(event), context, if_unknown=False):
        names[_name(event)] = None
    if stack_phase.is_leaving(event, context):
        for _, marks in _configs(event, owner_stem(event), context):
            name = marks.get(tags.ENDPOINT, "")
            if name not in names and not _is_retained(name, context):
                names[name] = None
    return list(names)


def _is_retained(name: str, context: Context) -> bool:
    endpoint = _describe(name, context)
    return endpoint is not None and tags.RETAINED in tags.of(endpoint["EndpointArn"], context)


def _remove(event: LifecycleEvent, name: str, context: Context) -> str:
    """Delete an endpoint, then its configurations; return its status as long as it is there."""
    endpoint = _describe(name, context)
    if endpoint is None:
        _delete_other_configs(event, set(), context, of=name)
        return ""
    if not tags.may_remove(event, tags.of(endpoint["EndpointArn"], context), context):
        return ""
    if endpoint["EndpointStatus"] in _DELETABLE:
        context.gateway.find("delete_endpoint", EndpointName=name)
    return str(endpoint["EndpointStatus"])


def _in_use(event: LifecycleEvent, endpoint: Mapping[str, Any]) -> set[str]:
    """Return the configurations that an endpoint after a failed move may still need."""
    serving = endpoint["EndpointConfigName"]
    if endpoint["EndpointStatus"] == "InService":
        return {serving}
    return {serving, _config_name(event)}


def _delete_other_configs(
    event: LifecycleEvent, kept: set[str], context: Context, of: str | None = None
) -> None:
    """Delete every configuration of the endpoint but ``kept``, those of failed moves included."""
    for name, marks in _configs(event, config_stem(event, of or _name(event)), context):
        if name not in kept and tags.may_remove(event, marks, context):
            context.gateway.find("delete_endpoint_config", EndpointConfigName=name)


def _configs(
    event: LifecycleEvent, stem: str, context: Context
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the resource's own configurations whose names contain ``stem``, and their tags."""
    listed = pages(context, "list_endpoint_configs", "EndpointConfigs", NameContains=stem)
    for item in list(listed):
        marks = tags.of(item["EndpointConfigArn"], context)
        if tags.is_ours(event, marks):
            yield item["EndpointConfigName"], marks


def _describe(name: str, context: Context) -> dict[str, Any] | None:
    return context.gateway.find("describe_endpoint", EndpointName=name)


def _name(event: LifecycleEvent) -> str:
    return str(event.properties.get("EndpointName") or name_for(event))


def _config_name(event: LifecycleEvent) -> str:
    """Return the configuration's name: by endpoint and by content."""
    content = {key: event.properties.get(key) for key in CONFIG}
    return config_name(event, _name(event), content)


KIND: Final = Kind(
    type="Custom::AutoMLEndpoint",
    step=step,
    physical_id=physical_id,
    makes_things=True,
    # A second delivery could take the rollback of the first for an update not yet begun.
    not_repeated=frozenset({"Create", "Update"}),
)
