"""When a request must have its answer, and how long to wait until the next look.

CloudFormation gives a request up after its ``ServiceTimeout``, 3,600 seconds unless the resource
says less. All ages count from the function's first sight of the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any, Final

from automlv2_handlers.events import LifecycleEvent

HOUR: Final = 3600
FIRST_WAIT_SECONDS: Final = 15
LONGEST_WAIT_SECONDS: Final = 300

_GRACE_SECONDS: Final = 60
"""What a kind gets after its own time, as the look that was to settle it may have failed."""

_UNDO_SECONDS: Final = 30
"""What cleaning up gets at least, after the latest answer."""

_RESERVE_SECONDS: Final = 180
"""Of CloudFormation's time, for a function that died and was invoked again, and the answer."""

_POLL_RESERVE_SECONDS: Final = 120
_HANGING_POLL_SECONDS: Final = 360
"""What a poll that hangs, its pause and the answer take at most."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Ages of a request, in seconds.

    Attributes:
        patience: When its kind comes to an answer.
        answer: When the poll loop answers in its place, whatever the kind says.
        undone: When cleaning up after a failure ends.
        poll: When a look that is still under way is broken off.
    """

    patience: float
    answer: float
    undone: float
    poll: float


def deadlines(event: LifecycleEvent, patience: float) -> Deadlines:
    """Return the deadlines of a request.

    Args:
        event: The request.
        patience: Seconds after which its kind comes to an answer by itself.
    """
    given = service_timeout(event.properties.get("ServiceTimeout"))
    # A resource with very little time still gets a third of it.
    latest = max(given - _RESERVE_SECONDS, given / 3)
    answer = min(patience + _GRACE_SECONDS, latest)
    return Deadlines(
        patience=min(patience, answer),
        answer=answer,
        undone=max(answer + _UNDO_SECONDS, latest - _UNDO_SECONDS),
        poll=max(given - _POLL_RESERVE_SECONDS, given / 2),
    )


def broken_seconds(event: LifecycleEvent) -> float:
    """Return the age from which a look that fails altogether is not tried again."""
    given = service_timeout(event.properties.get("ServiceTimeout"))
    return max(given - _HANGING_POLL_SECONDS, given / 3)


def service_timeout(text: Any) -> float:
    """Return the seconds that CloudFormation waits; the hour where none are said."""
    try:
        return min(max(float(text), 1.0), HOUR)
    except (TypeError, ValueError):
        return HOUR


def wait_seconds(age: float, until: float = inf) -> int:
    """Return how long to wait at that age: an eighth of it, from 15 s to 5 min.

    Args:
        age: Seconds since what is waited for began.
        until: The age at which to answer, past which no wait leads. Default: there is none.
    """
    growing = min(max(age / 8, FIRST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)
    return int(max(min(growing, until - age), 1)) if age < until else FIRST_WAIT_SECONDS
