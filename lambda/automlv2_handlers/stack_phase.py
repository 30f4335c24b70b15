"""Whether CloudFormation still wants what a request asks for.

A function that dies gets its request again minutes later, a busy one gets it late. By then the
stack may be rolling back, or gone: whatever a late request makes would belong to nobody. So the
stack is looked at before something is made, and once more before the answer.
"""

from __future__ import annotations

from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, Final

from automlv2_handlers import logs
from automlv2_handlers.errors import BusyError, GatewayError, LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import FAILURE, MADE, REQUESTED, Context, Done, Outcome, Pending

if TYPE_CHECKING:
    from automlv2_handlers.resources.kind import Kind

_ARRIVED: Final = "Arrived"
_DOUBTS: Final = "Doubts"
_AFTER_UPDATE: Final = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
_CHECKED: Final = "Checked"
_LEAVING: Final = "Leaving"
_UNREAD: Final = "Unread"
_UNREAD_TOLERATED: Final = 8


class Phase(Enum):
    """What a stack is doing."""

    FORWARD = "being created or updated"
    BACK = "going back to what it was"
    LEAVING = "being deleted"
    OVER = "doing nothing, or only cleaning up"
    UNKNOWN = "not to be seen"


def phase_of(status: str) -> Phase:
    """Return the phase that a ``StackStatus`` stands for; an empty one is UNKNOWN."""
    if not status:
        return Phase.UNKNOWN
    if status == "DELETE_IN_PROGRESS":
        return Phase.LEAVING
    if not status.endswith("_IN_PROGRESS") or "CLEANUP" in status:
        return Phase.OVER
    return Phase.BACK if "ROLLBACK" in status else Phase.FORWARD


def step(kind: Kind, event: LifecycleEvent, context: Context) -> Outcome:
    """Let ``kind`` carry the request on, unless the stack has turned away from it.

    Raises:
        LifecycleError: If it has, by two looks in a row.
    """
    if not kind.makes_things or FAILURE in context.progress:
        return kind.step(event, context)
    if event.request_type == "Delete":
        return _spare(event, context) or kind.step(event, context)
    if not context.progress.get(REQUESTED) and _is_doubtful(event, context):
        return Pending(kind.physical_id(event), "the stack to be looked at again")
    outcome = kind.step(event, context)
    if isinstance(outcome, Done) and MADE in context.progress and _is_doubtful(event, context):
        return Pending(outcome.physical_id, "the stack to be looked at again")
    return outcome


def _spare(event: LifecycleEvent, context: Context) -> Outcome | None:
    """Leave alone what the stack has, if a Delete of old times comes after a deployment.

    What is deleted after a deployment is not what the stack has: but a deletion may have waited
    since a deployment without rollback has failed, and its physical id may have come back. After a
    rollback the stack may still show what is being deleted, so that nothing is spared then.
    """
    if _CHECKED not in context.progress:
        after = _status(event, context) == _AFTER_UPDATE
        alive = after and is_current(event, event.physical_id, context, if_unknown=False)
        if alive and not context.progress.get(_DOUBTS):
            context.progress[_DOUBTS] = 1
            return Pending(event.physical_id, "the stack to be looked at again")
        context.progress[_CHECKED] = alive
    if not context.progress[_CHECKED]:
        return None
    logs.fact("the stack has this still; it is not deleted", physical_id=event.physical_id)
    return Done(event.physical_id)


def note_arrival(event: LifecycleEvent, context: Context) -> None:
    """Remember which way the stack was going when the request came; a later look may differ."""
    with suppress(BusyError):
        phase = phase_of(_status(event, context))
        if phase in (Phase.FORWARD, Phase.BACK):
            context.progress[_ARRIVED] = phase.name


def is_rolling_back(context: Context) -> bool:
    """Whether the request came while its stack was going back."""
    return bool(context.progress.get(_ARRIVED) == Phase.BACK.name)


def is_leaving(event: LifecycleEvent, context: Context) -> bool:
    """Whether the whole stack is being deleted, so that nothing of the resource may stay."""
    if _LEAVING not in context.progress:
        context.progress[_LEAVING] = phase_of(_status(event, context)) is Phase.LEAVING
    return bool(context.progress[_LEAVING])


def is_current(event: LifecycleEvent, name: str, context: Context, *, if_unknown: bool) -> bool:
    """Whether ``name`` is what the stack has now for the resource.

    A creation that was given up may be deleted, by an invented id, or find out that it is not
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
        logs.fact("the stack's resource cannot be read", why=str(error))
        return if_unknown
    return current == name


def _is_doubtful(event: LifecycleEvent, context: Context) -> bool:
    """Whether one look says that the request is not wanted; a read of the status may be stale."""
    status = _status(event, context)
    phase = phase_of(status)
    if not _turned_away(event, phase, context):
        if phase in (Phase.FORWARD, Phase.BACK):
            context.progress.setdefault(_ARRIVED, phase.name)
        context.progress[_DOUBTS] = 0
        return False
    if context.progress.get(_DOUBTS, 0):
        raise LifecycleError(
            f"the stack is {status} by now, so that what was asked for is not wanted any more"
        )
    logs.fact("the stack does not seem to want this", status=status, logical_id=event.logical_id)
    context.progress[_DOUBTS] = 1
    return True


def _turned_away(event: LifecycleEvent, phase: Phase, context: Context) -> bool:
    if phase in (Phase.LEAVING, Phase.OVER):
        return True
    if phase is not Phase.BACK:
        return False
    return event.request_type == "Create" or context.progress.get(_ARRIVED) == Phase.FORWARD.name


def _status(event: LifecycleEvent, context: Context) -> str:
    """Return the status of the stack; empty if it cannot be read, which must not stop anything.

    Raises:
        BusyError: If it cannot be read just now; a few times, then that stops nothing either.
    """
    try:
        return context.gateway.stack_status(event.stack_id)
    except BusyError as error:
        if context.count(_UNREAD) <= _UNREAD_TOLERATED:
            raise
        why = str(error)
    except GatewayError as error:
        why = str(error)
    logs.fact("the stack's status cannot be read", why=why)
    return ""
