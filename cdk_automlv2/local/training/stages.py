"""What each container of a candidate does with the CSV that reaches it.

Ensembling candidates have one container; hyper-parameter tuning has two for regression (features,
algorithm) and three for classification (and labels). Which keys a container takes and gives, its
environment says, as on AWS.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

INPUT = "SAGEMAKER_INFERENCE_INPUT"
OUTPUT = "SAGEMAKER_INFERENCE_OUTPUT"
_DEFAULT_KEYS = "predicted_label"


@dataclass
class EnsembleStage:
    """Features in, answer out.

    Attributes:
        columns: Names of the features, in the order of the CSV.
        pipeline: Fitted preprocessing and model.
        classes: Labels by number; empty for regression.
    """

    columns: list[str]
    pipeline: Any
    classes: list[str]

    def invoke(self, body: str, environment: dict[str, str]) -> str:
        """Answer one CSV without header."""
        frame = read_features(body, self.columns)
        keys = _keys(environment, OUTPUT)
        return _answer(self.pipeline, frame, keys, self.classes, decoded=True)


@dataclass
class FeatureStage:
    """Features in, numbers out."""

    columns: list[str]
    preprocessor: Any

    def invoke(self, body: str, environment: dict[str, str]) -> str:
        """Transform one CSV without header."""
        numbers = self.preprocessor.transform(read_features(body, self.columns))
        return _write([[repr(float(value)) for value in row] for row in numbers])


@dataclass
class AlgorithmStage:
    """Numbers in, the number of a class or a value out."""

    model: Any
    classes: list[str]

    def invoke(self, body: str, environment: dict[str, str]) -> str:
        """Predict one CSV of numbers."""
        import numpy as np

        numbers = np.array([[float(value) for value in row] for row in _read(body)])
        keys = _keys(environment, OUTPUT)
        return _answer(self.model, numbers, keys, self.classes, decoded=False)


@dataclass
class LabelStage:
    """The number of a class in, its label out."""

    classes: list[str]

    def invoke(self, body: str, environment: dict[str, str]) -> str:
        """Put labels in the place of numbers."""
        given, wanted = _keys(environment, INPUT), _keys(environment, OUTPUT)
        rows = []
        for row in _read(body):
            values = dict(zip(given, row, strict=True))
            values["labels"] = str(self.classes)
            if "predicted_label" in values:
                values["predicted_label"] = self.classes[int(values["predicted_label"])]
            rows.append([values[key] for key in wanted])
        return _write(rows)


def read_features(body: str, columns: Sequence[str]) -> Any:
    """Return the rows of a CSV without header as a table.

    Raises:
        ValueError: If a row has another number of values than there are features.
    """
    import pandas as pd

    rows = _read(body)
    for number, row in enumerate(rows, start=1):
        if len(row) != len(columns):
            raise ValueError(
                f"row {number} has {len(row)} values, the model has {len(columns)} features"
            )
    return pd.read_csv(io.StringIO(body), header=None, names=list(columns))


def _answer(
    model: Any, features: Any, keys: list[str], classes: list[str], *, decoded: bool
) -> str:
    guesses = model.predict(features)
    if not classes:
        return _write([[repr(float(guess))] for guess in guesses])
    chances = model.predict_proba(features)
    rows = []
    for guess, chance in zip(guesses, chances, strict=True):
        number = int(guess)
        values = {
            "predicted_label": classes[number] if decoded else str(number),
            # Ensembling tells the chance of the label it predicts, tuning that of the last class.
            "probability": repr(float(chance[number] if decoded else chance[-1])),
            "probabilities": str([float(value) for value in chance]),
            "labels": str(classes),
        }
        rows.append([values[key] for key in keys])
    return _write(rows)


def _keys(environment: dict[str, str], variable: str) -> list[str]:
    return [key.strip() for key in environment.get(variable, _DEFAULT_KEYS).split(",")]


def _read(body: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(body)) if row]


def _write(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
