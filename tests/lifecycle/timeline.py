"""Virtual time: thirty days in a second."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable


class Timeline:
    """What is still to happen, in the order of time.

    Attributes:
        now: Epoch seconds; a test may move them while nothing is still to happen.
    """

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()

    def begin(self) -> None:
        """Put into the queue what has been asked for by now."""

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Let something happen."""
        heapq.heappush(self._queue, (self.now + seconds, next(self._number), action))

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Let time pass until nothing is left to happen, or until something has happened."""
        self.begin()
        while self._queue and not until():
            moment, _, action = heapq.heappop(self._queue)
            self.now = max(self.now, moment)
            action()
            self.begin()

    def wait(self, seconds: float) -> None:
        """Let that much time pass, with all that happens meanwhile."""
        moment = self.now + seconds
        self.later(seconds, lambda: None)
        self.run(lambda: self.now >= moment)

    @property
    def is_busy(self) -> bool:
        """Whether something is still to happen."""
        return bool(self._queue)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
