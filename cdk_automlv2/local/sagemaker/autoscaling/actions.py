"""Scheduled actions: other bounds at set times, by the local clock."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from cdk_automlv2.local.cloud.schedules import ScheduleError, firings
from cdk_automlv2.local.sagemaker.autoscaling import capacity, rights
from cdk_automlv2.local.sagemaker.autoscaling.common import is_of, mine, missing, page, target_of
from cdk_automlv2.local.sagemaker.autoscaling.targets import Target
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError, validation
from cdk_automlv2.local.sagemaker.state import Record, State

_MOST: Final = 200
_ACTION: Final = "ScalableTargetAction"


def put_scheduled_action(state: State, caller: Caller, request: Record) -> Record:
    """Create a scheduled action or change it; a change without start or end has none."""
    target, name = target_of(state, caller, request), request["ScheduledActionName"]
    rights.require_change(state, caller, "PutScheduledAction", target)
    with state.lock:
        before = target.actions.get(name)
        full = len(target.actions) >= _MOST and before is None
    if full:
        words = f"a target has {_MOST} scheduled actions at most"
        raise ServiceError("LimitExceededException", words)
    kept = before or {
        "ScheduledActionName": name,
        "ScheduledActionARN": _arn(target, name),
        **target.key.shown,
        "CreationTime": state.clock.now(),
    }
    kept = {member: kept[member] for member in kept if member not in ("StartTime", "EndTime")}
    given = ("Schedule", "Timezone", "StartTime", "EndTime", _ACTION)
    action = kept | {member: request[member] for member in given if member in request}
    _check(action, state.clock.now())
    with state.lock:
        target.actions[name] = action | {"_since": state.clock.now().timestamp()}
    return {}


def _arn(target: Target, name: str) -> str:
    own = f"resource/sagemaker/{target.key.resource_id}:scheduledActionName/{name}"
    return target.key.arn("autoscaling", f"scheduledAction:{uuid.uuid4()}:{own}")


def _check(action: Record, now: datetime) -> None:
    if "Schedule" not in action:
        raise validation("Schedule must be given for a new scheduled action")
    bounds = action.get(_ACTION, {})
    if not bounds:
        raise validation("MinCapacity or MaxCapacity must be given for a scheduled action")
    if bounds.get("MinCapacity", 0) > bounds.get("MaxCapacity", bounds.get("MinCapacity", 0)):
        raise validation("Maximum capacity cannot be less than minimum capacity")
    try:
        first = next(firings(action["Schedule"], action.get("Timezone", "UTC"), now.timestamp()))
    except (ScheduleError, StopIteration) as error:
        raise validation(f"Invalid schedule: {action['Schedule']}") from error
    if first <= now.timestamp():
        raise validation(f"The time of {action['Schedule']} has passed")


def delete_scheduled_action(state: State, caller: Caller, request: Record) -> Record:
    """Delete a scheduled action."""
    target, name = target_of(state, caller, request), request["ScheduledActionName"]
    rights.require_change(state, caller, "DeleteScheduledAction", target)
    with state.lock:
        if target.actions.pop(name, None) is None:
            raise missing("scheduled action", name, request)
    return {}


def describe_scheduled_actions(state: State, caller: Caller, request: Record) -> Record:
    """Describe scheduled actions."""
    rights.require(state, caller, "DescribeScheduledActions")
    names = request.get("ScheduledActionNames")
    found = [
        dict(action)
        for target in mine(state, caller)
        if is_of(request, target.shown)
        for name, action in target.actions.items()
        if names is None or name in names
    ]
    return page(found, "ScheduledActions", "ScheduledActionARN", request)


def carry_out(state: State, target: Target) -> None:
    """Carry out what has become due of a target. Under the lock."""
    if target.is_suspended("ScheduledScalingSuspended"):
        return
    clocks, wall = state.scaling.clocks, state.clock.now().timestamp()
    for action in target.actions.values():
        since = action["_since"]
        zone = action.get("Timezone", "UTC")
        due = clocks.due(action["ScheduledActionARN"], action["Schedule"], zone, since, wall)
        if due is not None and _is_within(action, due):
            _set_bounds(state, target, action)


def _is_within(action: Record, moment: float) -> bool:
    start, end = action.get("StartTime"), action.get("EndTime")
    after = start is None or moment >= start.timestamp()
    return after and (end is None or moment <= end.timestamp())


def _set_bounds(state: State, target: Target, action: Record) -> None:
    shown = target.shown | action[_ACTION]
    cause = f"scheduled action name {action['ScheduledActionName']} was triggered"
    words = f"min capacity to {shown['MinCapacity']} and max capacity to {shown['MaxCapacity']}"
    now = state.clock.now()
    activity = state.scaling.note(target, now, f"Setting {words}", cause, EndTime=now)
    if shown["MinCapacity"] > shown["MaxCapacity"]:
        why = "Maximum capacity cannot be less than minimum capacity"
        activity.update(StatusCode="Failed", StatusMessage=f"Failed to set {words}: {why}")
        return
    activity.update(StatusCode="Successful", StatusMessage=f"Successfully set {words}")
    target.shown = shown
    capacity.clamp(state, target, cause)
