"""The events of stacks have times that differ, in the order in which they happened.

ministack gives IN_PROGRESS and COMPLETE of what is made at once the same millisecond. Clients
order events by their times, and lists come newest first: where times are equal, the CDK CLI shows
COMPLETE above IN_PROGRESS. AWS "Returns all stack related events for a specified stack in reverse
chronological order".
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable

_TICK = datetime.timedelta(milliseconds=1)


def apply() -> None:
    """Let the clock of stacks never show the same time twice."""
    from ministack.services.cloudformation import stacks

    stacks.now_iso = Clock()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Clock:
    """Moments to the millisecond, each later than the one before.

    Args:
        now: Returns this moment.
    """

    def __init__(self, now: Callable[[], datetime.datetime] = _now) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._last = datetime.datetime.fromtimestamp(0, datetime.UTC)

    def __call__(self) -> str:
        """Return the next moment in AWS's form."""
        with self._lock:
            self._last = max(self._now(), self._last + _TICK)
            return self._last.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
