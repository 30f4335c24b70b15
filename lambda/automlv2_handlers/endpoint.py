"""``Custom::AutoMLEndpoint``: endpoint configuration and endpoint as one thing.

A configuration cannot be changed, so each content has a name of its own. The endpoint is moved
to it, and the one before is deleted only after the endpoint serves the new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers import logs, tags
from automlv2_handlers.errors import LifecycleError, NameTakenError, NotFoundError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.names import config_name, config_stem, name_for, was_answered
from automlv2_handlers.outcomes import Context, Done, Outcome, Pending

WAIT_SECONDS: Final = 55 * 60
CONFIG: Final = (
    "AsyncInferenceConfig",
    "DataCaptureConfig",
    "KmsKeyId",
    "ProductionVariants",
)
_UNSEEN_TOLERATED: Final = 8
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
    _refuse_foreign(event, endpoint, context)
    status = endpoint["EndpointStatus"]
    if status in _MOVING:
        return _still_moving(event, endpoint, context)
    if status == "InService" and endpoint["EndpointConfigName"] == _config_name(event):
        return _serve(event, endpoint, context)
    if context.progress.get("Requested"):
        _leave_only(event, _in_use(event, endpoint), context)
        raise LifecycleError(_why(endpoint, context))
    if status == "Failed":
        context.gateway.find("delete_endpoint", EndpointName=name)
        return Pending(name, "failed endpoint of an earlier deployment to go")
    return _move(event, endpoint, context)


def _create(event: LifecycleEvent, name: str, context: Context) -> Outcome:
    if context.progress.get("Requested"):
        raise LifecycleError(f"endpoint {name!r} was deleted by someone else while it was created")
    _ensure_config(event, context)
    try:
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
    context.progress["Requested"] = True
    return Pending(name, "endpoint to be in service")


def _move(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    _ensure_config(event, context)
    update = context.gateway.request("UpdateEndpoint", event.properties)
    request = {
        **update,
        "EndpointName": endpoint["EndpointName"],
        "EndpointConfigName": _config_name(event),
    }
    try:
        context.gateway.call("update_endpoint", **request)
    except NotFoundError as error:
        return _not_visible_yet(endpoint["EndpointName"], error, context)
    context.progress.update(Requested=True, Updated=True)
    return Pending(endpoint["EndpointName"], "endpoint to serve the new configuration")


def _not_visible_yet(name: str, error: NotFoundError, context: Context) -> Outcome:
    """Wait for a configuration that was made a moment ago and is not seen everywhere yet."""
    context.progress["Unseen"] = context.progress.get("Unseen", 0) + 1
    if context.progress["Unseen"] > _UNSEEN_TOLERATED:
        raise error
    return Pending(name, "configuration to be seen by the service")


def _still_moving(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    """Wait, and hand on to the links of the chain once CloudFormation's hour is nearly over."""
    name = endpoint["EndpointName"]
    if event.properties.get("Wait") == "false" and context.progress.get("Requested"):
        return _attributes(endpoint, _config_name(event))
    if context.age < WAIT_SECONDS:
        return Pending(name, f"endpoint, now {endpoint['EndpointStatus']}")
    if event.properties.get("MoreLinks") == "true" and context.progress.get("Requested"):
        return _attributes(endpoint, _config_name(event))
    raise LifecycleError(
        f"endpoint {name!r} was still {endpoint['EndpointStatus']} after "
        f"{WAIT_SECONDS // 60} min; raise its timeout"
    )


def _serve(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    arn = endpoint["EndpointArn"]
    tags.sync(event, arn, context.gateway.tags_of(arn), context)
    _ensure_config(event, context)  # Somebody may have deleted it under the endpoint.
    _leave_only(event, {endpoint["EndpointConfigName"]}, context)
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
    if status == "InService" and context.progress.get("Updated"):
        return f"endpoint {name!r} was rolled back to its former configuration: {reason}"
    return f"endpoint {name!r} ended as {status}: {reason}"


def _refuse_foreign(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> None:
    if not _is_ours(event, endpoint, context):
        raise LifecycleError(
            f"endpoint name {endpoint['EndpointName']!r} is taken by an endpoint of someone else"
        )


def _is_ours(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> bool:
    """Whether the endpoint is the resource's own; a yes is kept for the polls that follow."""
    if not context.progress.get("Ours"):
        if not tags.is_ours(event, context.gateway.tags_of(endpoint["EndpointArn"])):
            return False
        context.progress["Ours"] = True
    return True


def _ensure_config(event: LifecycleEvent, context: Context) -> None:
    name = _config_name(event)
    if context.gateway.find("describe_endpoint_config", EndpointConfigName=name) is not None:
        return
    request = context.gateway.request("CreateEndpointConfig", event.properties)
    request |= {"EndpointConfigName": name, "Tags": tags.with_marks(event)}
    try:
        context.gateway.call("create_endpoint_config", **request)
    except NameTakenError:
        logs.fact("configuration was created by another delivery of the request", config=name)


def _delete(event: LifecycleEvent, context: Context) -> Outcome:
    answered = was_answered(event, event.properties.get("EndpointName"))
    name = event.physical_id if answered else _name(event)
    endpoint = _describe(name, context)
    if endpoint is None:
        _leave_only(event, set(), context, of=name)
        return Done(event.physical_id)
    if not _is_ours(event, endpoint, context):
        return Done(event.physical_id)
    if endpoint["EndpointStatus"] in _DELETABLE:
        context.gateway.find("delete_endpoint", EndpointName=name)
    if context.age > WAIT_SECONDS:
        raise LifecycleError(
            f"endpoint {name!r} was still {endpoint['EndpointStatus']} after "
            f"{WAIT_SECONDS // 60} min and cannot be deleted yet; delete the stack again later"
        )
    return Pending(event.physical_id, f"endpoint {name} to be gone")


def _in_use(event: LifecycleEvent, endpoint: Mapping[str, Any]) -> set[str]:
    """Return the configurations that an endpoint after a failed move may still need."""
    serving = endpoint["EndpointConfigName"]
    if endpoint["EndpointStatus"] == "InService":
        return {serving}
    return {serving, _config_name(event)}


def _leave_only(
    event: LifecycleEvent, kept: set[str], context: Context, of: str | None = None
) -> None:
    """Delete every configuration of the endpoint but ``kept``, those of failed moves included."""
    stem = config_stem(event, of or _name(event))
    token: dict[str, str] = {}
    while True:
        page = context.gateway.call("list_endpoint_configs", NameContains=stem, **token)
        for item in page["EndpointConfigs"]:
            if item["EndpointConfigName"] not in kept:
                _delete_config(event, item["EndpointConfigName"], context)
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _delete_config(event: LifecycleEvent, name: str, context: Context) -> None:
    config = context.gateway.find("describe_endpoint_config", EndpointConfigName=name)
    if config and tags.is_ours(event, context.gateway.tags_of(config["EndpointConfigArn"])):
        context.gateway.find("delete_endpoint_config", EndpointConfigName=name)


def _describe(name: str, context: Context) -> dict[str, Any] | None:
    return context.gateway.find("describe_endpoint", EndpointName=name)


def _name(event: LifecycleEvent) -> str:
    return str(event.properties.get("EndpointName") or name_for(event))


def _config_name(event: LifecycleEvent) -> str:
    """Return the configuration's name: by endpoint and by content."""
    content = {key: event.properties.get(key) for key in CONFIG}
    return config_name(event, _name(event), content)
