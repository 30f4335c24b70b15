"""The phases of an update under guardrails: steps that bake, and alarms that take it back.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.local.sagemaker.clock import Clock
from cdk_automlv2.local.sagemaker.state import Record

LOOK_SECONDS = 30.0
"""How often the alarms are looked at."""

_NEVER = threading.Event()


@dataclass(frozen=True)
class Phase:
    """A while that an update bakes.

    Attributes:
        words: It, as DescribeEndpoint shows it.
        seconds: How long it is watched.
    """

    words: str
    seconds: float


def phases(deployment: Record, instances: int) -> Iterator[Phase]:
    """Yield what an update goes through after its instances are there."""
    rolling = deployment.get("RollingUpdatePolicy")
    if rolling is not None:
        steps = _steps(rolling["MaximumBatchSize"], instances)
        yield from _baking("batch", steps, rolling["WaitIntervalInSeconds"])
        return
    policy = deployment.get("BlueGreenUpdatePolicy")
    if policy is None:
        return
    routing = policy["TrafficRoutingConfiguration"]
    fixed = {"ALL_AT_ONCE": 1, "CANARY": 2}
    kind = routing["Type"]
    steps = fixed[kind] if kind in fixed else _steps(routing["LinearStepSize"], instances)
    yield from _baking("step", steps, routing["WaitIntervalInSeconds"])
    ending = policy.get("TerminationWaitInSeconds", 0)
    if ending:
        yield Phase(f"Waiting {ending} seconds before the former instances go", ending)


def watch(
    steps: Iterator[Phase],
    rings: Callable[[], str],
    show: Callable[[str], None],
    clock: Clock,
) -> str:
    """Go through the phases; return the name of the alarm that has ended them, if one has."""
    for phase in steps:
        show(phase.words)
        left = phase.seconds
        while True:
            name = rings()
            if name:
                return name
            if left <= 0:
                break
            clock.wait(min(left, LOOK_SECONDS), _NEVER)
            left -= LOOK_SECONDS
    return ""


def ringing(cloudwatch: Any, deployment: Record) -> str:
    """Return the name of an alarm that is in ALARM; empty if none is."""
    listed = deployment.get("AutoRollbackConfiguration", {}).get("Alarms", [])
    names = [item["AlarmName"] for item in listed]
    if not names:
        return ""
    kinds = ["CompositeAlarm", "MetricAlarm"]
    answer = cloudwatch.describe_alarms(AlarmNames=names, AlarmTypes=kinds)
    found = [alarm for kind in kinds for alarm in answer.get(f"{kind}s", [])]
    return next((item["AlarmName"] for item in found if item["StateValue"] == "ALARM"), "")


def _baking(what: str, steps: int, seconds: float) -> Iterator[Phase]:
    for number in range(1, steps + 1):
        yield Phase(f"Baking {what} {number} of {steps} for {seconds} seconds", seconds)


def _steps(size: Record, instances: int) -> int:
    value = int(size["Value"])
    if size["Type"] == "CAPACITY_PERCENT":
        return math.ceil(100 / value)
    return max(1, math.ceil(instances / value))
