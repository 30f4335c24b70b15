"""What each container of a tabular candidate does with the CSV that reaches it.

Ensembling candidates have one container; hyper-parameter tuning has two for regression (features,
algorithm) and three for classification (and labels). Which keys a container takes and gives, its
environment says, as on AWS.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any, Protocol

from cdk_automlv2.local.training import csv_text
from cdk_automlv2.local.training.columns import Schema

INPUT = "SAGEMAKER_INFERENCE_INPUT"
OUTPUT = "SAGEMAKER_INFERENCE_OUTPUT"
SUPPORTED = "SAGEMAKER_INFERENCE_SUPPORTED"
_DEFAULT_KEYS = "predicted_label"


CSV_ONLY = ("text/csv",)
_PROGRAM = {"SAGEMAKER_PROGRAM": "sagemaker_serve"}
LABEL_KEYS = "predicted_label,probability,probabilities"
ALL_KEYS = f"{LABEL_KEYS},labels"


def speaking(classes: list[str]) -> dict[str, str]:
    """Return the variable by which a classifier says which keys it has."""
    return {SUPPORTED: ALL_KEYS} if classes else {}


class Stage(Protocol):
    """What one container of a candidate does; it is pickled into the container's model data."""

    @property
    def accepts(self) -> tuple[str, ...]:
        """Content types of requests."""

    @property
    def returns(self) -> str:
        """Content type of answers."""

    def container(self) -> tuple[str, dict[str, str]]:
        """Return image and environment of the container."""

    def invoke(self, body: bytes, environment: dict[str, str]) -> bytes:
        """Answer one request.

        Raises:
            ValueError: If it cannot be read; the text says where.
        """


@dataclass
class EnsembleStage:
    """Features in, answer out.

    Attributes:
        schema: The features, in the order of the CSV.
        pipeline: Fitted preprocessing and model.
        classes: Labels by number; empty for regression.
    """

    schema: Schema
    pipeline: Any
    classes: list[str]

    accepts = CSV_ONLY
    returns = "text/csv"

    def container(self) -> tuple[str, dict[str, str]]:
        """Return image and environment of the container."""
        return "autogluon-inference", {**_PROGRAM, **speaking(self.classes)}

    def invoke(self, body: bytes, environment: dict[str, str]) -> bytes:
        """Answer one CSV without header."""
        frame = read_features(body, self.schema)
        keys = keys_of(environment, OUTPUT)
        return answer(self.pipeline, frame, keys, self.classes, decoded=True)


@dataclass
class FeatureStage:
    """Features in, numbers out."""

    schema: Schema
    preprocessor: Any

    accepts = CSV_ONLY
    returns = "text/csv"

    def container(self) -> tuple[str, dict[str, str]]:
        """Return image and environment of the container."""
        mode = {"AUTOML_TRANSFORM_MODE": "feature-transform"}
        return "sagemaker-sklearn-automl", {**_PROGRAM, **mode}

    def invoke(self, body: bytes, environment: dict[str, str]) -> bytes:
        """Transform one CSV without header."""
        numbers = self.preprocessor.transform(read_features(body, self.schema))
        return write_rows([[repr(float(value)) for value in row] for row in numbers])


@dataclass
class AlgorithmStage:
    """Numbers in, the number of a class or a value out."""

    model: Any
    classes: list[str]

    accepts = CSV_ONLY
    returns = "text/csv"

    def container(self) -> tuple[str, dict[str, str]]:
        """Return image and environment of the container."""
        keys = {OUTPUT: _DEFAULT_KEYS, SUPPORTED: LABEL_KEYS}
        return "sagemaker-xgboost", keys if self.classes else {}

    def invoke(self, body: bytes, environment: dict[str, str]) -> bytes:
        """Predict one CSV of numbers."""
        import numpy as np

        numbers = np.array([[float(value) for value in row] for row in read_rows(body)])
        keys = keys_of(environment, OUTPUT)
        return answer(self.model, numbers, keys, self.classes, decoded=False)


@dataclass
class LabelStage:
    """The number of a class in, its label out."""

    classes: list[str]

    accepts = CSV_ONLY
    returns = "text/csv"

    def container(self) -> tuple[str, dict[str, str]]:
        """Return image and environment of the container."""
        keys = {INPUT: _DEFAULT_KEYS, OUTPUT: _DEFAULT_KEYS, SUPPORTED: ALL_KEYS}
        mode = {"AUTOML_TRANSFORM_MODE": "inverse-label-transform"}
        return "sagemaker-sklearn-automl", {**_PROGRAM, **mode, **keys}

    def invoke(self, body: bytes, environment: dict[str, str]) -> bytes:
        """Put labels in the place of numbers."""
        given, wanted = keys_of(environment, INPUT), keys_of(environment, OUTPUT)
        rows = []
        for row in read_rows(body):
            values = dict(zip(given, row, strict=True))
            values["labels"] = str(self.classes)
            if "predicted_label" in values:
                values["predicted_label"] = self.classes[int(values["predicted_label"])]
            rows.append([values[key] for key in wanted])
        return write_rows(rows)


def read_features(body: bytes, schema: Schema) -> Any:
    """Return the rows of a CSV without header, as the training data were read.

    Raises:
        ValueError: If a row has another number of values than there are features, or a value is
            not of its column's kind.
    """
    names = schema.names
    rows = []
    for number, row in enumerate(read_rows(body), start=1):
        if len(row) > len(names) and not any(row[len(names) :]):
            row = row[: len(names)]
        if len(row) != len(names):
            raise ValueError(
                f"row {number} has {len(row)} values, the model has {len(names)} features"
            )
        if row == names:
            raise ValueError(f"row {number} is a header; send rows without one")
        rows.append([None if not cell or cell.isspace() else cell for cell in row])
    if not rows:
        raise ValueError("there are no rows")
    return schema.frame(list(zip(*rows, strict=True)))


def answer(
    model: Any, features: Any, keys: list[str], classes: list[str], *, decoded: bool
) -> bytes:
    """Return what a model says of the features: a number a row, or the keys asked for.

    Args:
        model: A fitted scikit-learn model.
        features: What it predicts from.
        keys: Keys of the answer, in order.
        classes: Labels by number; empty for regression.
        decoded: Whether labels are answered, not their numbers.
    """
    guesses = model.predict(features)
    if not classes:
        return write_rows([[repr(float(guess))] for guess in guesses])
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
    return write_rows(rows)


def keys_of(environment: dict[str, str], variable: str = OUTPUT) -> list[str]:
    """Return the keys that a variable of the container names."""
    return [key.strip() for key in environment.get(variable, _DEFAULT_KEYS).split(",")]


def read_rows(body: bytes) -> list[list[str]]:
    """Return the rows of a CSV.

    Raises:
        ValueError: If it is none, or not in UTF-8.
    """
    return [row for _, row in csv_text.rows_of(body)]


def write_rows(rows: list[list[str]]) -> bytes:
    """Return rows as a CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
