"""Schedules: time zones, speed, context attributes, roles, dead letters, and what is refused.

ministack fires all in UTC and by the wall's clock, takes any expression and role, and drops what
cannot be delivered. Sources: https://docs.aws.amazon.com/scheduler/latest/UserGuide/ (pages
"schedule-types", "managing-schedule-context-attributes", "configuring-schedule-dlq").
At most one firing a sweep: at a high speed those between two sweeps are left out.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cdk_automlv2.local.cloud import schedule_rules, targets
from cdk_automlv2.local.cloud.role_rights import Deed, refusal_as_role
from cdk_automlv2.local.cloud.schedules import Clocks, ScheduleError

SPEED = "AUTOMLV2_SPEED"
SWEEP_SECONDS = 0.5
_log = logging.getLogger(__name__)
Schedule = Mapping[str, Any]


def apply() -> None:
    """Sweep schedules and rules by clocks of our own, and look at what is created."""
    from ministack.services import eventbridge, scheduler

    clocks = Clocks(float(os.environ.get(SPEED, "1")))
    eventbridge._SCHEDULER_TICK_INTERVAL = SWEEP_SECONDS
    scheduler._SCHEDULE_TICK_INTERVAL = SWEEP_SECONDS
    scheduler._tick_schedules = lambda: _sweep_schedules(clocks)
    begun: dict[Any, tuple[Any, float]] = {}
    eventbridge._tick_scheduled_rules = lambda: _sweep_rules(clocks, begun)
    create, update = scheduler._create_schedule, scheduler._update_schedule
    scheduler._create_schedule = lambda name, body: _refused(name, body) or create(name, body)
    scheduler._update_schedule = lambda name, body: _refused(name, body) or update(name, body)


def _refused(name: str, body: Schedule) -> Any:
    from ministack.services import scheduler

    arn = scheduler._schedule_arn(body.get("GroupName") or "default", name)
    found = schedule_rules.problem(body, schedule_rules.source_of(arn))
    return scheduler._error(400, "ValidationException", found) if found else None


def _sweep_schedules(clocks: Clocks) -> None:
    from ministack.core.responses import request_scope
    from ministack.services import scheduler

    for key, schedule in list(scheduler._schedules._data.items()):
        with request_scope(key[0], key[1]):
            if _sweep(clocks, key, schedule):
                scheduler._schedules._data.pop(key, None)
                clocks.forget(key)


def _sweep(clocks: Clocks, key: Any, schedule: Schedule) -> bool:
    """Fire one schedule if it is due; whether it is completed and to be deleted."""
    anchor, zone = schedule["LastModificationDate"], schedule["ScheduleExpressionTimezone"]
    moment = clocks.due(key, schedule["ScheduleExpression"], zone, anchor, time.time())
    end = _epoch(schedule.get("EndDate"), float("inf"))
    start = _epoch(schedule.get("StartDate"), 0.0)
    if moment is not None and schedule["State"] == "ENABLED" and start <= moment <= end:
        _fire(schedule, moment)
    is_over = clocks.is_over(key) or clocks.now(anchor, time.time()) > end
    return is_over and schedule.get("ActionAfterCompletion") == "DELETE"


def _epoch(moment: Any, default: float) -> float:
    from ministack.services import scheduler

    found = scheduler._to_epoch(moment)
    return default if found is None else float(found)


def _fire(schedule: Schedule, moment: float) -> None:
    """Deliver to the target as its role, or to the dead-letter queue as the same role."""
    from ministack.core.responses import get_account_id, get_region, new_uuid
    from ministack.services import eventbridge

    execution = new_uuid()
    target = _filled(schedule, moment, execution)
    source = schedule_rules.source_of(schedule["Arn"])
    found = targets.refusal(target, source)
    event = {
        "EventId": execution,
        "Source": "aws.scheduler",
        "DetailType": "Scheduled Event",
        "Detail": "{}",
        "Time": int(moment),
        "Resources": [schedule["Arn"]],
        "Account": get_account_id(),
        "Region": get_region(),
    }
    if found:
        _log.warning("schedule %s does not reach %s: %s", schedule["Arn"], target["Arn"], found)
        _dead_letter(schedule, target, execution, found)
    elif targets.service_of(target) == "events":
        _put_event(target)
    else:
        eventbridge._invoke_target(target, event, schedule)


def _filled(schedule: Schedule, moment: float, execution: str) -> dict[str, Any]:
    """Return the target with the context attributes in its input filled in."""
    target = dict(schedule["Target"])
    values = {
        "schedule-arn": schedule["Arn"],
        "scheduled-time": datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "execution-id": execution,
        "attempt-number": "1",
    }
    for name, value in values.items():
        if target.get("Input"):
            target["Input"] = target["Input"].replace(f"<aws.scheduler.{name}>", value)
    return target


def _put_event(target: Schedule) -> None:
    from ministack.services import eventbridge

    given = target["EventBridgeParameters"]
    entry = {"Source": given.get("Source"), "DetailType": given.get("DetailType")}
    bus = {"EventBusName": target["Arn"]}
    eventbridge._put_events({"Entries": [{**entry, **bus, "Detail": target.get("Input", "{}")}]})


def _dead_letter(schedule: Schedule, target: Schedule, execution: str, why: str) -> None:
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    source = schedule_rules.source_of(schedule["Arn"])
    if not queue or refusal_as_role(target["RoleArn"], source, Deed("sqs:SendMessage", queue)):
        return
    attributes = {
        "ERROR_CODE": "AccessDeniedException",
        "ERROR_MESSAGE": why,
        "EXECUTION_ID": execution,
        "RETRY_ATTEMPTS": "0",
        "SCHEDULE_ARN": schedule["Arn"],
        "TARGET_ARN": target["Arn"],
    }
    targets.send_with(queue, target.get("Input", "{}"), attributes)


def _sweep_rules(clocks: Clocks, begun: dict[Any, tuple[Any, float]]) -> None:
    """Fire the rules that are due; a rule begins when it is first seen, or seen changed."""
    from ministack.core.responses import request_scope
    from ministack.services import eventbridge

    for key, rule in list(eventbridge._rules._data.items()):
        expression = rule.get("ScheduleExpression")
        if not expression:
            continue
        signature = (expression, rule.get("CreationTime"))
        if begun.get(key, ((), 0))[0] != signature:
            begun[key] = (signature, time.time())
        try:
            moment = clocks.due(key, expression, "UTC", begun[key][1], time.time())
        except ScheduleError:
            continue
        if moment is not None and rule.get("State") == "ENABLED":
            with request_scope(key[0], key[1]):
                _fire_rule(rule, eventbridge._targets._data.get(key, []), moment)


def _fire_rule(rule: Schedule, listed: Any, moment: float) -> None:
    from ministack.core.responses import get_account_id, get_region, new_uuid
    from ministack.services import eventbridge

    event = {
        "EventId": new_uuid(),
        "Source": "aws.events",
        "DetailType": "Scheduled Event",
        "Detail": json.dumps({}),
        "EventBusName": rule.get("EventBusName", "default"),
        "Time": int(moment),
        "Resources": [rule["Arn"]],
        "Account": get_account_id(),
        "Region": get_region(),
    }
    for target in list(listed):
        eventbridge._invoke_target(target, event, rule)
