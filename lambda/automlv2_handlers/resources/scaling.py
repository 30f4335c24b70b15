"""How the variants of an endpoint come to be scaled as the template says.

Scaling is a part of the endpoint's resource: SageMaker moves no endpoint whose scaled instances
become others, so that whoever moves it has to end the scaling first, and to begin it again
afterwards, also when the move or the whole deployment is taken back. Every request that ends well
settles it by its own properties.

A scalable target bears the owner's tag from its beginning, and what it was made of once it is
complete: a function that died half-way goes through all of it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.aws.paging import each
from automlv2_handlers.domain import scaling_plan as plans
from automlv2_handlers.domain import tags
from automlv2_handlers.domain.names import digest, owner_stem
from automlv2_handlers.domain.scaling_plan import Place
from automlv2_handlers.errors import (
    BusyError,
    DeniedError,
    LifecycleError,
    NotFoundError,
    RefusedError,
)
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context, Pending

_SERVICE: Final = "application-autoscaling"
_UNTAGGED: Final = "UntaggedTarget"
_UNTAGGED_TOLERATED: Final = 4
_ONCE: Final = "at("

_ENDED: Final = "ScalingEnded"
_BUSY: Final = "ScalingBusy"
_PATIENCE_SECONDS: Final = 10 * 60
"""How long a deletion waits for a service that answers nothing but that it is busy."""

_Targets = dict[Place, dict[str, Any]]


def is_meant(event: LifecycleEvent) -> bool:
    """Whether the template says anything of scaling, or did before."""
    return plans.is_meant(event.properties) or was_meant(event)


def was_meant(event: LifecycleEvent) -> bool:
    """Whether the template before said anything of scaling."""
    return plans.is_meant(event.old_properties)


def ended(context: Context) -> set[str]:
    """Return the variants whose scaling this request has ended."""
    return set(context.progress.get(_ENDED) or ())


def note(event: LifecycleEvent) -> str:
    """Return what the user should know of an update that went well; empty if nothing."""
    return plans.unused_counts(event.properties, event.old_properties)


def settle(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Pending | None:
    """Let an endpoint in service be scaled as the properties say, and no other way; at once.

    Raises:
        LifecycleError: If somebody else scales a variant that the template wants to scale.
    """
    if not is_meant(event):
        return None
    name = endpoint["EndpointName"]
    wanted = plans.wanted(event.properties, name)
    present = _present(name, endpoint, event, context)
    for place, target in present.items():
        owned = tags.is_ours(event, target["Tags"])
        if place in wanted and not owned:
            raise LifecycleError(
                f"variant {place.variant!r} of endpoint {name!r} is scaled by "
                f"{tags.whose(target['Tags'])}; remove that scalable target, or leave "
                "auto_scale_… out"
            )
        if place not in wanted and owned:
            _end(event, place, context)
    for place, plan in wanted.items():
        _follow(event, place, plan, present.get(place), context)
    context.progress.pop(_BUSY, None)
    return None


def let_go(
    event: LifecycleEvent,
    endpoint: Mapping[str, Any],
    moves: tuple[Mapping[str, Any], Mapping[str, Any]],
    context: Context,
) -> None:
    """End the scaling of variants that a move makes go, or gives other instances.

    Args:
        event: The request that moves the endpoint.
        endpoint: As it is.
        moves: The configuration that it serves, and the one it moves to.
        context: Of the request.
    """
    if not is_meant(event):
        return
    changing = plans.blocking(*moves)
    for place, target in _present(endpoint["EndpointName"], endpoint, event, context).items():
        if place.variant in changing and tags.is_ours(event, target["Tags"]):
            _end(event, place, context)


def end(
    event: LifecycleEvent, name: str, endpoint: Mapping[str, Any] | None, context: Context
) -> None:
    """End all scaling of an endpoint that is being deleted, or has gone.

    An endpoint costs money as long as it is there: with it, SageMaker deregisters what could not
    be deregistered in time.
    """
    if not is_meant(event):
        return
    for place in plans.wanted(event.properties, name):
        _delete_alarm(event, place, context)
    if endpoint is None:
        return
    try:
        for place, target in _present(name, endpoint, event, context).items():
            if tags.is_ours(event, target["Tags"]):
                _end(event, place, context)
    except BusyError as error:
        if context.now - context.progress.get(_BUSY, context.now) <= _PATIENCE_SECONDS:
            raise
        logs.fact("scaling is left to go with its endpoint", endpoint=name, why=str(error))


def _present(
    name: str, endpoint: Mapping[str, Any], event: LifecycleEvent, context: Context
) -> _Targets:
    """Return the scalable targets of an endpoint, each with its tags."""
    known = plans.variant_names(endpoint, event.properties, event.old_properties)
    ids = sorted(plans.resource_id(name, variant) for variant in known)
    return {
        place: {**item, "Tags": _tags(item["ScalableTargetARN"], context)}
        for place, item in _listed(name, ids, context).items()
    }


def _listed(name: str, ids: list[str], context: Context) -> _Targets:
    call = partial(_call, context, "describe_scalable_targets")
    items = each(call, "ScalableTargets", ServiceNamespace=plans.NAMESPACE, ResourceIds=ids)
    return {
        Place(name, plans.variant_of(item["ResourceId"]), item["ScalableDimension"]): item
        for item in items
    }


def _tags(arn: str, context: Context) -> dict[str, str]:
    """Return the tags of a target; they may show a little later than the target itself."""
    found: dict[str, str] = {}
    with suppress(NotFoundError):
        found = _call(context, "list_tags_for_resource", ResourceARN=arn).get("Tags") or {}
    if tags.OWNER not in found and context.count(_UNTAGGED) <= _UNTAGGED_TOLERATED:
        raise BusyError(f"{arn} shows no tag of an owner yet")
    return found


def _follow(
    event: LifecycleEvent,
    place: Place,
    plan: Mapping[str, Any],
    target: Mapping[str, Any] | None,
    context: Context,
) -> None:
    """Make one target what the plan says, unless it is so already.

    What stands in the service is not compared: scheduled actions change its capacities.
    """
    made_of = plans.made_of(plan, place.endpoint)
    if target is not None and target["Tags"].get(tags.CONTENT) == made_of:
        return
    arn = _register(event, place, plan, target, context)
    try:
        kept = {
            _put_policy(event, place, policy, context) for policy in plans.policies(plan, place)
        }
        kept |= {_put_action(place, action, context) for action in plan.get("Schedules") or []}
    except NotFoundError as error:
        raise BusyError(f"{error}, but it was registered a moment ago") from error
    _delete_stale(event, place, kept, context)
    _call(context, "tag_resource", ResourceARN=arn, Tags={tags.CONTENT: made_of})
    logs.fact("scaling set", resource=place.resource_id, dimension=place.dimension)


def _register(
    event: LifecycleEvent,
    place: Place,
    plan: Mapping[str, Any],
    target: Mapping[str, Any] | None,
    context: Context,
) -> str:
    """Register a target, or change its capacities; return its ARN."""
    request = context.gateway.request(
        "RegisterScalableTarget",
        {key: plan[key] for key in ("MinCapacity", "MaxCapacity")} | place.request,
        _SERVICE,
    )
    if target is not None:
        _call(context, "register_scalable_target", **request)
        return str(target["ScalableTargetARN"])
    request["Tags"] = {tags.OWNER: tags.owner(event), tags.RESOURCE: event.owner[:256]}
    arn = str(_call(context, "register_scalable_target", **request)["ScalableTargetARN"])
    _tags(arn, context)  # The function's rights go by them.
    return arn


def _put_policy(
    event: LifecycleEvent, place: Place, policy: Mapping[str, Any], context: Context
) -> str:
    """Put a policy, and the alarm that sets it off if it has one; return its name."""
    request = context.gateway.request("PutScalingPolicy", {**policy, **place.request}, _SERVICE)
    arn = _call(context, "put_scaling_policy", **request)["PolicyARN"]
    if "Alarm" in policy:
        alarm = {**policy["Alarm"], "AlarmName": _alarm_name(event, place), "AlarmActions": [arn]}
        made = context.gateway.request("PutMetricAlarm", alarm, "cloudwatch")
        context.gateway.call_of("cloudwatch", "put_metric_alarm", **made)
    return str(policy["PolicyName"])


def _put_action(place: Place, action: Mapping[str, Any], context: Context) -> str:
    """Put a scheduled action; return its name."""
    request = context.gateway.request("PutScheduledAction", {**action, **place.request}, _SERVICE)
    try:
        _call(context, "put_scheduled_action", **request)
    except RefusedError as error:
        if not str(action.get("Schedule", "")).startswith(_ONCE):
            raise
        # Its time may have passed by now, which must not stop a rollback.
        logs.fact("an action for one moment was refused", action=action, why=str(error))
    return str(action["ScheduledActionName"])


def _delete_stale(event: LifecycleEvent, place: Place, kept: set[str], context: Context) -> None:
    """Delete policies and scheduled actions that earlier templates had."""
    policies = partial(_call, context, "describe_scaling_policies")
    for item in list(each(policies, "ScalingPolicies", **place.request)):
        name = item["PolicyName"]
        if name.startswith(plans.PREFIX) and name not in kept:
            _call(context, "delete_scaling_policy", PolicyName=name, **place.request)
            if item.get("PolicyType") == "StepScaling":
                _delete_alarm(event, place, context)
    actions = partial(_call, context, "describe_scheduled_actions")
    for item in list(each(actions, "ScheduledActions", **place.request)):
        name = item["ScheduledActionName"]
        if name.startswith(plans.PREFIX) and name not in kept:
            _call(context, "delete_scheduled_action", ScheduledActionName=name, **place.request)


def _end(event: LifecycleEvent, place: Place, context: Context) -> None:
    """Deregister a target; its policies and scheduled actions go with it, its alarm does not."""
    context.progress[_ENDED] = sorted(ended(context) | {place.variant})
    _delete_alarm(event, place, context)
    try:
        _call(context, "deregister_scalable_target", **place.request)
    except NotFoundError:
        return
    except DeniedError:
        # What has gone meanwhile has no tags to be allowed by.
        if place in _listed(place.endpoint, [place.resource_id], context):
            raise
    logs.fact("scaling ended", resource=place.resource_id, dimension=place.dimension)


def _alarm_name(event: LifecycleEvent, place: Place) -> str:
    """Return the name of the one alarm that a target has; the function's rights go by it."""
    stem = owner_stem(event)
    return f"automlv2-{stem}-{digest(place.endpoint, place.variant, length=10)}-scaling"


def _delete_alarm(event: LifecycleEvent, place: Place, context: Context) -> None:
    with suppress(NotFoundError):
        name = _alarm_name(event, place)
        context.gateway.call_of("cloudwatch", "delete_alarms", AlarmNames=[name])


def _call(context: Context, operation: str, **request: Any) -> dict[str, Any]:
    """Call one operation, and note since when the service is too busy to get on."""
    try:
        return context.gateway.call_of(_SERVICE, operation, **request)
    except BusyError:
        context.progress.setdefault(_BUSY, context.now)
        raise
