"""One figure and the bound it has to keep."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measurement.

    Attributes:
        what: What was measured.
        ours: Our value, as printed.
        peer: The peer's value, as printed.
        value: The number that the bound is about.
        bound: The most that ``value`` may be.
    """

    what: str
    ours: str
    peer: str
    value: float
    bound: float

    @property
    def kept(self) -> bool:
        """Whether the bound is kept."""
        return self.value <= self.bound


def alternate(commands: Sequence[Sequence[str]], rounds: int) -> list[float]:
    """Return the median seconds of each command, run in turns so that both share the weather."""
    return _in_turns(commands, rounds, time.perf_counter)


def processor_seconds(commands: Sequence[Sequence[str]], rounds: int) -> list[float]:
    """Return the median processor seconds of each command and of what it starts.

    What else runs on the machine makes commands slower, but hardly makes them work more.
    """

    def used() -> float:
        times = os.times()
        return times.children_user + times.children_system

    return _in_turns(commands, rounds, used)


def _in_turns(
    commands: Sequence[Sequence[str]], rounds: int, clock: Callable[[], float]
) -> list[float]:
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(rounds):
        for index, command in enumerate(commands):
            started = clock()
            subprocess.run(
                command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            times[index].append(clock() - started)
    return [statistics.median(items) for items in times]


def python(*arguments: str) -> list[str]:
    """Return the command that runs this Python."""
    return [sys.executable, *arguments]
