"""The API's metrics, computed by scikit-learn on rows that the model has not seen."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sklearn import metrics as sk

from cdk_automlv2.local.training.errors import DataError, quietly
from cdk_automlv2.local.training.problem import Problem

_MINIMIZED = frozenset(
    {
        *("MAE", "MSE", "RMSE", "LogLoss", "InferenceLatency"),
        *("MAPE", "MASE", "WAPE", "AverageWeightedQuantileLoss"),
    }
)

_BINARY: dict[str, Callable[[Any, Any], float]] = {
    "Accuracy": sk.accuracy_score,
    "BalancedAccuracy": sk.balanced_accuracy_score,
    "F1": lambda truth, guess: sk.f1_score(truth, guess, zero_division=0),
    "Precision": lambda truth, guess: sk.precision_score(truth, guess, zero_division=0),
    "Recall": lambda truth, guess: sk.recall_score(truth, guess, zero_division=0),
}
_MULTICLASS: dict[str, Callable[[Any, Any], float]] = {
    "Accuracy": sk.accuracy_score,
    "BalancedAccuracy": sk.balanced_accuracy_score,
    "F1macro": lambda t, g: sk.f1_score(t, g, average="macro", zero_division=0),
    "PrecisionMacro": lambda t, g: sk.precision_score(t, g, average="macro", zero_division=0),
    "RecallMacro": lambda t, g: sk.recall_score(t, g, average="macro", zero_division=0),
}
_REGRESSION: dict[str, Callable[[Any, Any], float]] = {
    "MAE": sk.mean_absolute_error,
    "MSE": sk.mean_squared_error,
    "R2": sk.r2_score,
    "RMSE": sk.root_mean_squared_error,
}


def direction(metric: str) -> str:
    """Return ``Maximize`` or ``Minimize``."""
    return "Minimize" if metric in _MINIMIZED else "Maximize"


def score(problem: Problem, truth: Any, guess: Any, probabilities: Any | None) -> dict[str, float]:
    """Return every metric of the problem that the rows allow.

    Args:
        problem: Decides which metrics there are.
        truth: True targets; for classes their numbers, 1 being the positive one of two.
        guess: Predicted targets, in the same form.
        probabilities: A column a class; ``None`` for regression.

    Raises:
        DataError: If the objective metric is not defined for these rows.
    """
    defined = defined_of(problem, truth, guess, probabilities)
    if problem.metric is not None and problem.metric not in defined:
        raise DataError(
            f"{problem.metric} is not defined for the {len(truth)} rows kept for validation: "
            f"they have {len(set(truth))} distinct values of {problem.target!r}."
        )
    return defined


def defined_of(
    problem: Problem, truth: Any, guess: Any, probabilities: Any | None
) -> dict[str, float]:
    """Return the metrics that are defined for these rows."""
    functions = _functions(problem, truth, guess, probabilities)
    with quietly():
        values = {name: _value(function) for name, function in functions.items()}
    return {name: value for name, value in values.items() if math.isfinite(value)}


def _functions(
    problem: Problem, truth: Any, guess: Any, probabilities: Any | None
) -> dict[str, Callable[[], float]]:
    kinds = {"Regression": _REGRESSION, "BinaryClassification": _BINARY}
    scores = kinds.get(problem.kind, _MULTICLASS)
    made = {name: partial(function, truth, guess) for name, function in scores.items()}
    if probabilities is None:
        return dict(made)
    classes = np.arange(probabilities.shape[1])
    loss = partial(sk.log_loss, truth, probabilities, labels=classes)
    if problem.kind != "BinaryClassification":
        return {**made, "LogLoss": loss}
    return {**made, "AUC": partial(sk.roc_auc_score, truth, probabilities[:, 1]), "LogLoss": loss}


def _value(make: Callable[[], float]) -> float:
    """Return a metric, NaN where it is not defined."""
    try:
        return float(make())
    except ValueError:
        return math.nan


def accuracy(truth: Any, guess: Any) -> float:
    """Return the part of labels that is right."""
    return float(sk.accuracy_score(truth, guess))
