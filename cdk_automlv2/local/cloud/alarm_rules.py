"""The state of a metric alarm: of the last periods, so many breach the threshold.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
("Evaluating an alarm", "Configuring how alarms treat missing data"). Simplified: what is missing
among data that do not decide does not reach further back.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_MISSING: Mapping[str, bool | None] = {"breaching": True, "notBreaching": False}


def is_known(alarm: Mapping[str, Any]) -> bool:
    """Whether an alarm compares one metric with a number."""
    return bool(alarm.get("MetricName")) and alarm.get("ComparisonOperator") in _COMPARISONS


def periods(alarm: Mapping[str, Any]) -> int:
    """Return how many periods an alarm looks at."""
    return int(alarm.get("EvaluationPeriods") or 1)


def state_of(alarm: Mapping[str, Any], values: Sequence[float | None]) -> str:
    """Return the state that an alarm ought to have; empty where it keeps the one it has.

    Args:
        alarm: As DescribeAlarms shows it.
        values: Statistic of each of the last periods; none where there were no data.
    """
    compare = _COMPARISONS[alarm["ComparisonOperator"]]
    treat = alarm.get("TreatMissingData") or "missing"
    breaches = [
        _MISSING.get(treat) if value is None else compare(value, float(alarm["Threshold"]))
        for value in values
    ]
    known = [found for found in breaches if found is not None]
    wanted = int(alarm.get("DatapointsToAlarm") or len(values))
    if sum(known) >= wanted:
        return "ALARM"
    if not known:
        return "" if treat == "ignore" else "INSUFFICIENT_DATA"
    if all(known):
        return "" if treat == "ignore" else "ALARM"
    return "OK"
