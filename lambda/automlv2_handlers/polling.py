"""The state that an execution carries from poll to poll, and how one poll changes it.

State (JSON): ``Event`` (the request), ``StartedAt`` (epoch seconds), ``WaitSeconds``,
``Denials``, ``Progress`` (the lifecycle's own), ``Settled`` and, once settled, ``Answer``
(``Status``, ``PhysicalResourceId``, ``Reason``, ``Data``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.errors import (
    BusyError,
    DeniedError,
    GatewayError,
    LifecycleError,
    QuotaError,
)
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import FAILURE, MADE, Context, Done, Outcome, Pending
from automlv2_handlers.resources.registry import KINDS, kind_of

FIRST_WAIT_SECONDS: Final = 15
LONGEST_WAIT_SECONDS: Final = 300
ANSWER_AFTER_SECONDS: Final = 55 * 60
"""Age at which whatever waits has to come to its answer."""

LONGEST_BUSY_SECONDS: Final = 50 * 60
DENIALS_TOLERATED: Final = 4
"""Polls, one a quarter of a minute, that a new policy gets to take effect."""

LONGEST_UNDO_SECONDS: Final = 56 * 60
Clock = Callable[[], float]


def begin(raw_event: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Return the state of a request that has just arrived."""
    return {
        "Event": dict(raw_event),
        "StartedAt": now,
        "WaitSeconds": 0,
        "Denials": 0,
        "Progress": {},
        "Settled": False,
    }


def must_not_repeat(event: LifecycleEvent) -> bool:
    """Whether the work belongs into the execution, which exists once."""
    kind = KINDS.get(event.resource_type)
    return kind is not None and event.request_type in kind.not_repeated


def arrived(state: Mapping[str, Any], gateway: Gateway, now: float) -> dict[str, Any]:
    """Return the state of a request left to an execution; notes what the stack is doing."""
    event = LifecycleEvent.from_raw(state["Event"])
    context = Context(gateway, dict(state["Progress"]), 0.0, now)
    stack_phase.note_arrival(event, context)
    return {**state, "Progress": context.progress}


def advance(state: Mapping[str, Any], gateway: Gateway, now: float) -> dict[str, Any]:
    """Return the state after one look at the world; never raises."""
    event = LifecycleEvent.from_raw(state["Event"])
    context = Context(gateway, dict(state["Progress"]), now - state["StartedAt"], now)
    following = {
        **state,
        "Progress": context.progress,
        "WaitSeconds": wait_seconds(context.age),
    }
    if FAILURE in context.progress:
        return _undo(event, context, following)
    try:
        outcome = _step(event, context, following)
    except (LifecycleError, GatewayError) as error:
        logs.fault("request failed", error, event=event)
        return _fail(event, context, following, str(error))
    except Exception as error:
        logs.fault("the handler has a bug", error, event=event)
        reason = f"the handler failed: {type(error).__name__}: {error}"
        return _fail(event, context, following, reason)
    if isinstance(outcome, Pending):
        logs.fact("waiting", logical_id=event.logical_id, waiting_for=outcome.waiting_for)
        return following
    return settled(following, success(outcome))


def _fail(
    event: LifecycleEvent, context: Context, state: Mapping[str, Any], reason: str
) -> dict[str, Any]:
    """Answer at once, except that first goes away what a failed request has made."""
    if event.request_type == "Delete":
        return settled(state, failure(event, reason))
    context.progress[FAILURE] = reason
    return _undo(event, context, state)


def _undo(event: LifecycleEvent, context: Context, state: Mapping[str, Any]) -> dict[str, Any]:
    """Go on with the Delete of what a failed request has made; then answer with its failure."""
    reason = context.progress[FAILURE]
    try:
        waiting_for = _take_away(event, context, state)
    except Exception as error:
        logs.fault("cleaning up failed", error, event=event)
    else:
        if waiting_for and context.age < LONGEST_UNDO_SECONDS:
            logs.fact("cleaning up", logical_id=event.logical_id, why=waiting_for)
            return dict(state)
    return settled(state, failure(event, reason))


def _take_away(event: LifecycleEvent, context: Context, state: Mapping[str, Any]) -> str:
    """Take one step; return what is waited for, if anything."""
    name = _to_undo(event, context)
    try:
        # What the stack has by now, or might have, some later request has made its own.
        if not name or stack_phase.is_current(event, name, context, if_unknown=True):
            return ""
    except BusyError as error:
        return str(error)
    delete = replace(event, request_type="Delete", physical_id=name)
    outcome = _step(delete, context, dict(state))
    return outcome.waiting_for if isinstance(outcome, Pending) else ""


def _to_undo(event: LifecycleEvent, context: Context) -> str:
    """Return what goes away: all of a Create, of an Update only what it has made beside the old."""
    made = str(context.progress.get(MADE, ""))
    if event.request_type == "Create":
        return made or _physical_id(event)
    return made if made != event.physical_id else ""


def _step(event: LifecycleEvent, context: Context, state: dict[str, Any]) -> Outcome:
    kind = kind_of(event)
    try:
        return stack_phase.step(kind, event, context)
    except DeniedError as error:
        state["Denials"] += 1
        if state["Denials"] > DENIALS_TOLERATED:
            raise
        return Pending(kind.physical_id(event), str(error))
    except BusyError as error:
        if context.age > LONGEST_BUSY_SECONDS:
            raise LifecycleError(_gave_up(error)) from error
        return Pending(kind.physical_id(event), str(error))


def _gave_up(error: BusyError) -> str:
    minutes = LONGEST_BUSY_SECONDS // 60
    if isinstance(error, QuotaError):
        remedy = "raise that quota in Service Quotas, or let one construct depend on another"
        return f"{error} (queued for {minutes} min); {remedy}"
    return f"{error} (tried for {minutes} min)"


def wait_seconds(age: float) -> int:
    """Return how long to wait at that age: an eighth of it, from 15 s to 5 min.

    Towards the end of CloudFormation's hour no wait leads past the moment at which to answer.
    """
    growing = min(age / 8, LONGEST_WAIT_SECONDS, ANSWER_AFTER_SECONDS - age)
    return int(max(growing, FIRST_WAIT_SECONDS))


def settled(state: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state with its answer."""
    return {**state, "Settled": True, "Answer": dict(answer)}


def success(done: Done) -> dict[str, Any]:
    """Return the answer of a request fulfilled."""
    return {
        "Status": "SUCCESS",
        "PhysicalResourceId": done.physical_id,
        "Reason": done.note,
        "Data": dict(done.data),
    }


def failure(event: LifecycleEvent, reason: str) -> dict[str, Any]:
    """Return the answer of a request failed; the physical id stays what it was."""
    return {
        "Status": "FAILED",
        "PhysicalResourceId": _physical_id(event),
        "Reason": " ".join(reason.split()),
    }


def _physical_id(event: LifecycleEvent) -> str:
    try:
        return kind_of(event).physical_id(event)
    except Exception:
        return event.physical_id or f"{event.logical_id}-not-created"
