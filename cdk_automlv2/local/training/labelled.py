"""What text and image classification share: labelled examples, split, fitted, scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cdk_automlv2.local.training import metrics
from cdk_automlv2.local.training.errors import DataError, doing, quietly, shown
from cdk_automlv2.local.training.insights import Evaluation
from cdk_automlv2.local.training.labels import Labels
from cdk_automlv2.local.training.problem import Problem
from cdk_automlv2.local.training.reports import Files, to_json
from cdk_automlv2.local.training.splits import split


@dataclass
class Examples:
    """What is learnt from.

    Attributes:
        items: Texts, or features of pictures.
        labels: One label per item.
        places: Where each is, for messages.
    """

    items: list[Any] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)


class Labelled:
    """Examples and their labels, a part of them held out for validation.

    Attributes:
        classes: Labels by number.

    Raises:
        DataError: If there are fewer than two labels, or the validation data have others.
    """

    def __init__(
        self,
        training: Examples,
        validation: Examples | None,
        fraction: float | None,
        hint: str = "",
    ) -> None:
        labels = Labels(training.labels)
        self.classes = labels.classes
        if len(self.classes) < 2:
            only = f"; all are {shown(self.classes[0])}" if self.classes else ""
            count = len(self.classes)
            raise DataError(f"There are {count} distinct labels; 2 are needed{only}{hint}.")
        numbers = _numbers(labels, training)
        if validation is None:
            rows, held = split(len(numbers), fraction, numbers)
            self._train = _taken(training.items, numbers, rows)
            self._validation = _taken(training.items, numbers, held)
            self._held_places = [training.places[row] for row in held]
        else:
            if not validation.items:
                raise DataError("The validation channel has no rows.")
            self._train = (training.items, numbers)
            self._validation = (validation.items, _numbers(labels, validation))
            self._held_places = validation.places

    def fit(
        self, pipeline: Any, problem: Problem
    ) -> tuple[dict[str, float], dict[str, float], Held]:
        """Fit a pipeline.

        Returns:
            Its metrics on the rows held out, those on the rows learnt from, and the former rows.
        """
        with quietly(), doing(f"Learning {problem.target!r}"):
            pipeline.fit(*self._train)
            items, truth = self._validation
            guess = pipeline.predict(items)
            learnt = metrics.accuracy(self._train[1], pipeline.predict(self._train[0]))
        held = Held(items, self._held_places, Evaluation(problem, self.classes, truth, guess))
        return {"Accuracy": metrics.accuracy(truth, guess)}, {"Accuracy": learnt}, held


@dataclass(frozen=True)
class Held:
    """Examples held out, and what a candidate says of them.

    Attributes:
        items: Texts, or features of pictures.
        places: Where each is.
        evaluation: True labels and predicted ones.
    """

    items: list[Any]
    places: list[str]
    evaluation: Evaluation

    def insights(self) -> Files:
        """Return the performance report."""
        return {"statistics.json": to_json(self.evaluation.statistics())}

    def sample(self, count: int) -> list[int]:
        """Return positions of examples, errors and right ones in turn."""
        wrong: list[int] = []
        right: list[int] = []
        pairs = zip(self.evaluation.truth, self.evaluation.guess, strict=True)
        for position, (truth, guess) in enumerate(pairs):
            (right if truth == guess else wrong).append(position)
        most = max(count // 2, count - len(right))
        return sorted([*wrong[:most], *right[: count - min(len(wrong), most)]])


def by_kind(channels: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return channels by their type.

    Raises:
        DataError: If none is for training.
    """
    found = {channel.get("ChannelType", "training"): channel for channel in channels}
    if "training" not in found:
        raise DataError("There is no training channel.")
    return found


def _numbers(labels: Labels, examples: Examples) -> list[int]:
    made = []
    for label, place in zip(examples.labels, examples.places, strict=True):
        number = labels.number(label)
        if number is None:
            raise DataError(f"The training data do not have the label {shown(label)} of {place}.")
        made.append(number)
    return made


def _taken(items: list[Any], numbers: list[int], rows: Any) -> tuple[list[Any], list[int]]:
    return [items[row] for row in rows], [numbers[row] for row in rows]
