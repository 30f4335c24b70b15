"""What AWS Lambda gives the function: its environment, and a limited time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

from automlv2_handlers.errors import OutOfTimeError

_AGAIN_SECONDS: Final = 10
"""After which the alarm rings again, should something have silenced it."""


def stack_id() -> str:
    """Return the id of the stack that the function belongs to; empty if it is not known."""
    return os.environ.get("STACK_ID", "")


def releases_table() -> str:
    """Return the table that releases are recorded in; empty if the stack has none."""
    return os.environ.get("RELEASES_TABLE", "")


def seconds_left(context: Any) -> float:
    """Return how long this invocation may still take."""
    return float(context.get_remaining_time_in_millis()) / 1000


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Break off what takes longer, also a call that hangs.

    Raises:
        OutOfTimeError: Out of whatever is being done, once the time is over.
    """

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise OutOfTimeError(f"the step was broken off after {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), _AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
