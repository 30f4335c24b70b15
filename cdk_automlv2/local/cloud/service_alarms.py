"""Alarms and metrics of ministack's CloudWatch, for Application Auto Scaling beside it.

Only the local cloud's own key may ask: whoever asks has looked at the caller's rights.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

ALARMS = "/_automlv2/alarms"
_PERIOD = 60
_MEMBERS = (
    *("AlarmName", "Namespace", "MetricName", "Dimensions", "Statistic", "Period"),
    *("EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator"),
    *("TreatMissingData", "StateValue"),
)
_Question = dict[str, Any]


def look(question: _Question) -> dict[str, Any]:
    """Keep, delete, find or show alarms, or look at a metric, in one account and Region.

    Args:
        question: ``account``, ``region``, and one of ``put`` (alarms as PutMetricAlarm has them),
            ``delete`` (names), ``acting`` (ARN of an action), ``states`` (by alarms' names) and
            ``metric``.

    Returns:
        ``alarms`` or ``value`` where that was asked for.
    """
    from ministack.core.responses import request_scope

    account, region = question["account"], question["region"]
    with request_scope(account, region):
        if "acting" in question:
            return {"alarms": _acting(question["acting"])}
        if "metric" in question:
            return {"value": _newest(question["metric"])}
        for alarm in question.get("put", []):
            _put(alarm, f"arn:aws:cloudwatch:{region}:{account}:alarm:{alarm['AlarmName']}")
        _delete(question.get("delete", []))
        _show(question.get("states", {}))
    return {}


def _put(alarm: Mapping[str, Any], arn: str) -> None:
    from ministack.services import cloudwatch

    before = cloudwatch._alarms.get(alarm["AlarmName"], {})
    now = int(time.time())
    cloudwatch.cloudformation_put_metric_alarm(
        {
            "AlarmArn": arn,
            "StateReason": "Unchecked: Initial alarm creation",
            "ActionsEnabled": True,
            "OKActions": [],
            "InsufficientDataActions": [],
            "ExtendedStatistic": None,
            "Unit": None,
            "TreatMissingData": "missing",
            "AlarmConfigurationUpdatedTimestamp": now,
            **alarm,
            "StateValue": before.get("StateValue", "INSUFFICIENT_DATA"),
            "StateUpdatedTimestamp": before.get("StateUpdatedTimestamp", now),
        }
    )


def _delete(names: list[str]) -> None:
    from ministack.services import cloudwatch

    for name in names:
        cloudwatch.cloudformation_delete_metric_alarm(name)


def _acting(arn: str) -> list[dict[str, Any]]:
    from ministack.services import cloudwatch

    return [
        {name: alarm[name] for name in _MEMBERS if alarm.get(name) is not None}
        for alarm in list(cloudwatch._alarms.values())
        if alarm.get("ActionsEnabled", True) and arn in (alarm.get("AlarmActions") or [])
    ]


def _newest(metric: Mapping[str, Any]) -> float | None:
    """Return the statistic of the last minute that has data, none being older than five."""
    from ministack.services import cloudwatch

    dimensions = cloudwatch._dims_from_list(metric.get("Dimensions") or [])
    key = (metric["Namespace"], metric["MetricName"], cloudwatch._dims_key(dimensions))
    points = list(cloudwatch._metrics.get(key) or [])
    now = time.time()
    for number in range(5):
        end = now - number * _PERIOD
        within = [point for point in points if end - _PERIOD < point["Timestamp"] <= end]
        stats = cloudwatch._calc_stats(within) if within else None
        if stats:
            name = metric.get("Statistic") or "Average"
            return float(cloudwatch._stat_value(stats, name, within))
    return None


def _show(states: Mapping[str, str]) -> None:
    from ministack.services import cloudwatch

    for name, new in states.items():
        alarm = cloudwatch._alarms.get(name)
        if alarm is None or alarm["StateValue"] == new:
            continue
        old, reason = alarm["StateValue"], f"Evaluated to {new} by the local cloud"
        now = int(time.time())
        alarm |= {"StateValue": new, "StateReason": reason, "StateUpdatedTimestamp": now}
        cloudwatch._record_history(name, old, new, reason)
        cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
        cloudwatch._evaluate_parent_alarms(alarm)
