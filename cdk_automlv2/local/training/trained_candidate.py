"""One trial after its fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from cdk_automlv2.local.training.problem import Problem
from cdk_automlv2.local.training.reports import Reports
from cdk_automlv2.local.training.stages import Stage

Started = Callable[[str], None]
"""Called with the algorithm of a trial when it starts."""


@dataclass(frozen=True)
class TrainedCandidate:
    """What became of a trial.

    Attributes:
        algorithm: Its name, as the API has it.
        values: Metrics on the validation rows.
        stages: What its containers do, in order.
        train_values: Metrics on the rows that were learnt from.
        reports: What is written of it if it is the best.
    """

    algorithm: str
    values: dict[str, float]
    stages: list[Stage]
    train_values: dict[str, float] = field(default_factory=dict)
    reports: Reports = field(default_factory=Reports)


class Training(Protocol):
    """A job of one kind: its data read, its problem resolved, ready to be learnt."""

    problem: Problem

    def run(self, started: Started = ...) -> Iterator[TrainedCandidate]:
        """Fit one trial after the other."""


@runtime_checkable
class Explored(Protocol):
    """A training that has looked at its data."""

    def exploration(self) -> bytes:
        """Return the data exploration notebook."""


def unnoticed(algorithm: str) -> None:
    """Take notice of no trial's start."""
