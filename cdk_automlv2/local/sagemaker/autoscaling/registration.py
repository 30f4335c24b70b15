"""Scalable targets and their tags."""

from __future__ import annotations

import secrets
from typing import Final

from cdk_automlv2.local.sagemaker.autoscaling import capacity, rights
from cdk_automlv2.local.sagemaker.autoscaling.common import is_of, key_of, mine, page, target_of
from cdk_automlv2.local.sagemaker.autoscaling.targets import Key, Target
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError, validation
from cdk_automlv2.local.sagemaker.state import Record, State

_MOST_TAGS: Final = 50
_BOUNDS: Final = ("MinCapacity", "MaxCapacity")
_SUSPENDED: Final = (
    "DynamicScalingInSuspended",
    "DynamicScalingOutSuspended",
    "ScheduledScalingSuspended",
)


def register_scalable_target(state: State, caller: Caller, request: Record) -> Record:
    """Register a target, or change the bounds of one; the capacity is moved into them at once."""
    key = key_of(caller, request)
    with state.lock:
        target = state.scaling.targets.get(key)
    if target is None:
        target = _registered(state, caller, key, request)
    else:
        rights.require_change(state, caller, "RegisterScalableTarget", target)
        if "Tags" in request:
            raise validation("Tags can only be given when a scalable target is registered first.")
    given = {name: request[name] for name in _BOUNDS if name in request}
    with state.lock:
        shown = target.shown | given
        if shown["MinCapacity"] > shown["MaxCapacity"]:
            raise validation("Maximum capacity cannot be less than minimum capacity")
        suspended = shown["SuspendedState"] | request.get("SuspendedState", {})
        target.shown = shown | {"SuspendedState": suspended}
        if key not in state.scaling.targets:
            state.scaling.targets[key] = target
            state.tags[target.arn] = dict(request.get("Tags", {}))
        cause = f"minimum capacity was set to {shown['MinCapacity']}"
        capacity.clamp(state, target, cause)
    return {"ScalableTargetARN": target.arn}


def _registered(state: State, caller: Caller, key: Key, request: Record) -> Target:
    """Return a new target, which nobody knows of yet."""
    arn = key.arn("application-autoscaling", f"scalable-target/{secrets.token_hex(17)}")
    tags = request.get("Tags", {})
    rights.require_creation(state, caller, arn, tags)
    if "RoleARN" in request:
        context = {"iam:PassedToService": "application-autoscaling.amazonaws.com"}
        state.iam.require(caller, "iam:PassRole", request["RoleARN"], context)
    missing = [name for name in _BOUNDS if name not in request]
    if missing:
        raise validation(f"{' and '.join(missing)} must be given for a new scalable target")
    with state.lock:
        config = state.endpoints.get(key.endpoint_arn, {}).get("EndpointConfigName")
        found = capacity.current(state, key)
    if config is None or found is None:
        raise validation(f"SageMaker variant doesn't exist: {key.resource_id}")
    rights.require_endpoint(state, caller, key, config)
    rights.require_linked_role(state, caller)
    shown = {
        **key.shown,
        "ScalableTargetARN": arn,
        "RoleARN": rights.linked_role(caller),
        "CreationTime": state.clock.now(),
        "SuspendedState": dict.fromkeys(_SUSPENDED, False),
    }
    return Target(key, shown)


def deregister_scalable_target(state: State, caller: Caller, request: Record) -> Record:
    """Deregister a target; its policies, their alarms and its scheduled actions go with it."""
    target = target_of(state, caller, request)
    rights.require_change(state, caller, "DeregisterScalableTarget", target)
    forget(state, target)
    return {}


def forget(state: State, target: Target) -> None:
    """Forget a target and all it has, for whoever may."""
    with state.lock:
        state.scaling.forget(target)
        state.tags.pop(target.arn, None)
        listed = [policy.shown.get("Alarms", []) for policy in target.policies.values()]
    names = [alarm["AlarmName"] for alarms in listed for alarm in alarms]
    if names:
        state.alarms.delete(target.key, names)


def require_unscaled(state: State, caller: Caller, endpoint_arn: str) -> list[Target]:
    """Return the targets that go with an endpoint, if its caller may deregister them.

    Raises:
        ServiceError: ``AccessDeniedException`` if they may not.
    """
    with state.lock:
        targets = list(state.scaling.of_endpoint(endpoint_arn))
    for target in targets:
        rights.require_change(state, caller, "DeregisterScalableTarget", target)
    return targets


def refuse_changed(state: State, endpoint_arn: str, before: Record, after: Record) -> None:
    """Refuse a move that gives other instances to a scaled variant, or removes it."""
    old, new = (
        {
            item["VariantName"]: (item.get("InstanceType"), item.get("InstancePools"))
            for item in config.get("ProductionVariants", [])
        }
        for config in (before, after)
    )
    scaled = {target.key.variant for target in state.scaling.of_endpoint(endpoint_arn)}
    changed = sorted(
        name for name in scaled if name not in new or (name in old and old[name] != new[name])
    )
    if changed:
        raise validation(
            f"The variants {', '.join(changed)} are registered as scalable targets with "
            "Application Auto Scaling and would be removed or get other instances; deregister "
            "them before."
        )


def describe_scalable_targets(state: State, caller: Caller, request: Record) -> Record:
    """Describe targets."""
    rights.require(state, caller, "DescribeScalableTargets")
    ids = request.get("ResourceIds")
    found = [
        dict(target.shown)
        for target in mine(state, caller)
        if is_of(request, target.shown) and (ids is None or target.key.resource_id in ids)
    ]
    return page(found, "ScalableTargets", "ScalableTargetARN", request)


def describe_scaling_activities(state: State, caller: Caller, request: Record) -> Record:
    """Describe what has been scaled, the newest first."""
    rights.require(state, caller, "DescribeScalingActivities")
    with state.lock:
        kept = [item for item in state.scaling.activities if item["_place"] == caller.place]
    found = [{**item, "CreationTime": item["StartTime"]} for item in kept if is_of(request, item)]
    return page(found, "ScalingActivities", "ActivityId", request)


def list_tags_for_resource(state: State, caller: Caller, request: Record) -> Record:
    """List the tags of a target."""
    arn = _known(state, caller, "ListTagsForResource", request)
    with state.lock:
        return {"Tags": dict(state.tags.get(arn, {}))}


def tag_resource(state: State, caller: Caller, request: Record) -> Record:
    """Add or overwrite tags of a target."""
    tags = request["Tags"]
    context = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    arn = _known(state, caller, "TagResource", request, **context, **{"aws:TagKeys": list(tags)})
    with state.lock:
        together = state.tags.get(arn, {}) | tags
        if len(together) > _MOST_TAGS:
            words = f"a scalable target has {_MOST_TAGS} tags at most"
            raise ServiceError("TooManyTagsException", words)
        state.tags[arn] = together
    return {}


def untag_resource(state: State, caller: Caller, request: Record) -> Record:
    """Remove tags of a target."""
    context = {"aws:TagKeys": request["TagKeys"]}
    arn = _known(state, caller, "UntagResource", request, **context)
    with state.lock:
        for key in request["TagKeys"]:
            state.tags.get(arn, {}).pop(key, None)
    return {}


def _known(state: State, caller: Caller, operation: str, request: Record, **context: object) -> str:
    arn: str = request["ResourceARN"]
    rights.require(state, caller, operation, arn, **context)
    if arn not in {target.arn for target in mine(state, caller)}:
        raise ServiceError("ResourceNotFoundException", f"The resource doesn't exist: {arn}")
    return arn
