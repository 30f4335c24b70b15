"""Which capacity a policy asks for: pure arithmetic on what its metric was.

Sources:
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from cdk_automlv2.local.sagemaker.autoscaling.targets import Change

HIGH_PERIODS: Final = 3
LOW_PERIODS: Final = 15
LOW_SHARE: Final = 0.9
"""Of the target: below it for so many minutes, capacity goes."""

DEFAULT_COOLDOWN: Final = 300


def tracked(target: float, seen: Sequence[float | None], current: int) -> int | None:
    """Return the capacity that target tracking asks for; ``None`` while its metric is missing.

    Args:
        target: The metric's target.
        seen: The metric minute by minute, the newest last.
        current: Capacity now.
    """
    if not seen or seen[-1] is None:
        return None
    wanted = math.ceil(max(current, 1) * seen[-1] / target)
    if _all(seen, HIGH_PERIODS, lambda value: value > target):
        return max(wanted, current + 1)
    if _all(seen, LOW_PERIODS, lambda value: value < target * LOW_SHARE):
        return min(wanted, current)
    return current


def _all(seen: Sequence[float | None], count: int, holds: Callable[[float], bool]) -> bool:
    last = list(seen)[-count:]
    return len(last) == count and all(value is not None and holds(value) for value in last)


def alarm_state(seen: Sequence[float | None], target: float, *, high: bool) -> str:
    """Return the state of one of the two alarms of target tracking."""
    count = HIGH_PERIODS if high else LOW_PERIODS
    if not seen or all(value is None for value in list(seen)[-count:]):
        return "INSUFFICIENT_DATA"
    if high:
        return "ALARM" if _all(seen, count, lambda value: value > target) else "OK"
    return "ALARM" if _all(seen, count, lambda value: value < target * LOW_SHARE) else "OK"


def stepped(config: Mapping[str, Any], breach: float, current: int) -> int:
    """Return the capacity that a step policy asks for.

    Args:
        config: ``StepScalingPolicyConfiguration``.
        breach: By how much the metric is above the alarm's threshold.
        current: Capacity now.
    """
    for step in config["StepAdjustments"]:
        low = step.get("MetricIntervalLowerBound", -math.inf)
        high = step.get("MetricIntervalUpperBound", math.inf)
        if low <= breach < high or (breach < 0 and low < breach <= high):
            return _adjusted(config, step["ScalingAdjustment"], current)
    return current


def _adjusted(config: Mapping[str, Any], adjustment: int, current: int) -> int:
    match config["AdjustmentType"]:
        case "ExactCapacity":
            return adjustment
        case "PercentChangeInCapacity":
            least = int(config.get("MinAdjustmentMagnitude", 1))
            change = math.trunc(current * adjustment / 100)
            sized = max(abs(change), least)
            return max(0, current + (sized if adjustment > 0 else -sized))
    return max(0, current + adjustment)


def cools_down(last: Change | None, cooldown: float, now: float, step: int) -> bool:
    """Whether a change must wait for an earlier one; a larger step need not."""
    if last is None or now - last.at >= cooldown:
        return False
    return abs(step) <= abs(last.step)
