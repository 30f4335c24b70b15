"""What acts: once a nominal minute, every target is looked at, and its capacity moved.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cdk_automlv2.local.cloud import alarm_rules
from cdk_automlv2.local.sagemaker.autoscaling import actions, capacity, decide
from cdk_automlv2.local.sagemaker.autoscaling.metrics import Minute, is_own
from cdk_automlv2.local.sagemaker.autoscaling.policies import CONFIG, TRACKING, metric_of
from cdk_automlv2.local.sagemaker.autoscaling.targets import Change, Policy, Target
from cdk_automlv2.local.sagemaker.state import Record, State

MINUTE: Final = 60.0
_SHORTEST: Final = 0.1
"""Seconds of the wall between two looks, however fast the clock is."""

_REMEMBERED: Final = 60
_NEVER = threading.Event()
_log = logging.getLogger(__name__)


def start(state: State) -> None:
    """Look at all targets again and again, in a thread of its own."""
    threading.Thread(target=_run, args=(state,), name="scaling", daemon=True).start()


def _run(state: State) -> None:
    last = state.clock.seconds()
    while True:
        before = time.monotonic()
        state.clock.wait(MINUTE, _NEVER)
        time.sleep(max(0.0, _SHORTEST - (time.monotonic() - before)))
        now = state.clock.seconds()
        try:
            look(state, (now - last) / MINUTE)
        except Exception:  # The next minute is looked at all the same.
            _log.exception("scaling")
        last = now


def look(state: State, minutes: float = 1.0) -> None:
    """Look at all targets once.

    Args:
        state: Of the service.
        minutes: Nominal minutes since the last look.
    """
    with state.lock:
        calls, state.scaling.calls = state.scaling.calls, {}
        targets = list(state.scaling.targets.values())
    minute = Minute(state, calls, max(minutes, 1.0))
    for target in targets:
        with state.lock:
            actions.carry_out(state, target)
        _scale(state, target, minute)


@dataclass(frozen=True)
class _Request:
    """What one policy asks for."""

    policy: Policy
    wanted: int
    cooldowns: tuple[float, float]
    cause: str


def _scale(state: State, target: Target, minute: Minute) -> None:
    now = state.clock.seconds()
    with state.lock:
        current = capacity.current(state, target.key)
    if current is None:
        return
    requests = [
        request
        for policy in list(target.policies.values())
        for request in _requests(state, target, policy, minute, current)
    ]
    if not requests:
        return
    most = max(requests, key=lambda request: request.wanted)  # The largest capacity wins.
    wanted = target.clamped(most.wanted)
    if wanted == current or _is_held_back(target, most, wanted - current, now):
        return
    with state.lock:
        if capacity.move(state, target, wanted, most.cause):
            change = Change(now, wanted - current)
            if wanted > current:
                most.policy.out = change
            else:
                for request in requests:
                    request.policy.back = change


def _is_held_back(target: Target, request: _Request, step: int, now: float) -> bool:
    way = "Out" if step > 0 else "In"
    if target.is_suspended(f"DynamicScaling{way}Suspended"):
        return True
    out, back = request.cooldowns
    policy = request.policy
    if step > 0:
        return decide.cools_down(policy.out, out, now, step)
    # Nothing goes just after something has come.
    last = [change for change in (policy.out, policy.back) if change is not None]
    return any(now - change.at < back for change in last)


def _requests(
    state: State, target: Target, policy: Policy, minute: Minute, current: int
) -> Iterator[_Request]:
    config = policy.shown[CONFIG[policy.shown["PolicyType"]]]
    if policy.shown["PolicyType"] == TRACKING:
        yield from _tracking(state, target, policy, config, minute, current)
    else:
        yield from _stepping(state, target, policy, config, minute, current)


def _tracking(
    state: State,
    target: Target,
    policy: Policy,
    config: Record,
    minute: Minute,
    current: int,
) -> Iterator[_Request]:
    seen = _remember(policy, "", minute.value(target.key, metric_of(target.key, config)))
    aim = config["TargetValue"]
    names = [alarm["AlarmName"] for alarm in policy.shown["Alarms"]]
    states = [decide.alarm_state(seen, aim, high=high) for high in (True, False)]
    state.alarms.show(target.key, dict(zip(names, states, strict=False)))
    wanted = decide.tracked(aim, seen, current)
    if wanted is None:
        return
    if config.get("DisableScaleIn"):
        wanted = max(wanted, current)
    out, back = (
        float(config.get(f"Scale{way}Cooldown", decide.DEFAULT_COOLDOWN)) for way in ("Out", "In")
    )
    alarm = names[0 if wanted >= current else 1] if names else ""
    cause = f"monitor alarm {alarm} in state ALARM triggered policy {policy.shown['PolicyName']}"
    yield _Request(policy, wanted, (out, back), cause)


def _stepping(
    state: State,
    target: Target,
    policy: Policy,
    config: Record,
    minute: Minute,
    current: int,
) -> Iterator[_Request]:
    for alarm in state.alarms.acting(target.key, policy.shown["PolicyARN"]):
        value = minute.value(target.key, alarm)
        seen = _remember(policy, alarm["AlarmName"], value)
        if is_own(target.key, alarm):
            found = alarm_rules.state_of(alarm, _periods(alarm, seen)) or alarm["StateValue"]
            state.alarms.show(target.key, {alarm["AlarmName"]: found})
        else:
            found = alarm["StateValue"]
        if found == "ALARM" and value is not None:
            wanted = decide.stepped(config, value - alarm["Threshold"], current)
            cooldown = float(config.get("Cooldown", decide.DEFAULT_COOLDOWN))
            name = policy.shown["PolicyName"]
            cause = f"monitor alarm {alarm['AlarmName']} in state ALARM triggered policy {name}"
            yield _Request(policy, wanted, (cooldown, cooldown), cause)


def _remember(policy: Policy, name: str, value: float | None) -> deque[float | None]:
    seen = policy.seen.setdefault(name, deque(maxlen=_REMEMBERED))
    seen.append(value)
    return seen


def _periods(alarm: Record, seen: Sequence[float | None]) -> list[float | None]:
    """Return the mean of each of the alarm's periods, the newest first."""
    size = max(1, math.ceil(alarm.get("Period", MINUTE) / MINUTE))
    newest = list(reversed(seen))
    found: list[float | None] = []
    for number in range(alarm_rules.periods(alarm)):
        values = [value for value in newest[number * size :][:size] if value is not None]
        found.append(sum(values) / len(values) if values else None)
    return found
