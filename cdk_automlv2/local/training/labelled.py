"""What text and image classification share: labelled examples, split, fitted, scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cdk_automlv2.local.training import metrics
from cdk_automlv2.local.training.errors import DataError, doing, quietly, shown
from cdk_automlv2.local.training.labels import Labels
from cdk_automlv2.local.training.problem import Problem
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
        else:
            if not validation.items:
                raise DataError("The validation channel has no rows.")
            self._train = (training.items, numbers)
            self._validation = (validation.items, _numbers(labels, validation))

    def fit(self, pipeline: Any, problem: Problem) -> dict[str, float]:
        """Fit a pipeline and return its metrics on the rows held out."""
        with quietly(), doing(f"Learning {problem.target!r}"):
            pipeline.fit(*self._train)
            items, truth = self._validation
            return {"Accuracy": metrics.accuracy(truth, pipeline.predict(items))}


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
