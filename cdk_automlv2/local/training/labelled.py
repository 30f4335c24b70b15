"""What text and image classification share: labelled examples, split, fitted, scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder

from cdk_automlv2.local.training import metrics
from cdk_automlv2.local.training.data import DataError
from cdk_automlv2.local.training.problem import Problem

_SEED = 11
_VALIDATION_FRACTION = 0.2

Examples = tuple[list[Any], list[str]]


class Labelled:
    """Examples and their labels, a part of them kept for validation.

    Attributes:
        classes: Labels by number.

    Raises:
        DataError: If there are fewer than two labels.
    """

    def __init__(
        self, training: Examples, validation: Examples | None, fraction: float | None
    ) -> None:
        things, labels = training
        if len(set(labels)) < 2:
            raise DataError(f"There are {len(set(labels))} distinct labels; 2 are needed.")
        if validation is None:
            rare = min(labels.count(label) for label in set(labels)) < 2
            things, held, labels, held_labels = train_test_split(
                things,
                labels,
                test_size=_VALIDATION_FRACTION if fraction is None else fraction,
                random_state=_SEED,
                stratify=None if rare else labels,
            )
            validation = (held, held_labels)
        encoder = LabelEncoder().fit([*labels, *validation[1]])
        self.classes = [str(name) for name in encoder.classes_]
        self._train = (things, encoder.transform(labels))
        self._validation = (validation[0], encoder.transform(validation[1]))

    def fit(self, pipeline: Any, problem: Problem) -> dict[str, float]:
        """Fit a pipeline and return its metrics on the rows held out."""
        pipeline.fit(*self._train)
        things, truth = self._validation
        guess = pipeline.predict(things)
        return {"Accuracy": metrics.accuracy(truth, guess)}


def by_kind(channels: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return channels by their type."""
    return {channel.get("ChannelType", "training"): channel for channel in channels}
