"""Model quality as SageMaker Model Monitor writes it: ``statistics.json`` of a performance report.

The shape is that of the developer guide's page on model quality metrics.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import metrics as sk

from cdk_automlv2.local.training.problem import Problem

_LEAST_ROWS_FOR_DEVIATION = 200
_RESAMPLES = 10
_MOST_POINTS = 500
_SEED = 11
_BETAS = {"f0_5": 0.5, "f1": 1.0, "f2": 2.0}

Scores = Mapping[str, Callable[[Any, Any], float]]


@dataclass(frozen=True)
class Evaluation:
    """Validation rows and what a candidate says of them.

    Attributes:
        problem: What is predicted.
        classes: Labels by number; empty for regression.
        truth: True targets; for classes their numbers.
        guess: Predicted targets, in the same form.
        chances: A column a class; ``None`` for regression.
    """

    problem: Problem
    classes: list[str]
    truth: Any
    guess: Any
    chances: Any = None

    def statistics(self) -> dict[str, Any]:
        """Return the content of the report."""
        truth, guess = np.asarray(self.truth), np.asarray(self.guess)
        if not self.classes:
            found = {"regression_metrics": _scored(_regression(), truth, guess)}
        elif self.problem.kind == "BinaryClassification":
            found = {"binary_classification_metrics": self._binary(truth, guess)}
        else:
            found = {"multiclass_classification_metrics": self._several(truth, guess)}
        return {"version": 0.0, "dataset": {"item_count": len(truth)}, **found}

    def _binary(self, truth: Any, guess: Any) -> dict[str, Any]:
        chance = np.asarray(self.chances)[:, 1]
        found: dict[str, Any] = {"confusion_matrix": self._matrix(truth, guess)}
        found |= _scored(_binary(), truth, guess)
        found |= _constant(_binary(), truth, 2)
        if len(set(truth.tolist())) == 2:
            found |= _scored({"auc": sk.roc_auc_score}, truth, chance)
            found["auc_best_constant_classifier"] = _number(0.5, math.nan)
            found |= _curves(truth, chance)
        return found

    def _several(self, truth: Any, guess: Any) -> dict[str, Any]:
        return {
            "confusion_matrix": self._matrix(truth, guess),
            **_scored(_weighted(), truth, guess),
            **_constant(_weighted(), truth, len(self.classes)),
        }

    def _matrix(self, truth: Any, guess: Any) -> dict[str, dict[str, int]]:
        counts = sk.confusion_matrix(truth, guess, labels=range(len(self.classes)))
        return {
            name: dict(zip(self.classes, map(int, row), strict=True))
            for name, row in zip(self.classes, counts, strict=True)
        }


def _binary() -> Scores:
    def rate(of: int, said: int) -> Callable[[Any, Any], float]:
        return lambda t, g: float((g[t == of] == said).mean()) if (t == of).any() else math.nan

    return {
        "accuracy": sk.accuracy_score,
        "precision": lambda t, g: sk.precision_score(t, g, zero_division=0),
        "recall": lambda t, g: sk.recall_score(t, g, zero_division=0),
        "true_positive_rate": rate(1, 1),
        "true_negative_rate": rate(0, 0),
        "false_positive_rate": rate(0, 1),
        "false_negative_rate": rate(1, 0),
        **{name: _f_score(beta, "binary") for name, beta in _BETAS.items()},
    }


def _weighted() -> Scores:
    means = {"average": "weighted", "zero_division": 0}
    return {
        "accuracy": sk.accuracy_score,
        "weighted_precision": lambda t, g: sk.precision_score(t, g, **means),
        "weighted_recall": lambda t, g: sk.recall_score(t, g, **means),
        **{f"weighted_{name}": _f_score(beta, "weighted") for name, beta in _BETAS.items()},
    }


def _regression() -> Scores:
    return {
        "mae": sk.mean_absolute_error,
        "mse": sk.mean_squared_error,
        "rmse": sk.root_mean_squared_error,
        "r2": lambda t, g: sk.r2_score(t, g) if len(t) > 1 else math.nan,
    }


def _f_score(beta: float, average: str) -> Callable[[Any, Any], float]:
    return lambda t, g: float(sk.fbeta_score(t, g, beta=beta, average=average, zero_division=0))


def _scored(scores: Scores, truth: Any, guess: Any) -> dict[str, Any]:
    return {
        name: _number(float(score(truth, guess)), _deviation(score, truth, guess))
        for name, score in scores.items()
    }


def _constant(scores: Scores, truth: Any, classes: int) -> dict[str, Any]:
    """Return the scores of the best constant answer, each by the class that suits it."""
    answers = [np.full(len(truth), number) for number in range(classes)]
    rates = ("true_positive_rate", "true_negative_rate")
    return {
        f"{name}_best_constant_classifier": _number(
            max(float(score(truth, answer)) for answer in answers), math.nan
        )
        for name, score in scores.items()
        if name not in rates and not name.startswith("false_")
    }


def _deviation(score: Callable[[Any, Any], float], truth: Any, guess: Any) -> float:
    """Return the standard deviation over resamples; NaN for few rows, as SageMaker has it."""
    if len(truth) < _LEAST_ROWS_FOR_DEVIATION:
        return math.nan
    generator = np.random.default_rng(_SEED)
    values = []
    for _ in range(_RESAMPLES):
        rows = generator.integers(0, len(truth), len(truth))
        if len(set(truth[rows].tolist())) > 1:
            values.append(float(score(truth[rows], guess[rows])))
    return float(np.std(values)) if values else math.nan


def _number(value: float, deviation: float) -> dict[str, float | str]:
    return {"value": _finite(value), "standard_deviation": _finite(deviation)}


def _finite(value: float) -> float | str:
    return value if math.isfinite(value) else "NaN"


def _curves(truth: Any, chance: Any) -> dict[str, Any]:
    false, true, _ = sk.roc_curve(truth, chance)
    precision, recall, _ = sk.precision_recall_curve(truth, chance, drop_intermediate=True)
    return {
        "receiver_operating_characteristic_curve": {
            "false_positive_rates": _thinned(false),
            "true_positive_rates": _thinned(true),
        },
        "precision_recall_curve": {
            "precisions": _thinned(precision),
            "recalls": _thinned(recall),
        },
    }


def _thinned(values: Any) -> list[float]:
    if len(values) > _MOST_POINTS:
        values = values[np.linspace(0, len(values) - 1, _MOST_POINTS).round().astype(int)]
    return [float(value) for value in values]
