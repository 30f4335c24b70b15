"""Alarms: a state change is an event and calls functions, and an alarm leaves ALARM without data.

ministack looks at an alarm only when data come, mixes up metrics that differ by dimensions, and
knows no action but SNS. Sources:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
Periods are those of the wall's clock. What SetAlarmState sets stays until there are data.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from cdk_automlv2.local.cloud import alarm_rules
from cdk_automlv2.local.cloud.role_rights import Deed, Source, refusal_by_policy

SWEEP_SECONDS = 1.0
_SERVICE = "lambda.alarms.cloudwatch.amazonaws.com"
_ACTIONS = {
    "ALARM": "AlarmActions",
    "OK": "OKActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}
_log = logging.getLogger(__name__)
Alarm = dict[str, Any]


def apply() -> None:
    """Evaluate by rules of our own, again and again, and report what has changed."""
    from ministack.services import cloudwatch

    dispatch, previous = cloudwatch._dispatch_alarm_actions, dict[str, dict[str, str]]()

    def dispatch_and_tell(alarm: Alarm, old: str, new: str, reason: str) -> None:
        dispatch(alarm, old, new, reason)
        arn = alarm["AlarmArn"]
        state = {"value": new, "reason": reason, "timestamp": _now()}
        detail = _detail(alarm, state, previous.get(arn) or {"value": old})
        previous[arn] = state
        _tell(arn, detail)
        for function in alarm.get(_ACTIONS.get(new, "")) or []:
            if alarm.get("ActionsEnabled", True) and ":function:" in function:
                _call(function, arn, detail)

    cloudwatch._evaluate_alarm = _evaluate
    cloudwatch._dispatch_alarm_actions = dispatch_and_tell
    threading.Thread(target=_sweep_for_ever, name="alarms", daemon=True).start()


def _sweep_for_ever() -> None:
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch

    while True:
        time.sleep(SWEEP_SECONDS)
        for (account, region, _), alarm in list(cloudwatch._alarms._data.items()):
            with request_scope(account, region):
                _evaluate(alarm)


def _evaluate(alarm: Alarm) -> None:
    """Give an alarm the state that its metric's data ask for; none without any data at all."""
    from ministack.services import cloudwatch

    if not alarm_rules.is_known(alarm):
        return
    dimensions = cloudwatch._dims_from_list(alarm.get("Dimensions") or [])
    key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
    points = list(cloudwatch._metrics.get(key) or [])
    if not points:
        return
    new = alarm_rules.state_of(alarm, list(_values(alarm, points)))
    old = alarm["StateValue"]
    if new and new != old:
        reason = f"Threshold Crossed: {alarm['ComparisonOperator']} {alarm['Threshold']}"
        reason = f"{reason} evaluated to {new} over {alarm_rules.periods(alarm)} period(s)"
        now = int(time.time())
        alarm |= {"StateValue": new, "StateReason": reason, "StateUpdatedTimestamp": now}
        cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
        cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
        cloudwatch._evaluate_parent_alarms(alarm)


def _values(alarm: Alarm, points: list[Any]) -> Iterator[float | None]:
    """Yield the statistic of each of the last periods, the newest first."""
    from ministack.services import cloudwatch

    now, length = time.time(), int(alarm.get("Period") or 60)
    name = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    for number in range(alarm_rules.periods(alarm)):
        end = now - number * length
        within = [point for point in points if end - length < point["Timestamp"] <= end]
        stats = cloudwatch._calc_stats(within)
        yield cloudwatch._stat_value(stats, name, within) if stats else None


def _detail(alarm: Alarm, state: Mapping[str, str], before: Mapping[str, str]) -> dict[str, Any]:
    if alarm.get("AlarmRule"):
        shown: dict[str, Any] = {"alarmRule": alarm["AlarmRule"]}
    else:
        dimensions = {item["Name"]: item["Value"] for item in alarm.get("Dimensions") or []}
        metric = {"namespace": alarm.get("Namespace"), "name": alarm.get("MetricName")}
        statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic")
        stat = {"metric": {**metric, "dimensions": dimensions}, "stat": statistic}
        stat["period"] = alarm.get("Period", 60)
        shown = {"metrics": [{"id": "m1", "metricStat": stat, "returnData": True}]}
    if alarm.get("AlarmDescription"):
        shown["description"] = alarm["AlarmDescription"]
    detail = {"alarmName": alarm["AlarmName"], "configuration": shown}
    return {**detail, "state": dict(state), "previousState": dict(before)}


def _tell(arn: str, detail: Mapping[str, Any]) -> None:
    from ministack.services import eventbridge

    entry = {"Source": "aws.cloudwatch", "DetailType": "CloudWatch Alarm State Change"}
    whole = {**entry, "Detail": json.dumps(detail), "Resources": [arn]}
    eventbridge._put_events({"Entries": [whole]}, allow_aws_source=True)


def _call(function: str, arn: str, detail: Mapping[str, Any]) -> None:
    """Call a function that lets the alarm call it."""
    from ministack.services import eventbridge

    source = Source(_SERVICE, arn)
    problem = refusal_by_policy(source, Deed("lambda:InvokeFunction", function))
    if problem:
        _log.warning("alarm %s does not call %s: %s", arn, function, problem)
        return
    event = {
        "source": "aws.cloudwatch",
        "alarmArn": arn,
        "accountId": source.account,
        "time": _now(),
        "region": source.region,
        "alarmData": detail,
    }
    eventbridge._dispatch_to_lambda(function, json.dumps(event))


def _now() -> str:
    moment = datetime.now(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"
