"""Whether CloudFormation still wants what a request asks for.

A function that dies gets its request again minutes later, a busy one gets it late. By then the
stack may be rolling back, or gone: whatever a late request makes would belong to nobody. So the
stack is looked at before something is made, and once more before the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, Final

from automlv2_handlers import logs
from automlv2_handlers.domain.names import may_be_name, was_answered
from automlv2_handlers.domain.tags import ADOPTED
from automlv2_handlers.errors import BusyError, GatewayError, LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import FAILURE, MADE, REQUESTED, Context, Done, Outcome, Pending

if TYPE_CHECKING:
    from automlv2_handlers.resources.kind import Kind

_ARRIVED: Final = "Arrived"
_DOUBTS: Final = "Doubts"
_CHECKED: Final = "Checked"
_LEAVING: Final = "Leaving"
_SEEN: Final = "Seen"
_UNREAD: Final = "Unread"
_THROTTLES_TOLERATED: Final = 8
_REFUSALS_TOLERATED: Final = 4
_AFTER_UPDATE: Final = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
_AGAIN: Final = "the stack to be looked at again"


class Phase(Enum):
    """What a stack is doing."""

    FORWARD = "being created or updated"
    BACK = "going back to what it was"
    LEAVING = "being deleted"
    OVER = "doing nothing, or only cleaning up"
    UNKNOWN = "not to be seen"


PHASES: Final[Mapping[str, Phase]] = {
    "REVIEW_IN_PROGRESS": Phase.FORWARD,
    "CREATE_IN_PROGRESS": Phase.FORWARD,
    "UPDATE_IN_PROGRESS": Phase.FORWARD,
    "IMPORT_IN_PROGRESS": Phase.FORWARD,
    "ROLLBACK_IN_PROGRESS": Phase.BACK,
    "UPDATE_ROLLBACK_IN_PROGRESS": Phase.BACK,
    "IMPORT_ROLLBACK_IN_PROGRESS": Phase.BACK,
    "DELETE_IN_PROGRESS": Phase.LEAVING,
    "CREATE_COMPLETE": Phase.OVER,
    "CREATE_FAILED": Phase.OVER,
    "DELETE_COMPLETE": Phase.OVER,
    "DELETE_FAILED": Phase.OVER,
    "IMPORT_COMPLETE": Phase.OVER,
    "IMPORT_ROLLBACK_COMPLETE": Phase.OVER,
    "IMPORT_ROLLBACK_FAILED": Phase.OVER,
    "ROLLBACK_COMPLETE": Phase.OVER,
    "ROLLBACK_FAILED": Phase.OVER,
    "UPDATE_COMPLETE": Phase.OVER,
    _AFTER_UPDATE: Phase.OVER,
    "UPDATE_FAILED": Phase.OVER,
    "UPDATE_ROLLBACK_COMPLETE": Phase.OVER,
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": Phase.OVER,
    "UPDATE_ROLLBACK_FAILED": Phase.OVER,
}
"""Each ``StackStatus``; nested stacks have the same. One that is not here says nothing."""


def phase_of(status: str) -> Phase:
    """Return the phase that a ``StackStatus`` stands for; of one not known, UNKNOWN."""
    return PHASES.get(status, Phase.UNKNOWN)


def step(kind: Kind, event: LifecycleEvent, context: Context) -> Outcome:
    """Let ``kind`` carry the request on, unless the stack has turned away from it.

    A look may show what was a moment ago: two in a row must agree before something is decided that
    cannot be undone.

    Raises:
        LifecycleError: If the stack has turned away, by two looks in a row.
    """
    if not kind.makes_things or FAILURE in context.progress:
        return kind.step(event, context)
    if event.request_type == "Delete":
        return _keep_what_the_stack_has(event, context) or _delete(kind, event, context)
    if not context.progress.get(REQUESTED) and not _is_wanted(event, context):
        return Pending(kind.physical_id(event), _AGAIN)
    outcome = kind.step(event, context)
    if not isinstance(outcome, Done) or MADE not in context.progress:
        return outcome
    if _is_doubtful(event, _look(event, context), context):
        return Pending(outcome.physical_id, _AGAIN)
    return outcome


def _is_wanted(event: LifecycleEvent, context: Context) -> bool:
    """Whether the request may make something now.

    What an Update asks for depends on the way the stack goes, forward or back: a first look alone
    does not say so. A Create is never wanted on the way back, so that the look before its answer
    makes up for one look before.
    """
    status = _look(event, context)
    if _is_doubtful(event, status, context):
        return False
    if event.request_type == "Create" or _ARRIVED in context.progress:
        return True
    if phase_of(status) is not Phase.UNKNOWN:
        return False
    if _SEEN in context.progress:
        # Nothing more is to be seen of the stack: what was seen last has to do.
        context.progress[_ARRIVED] = context.progress[_SEEN]
    return True


def _keep_what_the_stack_has(event: LifecycleEvent, context: Context) -> Outcome | None:
    """Leave alone what the stack has, if a Delete of old times comes after a deployment.

    What is deleted after a deployment is not what the stack has: but a deletion may have waited
    since a deployment without rollback has failed, and its physical id may have come back. After a
    rollback the stack may still show what is being deleted, so that nothing is kept then.
    """
    if _CHECKED not in context.progress:
        # To be deleted, it must be seen twice that the stack does not have it.
        alive = _has_still(event, context) or _has_still(event, context)
        if alive and not context.progress.get(_DOUBTS):
            context.progress[_DOUBTS] = 1
            return Pending(event.physical_id, _AGAIN)
        context.progress[_CHECKED] = alive
    if not context.progress[_CHECKED]:
        return None
    logs.decision("the stack has this still; it is not deleted", event)
    return Done(event.physical_id)


def _has_still(event: LifecycleEvent, context: Context) -> bool:
    after = _status(event, context) == _AFTER_UPDATE
    return after and is_current(event, event.physical_id, context, if_unknown=False)


def _delete(kind: Kind, event: LifecycleEvent, context: Context) -> Outcome:
    """Delete; once all is done, look again whether the whole stack is being deleted."""
    outcome = kind.step(event, context)
    if not isinstance(outcome, Done) or context.progress.get(_LEAVING) is not False:
        return outcome
    if phase_of(_look(event, context)) is Phase.LEAVING:
        context.progress[_LEAVING] = True
        return Pending(event.physical_id, "what else the stack has left")
    return outcome


def note_arrival(event: LifecycleEvent, context: Context) -> None:
    """Note which way the stack is going when the request comes; a later look may differ."""
    with suppress(BusyError):
        _look(event, context)


def is_rolling_back(context: Context) -> bool:
    """Whether the request came while its stack was going back."""
    return bool(context.progress.get(_ARRIVED) == Phase.BACK.name)


def is_going_forward(context: Context) -> bool:
    """Whether the request came while its stack was seen to go forward."""
    return bool(context.progress.get(_ARRIVED) == Phase.FORWARD.name)


def is_leaving(event: LifecycleEvent, context: Context) -> bool:
    """Whether the whole stack is being deleted, so that nothing of the resource may stay.

    A deletion that is seen is one; where none is seen, ``step`` looks again at the end.
    """
    if _LEAVING not in context.progress:
        context.progress[_LEAVING] = phase_of(_look(event, context)) is Phase.LEAVING
    return bool(context.progress[_LEAVING])


def gives_back(event: LifecycleEvent, present: Mapping[str, str], context: Context) -> bool:
    """Whether a Delete leaves alone what existed before the stack, since the stack goes back.

    A stack that could not take it over must not end what somebody is served by.
    """
    if ADOPTED not in present:
        return False
    status = _status(event, context)
    return FAILURE in context.progress or not status or "ROLLBACK" in status


def is_current(event: LifecycleEvent, name: str, context: Context, *, if_unknown: bool) -> bool:
    """Whether ``name`` is what the stack has now for the resource.

    A creation that was cancelled may be deleted, by an invented id, or find out that it is not
    wanted, after the next creation of the same name has succeeded.

    Args:
        event: A request for the resource.
        name: A physical id.
        context: Whose gateway is asked.
        if_unknown: What to say when the stack's resource cannot be read.

    Raises:
        BusyError: If it cannot be read just now.
    """
    try:
        current = context.gateway.physical_id(event.stack_id, event.logical_id)
    except BusyError:
        raise
    except GatewayError as error:
        logs.decision("the stack's resource cannot be read", event, why=str(error))
        return if_unknown
    return current == name


def named(event: LifecycleEvent, given: str | None, own: str, context: Context) -> dict[str, None]:
    """Return what a Delete names, in order: by its physical id, and where that is none of ours.

    An id may be invented; where it is not, properties may still be those of a failed update, and
    the id that of before.

    Args:
        event: The Delete.
        given: The name that its properties give, if they do.
        own: The name that they stand for.
        context: Of the request.

    Raises:
        BusyError: If the stack's resource cannot be read just now.
    """
    names = {event.physical_id: None} if may_be_name(event.physical_id) else {}
    if not was_answered(event, given) and not is_current(event, own, context, if_unknown=False):
        names[own] = None
    return names


def _is_doubtful(event: LifecycleEvent, status: str, context: Context) -> bool:
    """Whether one look says that the request is not wanted.

    A look that sees nothing says nothing: it neither raises a doubt nor takes one away.
    """
    phase = phase_of(status)
    if not _turned_away(event, phase, context):
        if phase is not Phase.UNKNOWN:
            context.progress[_DOUBTS] = 0
        return False
    if context.progress.get(_DOUBTS, 0):
        raise LifecycleError(f"request abandoned: the stack is now {status}")
    logs.decision("the stack does not seem to want this", event, status=status)
    context.progress[_DOUBTS] = 1
    return True


def _turned_away(event: LifecycleEvent, phase: Phase, context: Context) -> bool:
    if phase in (Phase.LEAVING, Phase.OVER):
        return True
    if phase is not Phase.BACK:
        return False
    return event.request_type == "Create" or context.progress.get(_ARRIVED) == Phase.FORWARD.name


def _look(event: LifecycleEvent, context: Context) -> str:
    """Return the stack's status; the way it goes counts once two looks in a row agree on it."""
    status = _status(event, context)
    phase = phase_of(status)
    if _ARRIVED not in context.progress and phase in (Phase.FORWARD, Phase.BACK):
        if context.progress.get(_SEEN) == phase.name:
            context.progress[_ARRIVED] = phase.name
        context.progress[_SEEN] = phase.name
    return status


def _status(event: LifecycleEvent, context: Context) -> str:
    """Return the status of the stack; empty if it cannot be read, which must not stop anything.

    Raises:
        BusyError: If it cannot be read just now; a few times, then that stops nothing either.
    """
    try:
        status = context.gateway.stack_status(event.stack_id)
    except GatewayError as error:
        tolerated = _THROTTLES_TOLERATED if isinstance(error, BusyError) else _REFUSALS_TOLERATED
        if context.count(_UNREAD) <= tolerated:
            raise BusyError(str(error)) from error
        why = str(error)
    else:
        context.progress[_UNREAD] = 0
        return status
    logs.decision("the stack's status cannot be read", event, why=why)
    return ""
