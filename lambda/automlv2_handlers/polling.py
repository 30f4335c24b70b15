"""What one look at the world makes of a request: the decisions of the poll loop.

A request is carried on by its kind until it is done. Whatever the kind does, the request has an
answer by the deadline; what a failed request has made is cleaned up before its answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

from automlv2_handlers import cfn_response, logs, stack_phase
from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.deadlines import Deadlines, deadlines, wait_seconds
from automlv2_handlers.domain.plain import one_line, plain
from automlv2_handlers.errors import (
    BusyError,
    DeniedError,
    GatewayError,
    LifecycleError,
    OutOfTimeError,
    QuotaError,
)
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.execution import Answer, Denied, State
from automlv2_handlers.outcomes import (
    FAILURE,
    LOOKED,
    MADE,
    REQUESTED,
    Context,
    Done,
    Outcome,
    Pending,
)
from automlv2_handlers.resources.kind import LONGEST_SECONDS, Kind
from automlv2_handlers.resources.registry import KINDS, kind_of

LONGEST_QUOTA_SECONDS: Final = 50 * 60
DENIALS_TOLERATED: Final = 4
"""Polls in a row, one a quarter of a minute, that a new policy gets to take effect."""

LONGEST_DENIED_SECONDS: Final = 15 * 60
"""What a policy that is missing for a while costs at most while the service is at work."""

MOST_PROGRESS_BYTES: Final = 32 * 1024
MOST_REASON: Final = 4096
SHORTEST_LOOK_SECONDS: Final = 5

Clock = Callable[[], float]


@dataclass(slots=True)
class _Look:
    """One look: the state before it, and what it has found so far."""

    state: State
    context: Context
    limits: Deadlines
    denied: Denied = field(default_factory=Denied)

    @classmethod
    def at(cls, state: State, gateway: Gateway, now: float) -> _Look:
        context = Context(gateway, dict(state.progress), now - state.started_at, now)
        return cls(state, context, _limits(state.event))

    @property
    def event(self) -> LifecycleEvent:
        return self.state.event


def receive(state: State, gateway: Gateway, now: float) -> State:
    """Return the state after the function's first sight of a request.

    What must not be repeated is left to the execution, which exists once however often the request
    is delivered; then only what the stack is doing is noted.
    """
    kind = KINDS.get(state.event.resource_type)
    if kind is None or state.event.request_type not in kind.not_repeated:
        return advance(state, gateway, now)
    look = _Look.at(state, gateway, now)
    with suppress(OutOfTimeError):
        stack_phase.note_arrival(state.event, look.context)
    return _following(look)


def advance(state: State, gateway: Gateway, now: float) -> State:
    """Return the state after one look; whatever a kind does, it raises nothing."""
    look = _Look.at(state, gateway, now)
    answer = None
    if FAILURE not in look.context.progress:
        answer = _carry_on(look)
    if FAILURE in look.context.progress:
        answer = _clean_up(look)
    return replace(_following(look), answer=answer)


def seconds_left(state: State, now: float) -> float:
    """Return after how many seconds a look that begins now has to be broken off."""
    return max(_limits(state.event).poll - (now - state.started_at), SHORTEST_LOOK_SECONDS)


def unanswered(event: LifecycleEvent, progress: Mapping[str, Any], error: str) -> Answer:
    """Return the answer of an execution whose polls failed altogether until it was too late."""
    with suppress(Exception):
        following = _handed_over(event, progress)
        if following is not None:
            return _success(event, following)
    return failure(event, f"polling broke down: {error}; see the function's log")


def failure(event: LifecycleEvent, reason: str) -> Answer:
    """Return the answer of a request failed; the physical id stays what it was."""
    return Answer("FAILED", _physical_id(event), reason)


def _limits(event: LifecycleEvent) -> Deadlines:
    try:
        patience = kind_of(event).patience(event)
    except Exception:
        patience = LONGEST_SECONDS
    return deadlines(event, patience)


def _following(look: _Look) -> State:
    context, limits = look.context, look.limits
    until = limits.patience if context.age < limits.patience else limits.answer
    if FAILURE in context.progress:
        until = limits.undone
    return replace(
        look.state,
        progress=_kept(look),
        denied=look.denied,
        wait_seconds=wait_seconds(context.age, until),
    )


def _kept(look: _Look) -> dict[str, Any]:
    """Return the progress; where no execution could carry it, what counts of it."""
    progress = look.context.progress
    try:
        _refuse_progress(progress)
    except (TypeError, ValueError):
        told = {key: progress[key] for key in (MADE, FAILURE) if key in progress}
        return {**look.state.progress, **{key: str(value) for key, value in told.items()}}
    return progress


def _refuse_progress(progress: Mapping[str, Any]) -> None:
    """Raise a TypeError or a ValueError where no execution could carry the progress."""
    size = len(json.dumps(plain(progress)))
    if size > MOST_PROGRESS_BYTES:
        raise ValueError(f"{size} bytes of progress")


def _carry_on(look: _Look) -> Answer | None:
    """Let the kind do its step; the answer, if that is the end of it."""
    try:
        outcome = _in_time(_outcome(look), look)
        if isinstance(outcome, Done):
            return _success(look.event, outcome)
    except (LifecycleError, GatewayError) as error:
        return _fail(look, str(error), error)
    except Exception as error:
        return _fail(look, f"the handler failed: {type(error).__name__}: {error}", error)
    logs.decision("waiting", look.event, why=outcome.waiting_for)
    return None


def _outcome(look: _Look) -> Outcome:
    """Return what the kind's step comes to; what may pass is waited for."""
    kind, event = kind_of(look.event), look.event
    try:
        return _step(kind, event, look.context)
    except DeniedError as error:
        look.denied = look.state.denied.again(look.context.now)
        if _is_denied_for_good(kind, look):
            raise
        why = str(error)
    except QuotaError as error:
        if look.context.age > LONGEST_QUOTA_SECONDS:
            raise LifecycleError(_queued(error)) from error
        why = str(error)
    except (BusyError, OutOfTimeError) as error:
        why = str(error)
    return Pending(_physical_id(event), why)


def _step(kind: Kind, event: LifecycleEvent, context: Context) -> Outcome:
    """Take one step, and refuse what no step may come to."""
    outcome: object = stack_phase.step(kind, event, context)
    _refuse_progress(context.progress)
    if isinstance(outcome, Done | Pending):
        return outcome
    raise TypeError(f"{kind.type} returned {type(outcome).__name__}")


def _is_denied_for_good(kind: Kind, look: _Look) -> bool:
    """Whether a right is not to be expected any more."""
    progress, limits = look.context.progress, look.limits
    if kind.only_waits:
        return look.context.age >= limits.patience and not progress.get(LOOKED)
    if progress.get(REQUESTED):
        return look.context.now - look.denied.since > LONGEST_DENIED_SECONDS
    return look.denied.times > DENIALS_TOLERATED


def _queued(error: QuotaError) -> str:
    minutes = LONGEST_QUOTA_SECONDS // 60
    remedy = "raise that quota in Service Quotas, or let one construct depend on another"
    return f"{error} (queued for {minutes} min); {remedy}"


def _in_time(outcome: Outcome, look: _Look) -> Outcome:
    """Return the outcome, or what takes its place when the time is up.

    Raises:
        LifecycleError: If nothing does; says what was waited for.
    """
    if isinstance(outcome, Done) or look.context.age < look.limits.answer:
        return outcome
    following = _handed_over(look.event, look.context.progress)
    if following is None:
        minutes = round(look.context.age / 60)
        raise LifecycleError(f"no end in {minutes} min; waited for: {outcome.waiting_for}")
    return following


def _handed_over(event: LifecycleEvent, progress: Mapping[str, Any]) -> Done | None:
    kind = KINDS.get(event.resource_type)
    if kind is None or event.request_type == "Delete":
        return None
    return kind.hand_over(event, progress)


def _success(event: LifecycleEvent, done: Done) -> Answer:
    """Return the answer of a request fulfilled.

    Raises:
        LifecycleError: If CloudFormation would not take it.
        TypeError: If it is none that JSON could say.
    """
    answer = Answer("SUCCESS", done.physical_id, done.note, plain(done.data))
    fault = cfn_response.fault(event, answer.to_raw())
    if fault:
        raise LifecycleError(fault)
    return answer


def _fail(look: _Look, reason: str, error: Exception) -> Answer | None:
    """Note the failure; a Delete is answered with it, before other answers comes the clean-up."""
    logs.decision("request failed", look.event, error)
    if look.event.request_type == "Delete":
        return failure(look.event, reason)
    look.context.progress[FAILURE] = one_line(reason)[:MOST_REASON]
    return None


def _clean_up(look: _Look) -> Answer | None:
    """Go on with the Delete of what a failed request has made; then answer with its failure."""
    try:
        waiting_for = _take_back(look)
    except Exception as error:
        logs.decision("cleaning up failed", look.event, error)
        waiting_for = ""
    if waiting_for and look.context.age < look.limits.undone:
        logs.decision("cleaning up", look.event, why=waiting_for)
        return None
    return failure(look.event, str(look.context.progress[FAILURE]))


def _take_back(look: _Look) -> str:
    """Take one step of the Delete; return what is waited for, if anything."""
    event, context = look.event, look.context
    name = _to_take_back(event, context)
    try:
        # What the stack has by now, or might have, some later request has made its own.
        if not name or stack_phase.is_current(event, name, context, if_unknown=True):
            return ""
    except (BusyError, OutOfTimeError) as error:
        return str(error)
    delete = replace(event, request_type="Delete", physical_id=name)
    undoing = replace(look, state=replace(look.state, event=delete))
    outcome = _outcome(undoing)
    look.denied = undoing.denied
    return outcome.waiting_for if isinstance(outcome, Pending) else ""


def _to_take_back(event: LifecycleEvent, context: Context) -> str:
    """Return what goes away: all of a Create, of an Update only what it has made beside the old."""
    made = str(context.progress.get(MADE, ""))
    if event.request_type == "Create":
        return made or _physical_id(event)
    made = made or kind_of(event).made_before(event, context)
    return made if made != event.physical_id else ""


def _physical_id(event: LifecycleEvent) -> str:
    """Return a physical id that CloudFormation takes, whatever the request says."""
    with suppress(Exception):
        name = kind_of(event).physical_id(event)
        if cfn_response.is_physical_id(name):
            return name
    return event.physical_id or f"{event.logical_id}-not-created"
