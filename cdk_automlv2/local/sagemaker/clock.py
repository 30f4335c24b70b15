"""Time that may run faster than the wall's."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime


class Clock:
    """Waits nominal seconds, ``speed`` times as fast.

    Args:
        speed: 1 is AWS's pace; 60 makes a minute of waiting a second.
    """

    def __init__(self, speed: float) -> None:
        self._speed = speed

    @property
    def speed(self) -> float:
        """How much faster than the wall's it runs."""
        return self._speed

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Wait; whether it was cut short by ``stop``."""
        return stop.wait(seconds / self._speed)

    def now(self) -> datetime:
        """Return the time that goes into answers."""
        return datetime.now(UTC)

    def seconds(self) -> float:
        """Return nominal seconds since any moment, to measure how long something lasts."""
        return time.monotonic() * self._speed
