"""One trial after its fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from cdk_automlv2.local.training.problem import Problem
from cdk_automlv2.local.training.stages import Stage


@dataclass(frozen=True)
class TrainedCandidate:
    """What became of a trial.

    Attributes:
        algorithm: Its name, as the API has it.
        values: Metrics on the validation rows.
        stages: What its containers do, in order.
        reports: File name → content, kept beside the model.
    """

    algorithm: str
    values: dict[str, float]
    stages: list[Stage]
    reports: dict[str, Any] = field(default_factory=dict)


class Training(Protocol):
    """A job of one kind: its data read, its problem resolved, ready to be learnt."""

    problem: Problem

    def run(self) -> Iterator[TrainedCandidate]:
        """Fit one trial after the other."""
