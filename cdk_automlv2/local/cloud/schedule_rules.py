"""What EventBridge Scheduler refuses when a schedule is created or updated.

Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from cdk_automlv2.local.cloud.role_rights import Source, role_record, trusts
from cdk_automlv2.local.cloud.schedules import ScheduleError, firings
from cdk_automlv2.local.cloud.targets import ACTIONS, service_of

SERVICE = "scheduler.amazonaws.com"
_OF_JSON = ("events", "lambda", "states")
Schedule = Mapping[str, Any]


def source_of(schedule_arn: str) -> Source:
    """Return on behalf of what a schedule's role is assumed: its group."""
    place, _, name = schedule_arn.rpartition(":schedule/")
    return Source(SERVICE, f"{place}:schedule-group/{name.partition('/')[0]}")


def problem(schedule: Schedule, source: Source) -> str:
    """Return why there can be no such schedule; empty if there can.

    Args:
        schedule: Members of CreateSchedule.
        source: Its group.
    """
    return (
        _of_expression(schedule)
        or _of_window(schedule.get("FlexibleTimeWindow") or {})
        or _of_target(schedule.get("Target") or {})
        or _of_role((schedule.get("Target") or {}).get("RoleArn", ""), source)
    )


def _of_expression(schedule: Schedule) -> str:
    zone = schedule.get("ScheduleExpressionTimezone") or "UTC"
    try:
        firings(schedule.get("ScheduleExpression") or "", zone, time.time())
    except ScheduleError as error:
        return str(error)
    return ""


def _of_window(window: Schedule) -> str:
    mode, minutes = window.get("Mode"), window.get("MaximumWindowInMinutes")
    if mode not in ("OFF", "FLEXIBLE"):
        return "FlexibleTimeWindow.Mode must be OFF or FLEXIBLE."
    if (mode == "FLEXIBLE") != (minutes is not None):
        return "MaximumWindowInMinutes must be given if and only if Mode is FLEXIBLE."
    return ""


def _of_target(target: Schedule) -> str:
    service = service_of(target)
    if service not in ACTIONS:
        return f"The local cloud does not have targets like {target.get('Arn')}."
    if service == "events" and "EventBridgeParameters" not in target:
        return "EventBridgeParameters are required for an event bus."
    if service in _OF_JSON and target.get("Input"):
        try:
            json.loads(target["Input"])
        except ValueError:
            return f"Input of target {target['Arn']} must be JSON."
    return ""


def _of_role(role_arn: str, source: Source) -> str:
    role = role_record(role_arn)
    if role is not None and trusts(role, SERVICE, source.region, source.context):
        return ""
    return "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
