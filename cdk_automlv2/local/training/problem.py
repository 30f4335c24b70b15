"""What kind of problem it is, and the metric that decides it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cdk_automlv2.local.training.data import DataError

_MOST_CLASSES_OF_NUMBERS = 20
_DEFAULT_METRIC = {
    "BinaryClassification": "F1",
    "MulticlassClassification": "Accuracy",
    "Regression": "MSE",
}


@dataclass(frozen=True)
class Problem:
    """A problem resolved.

    Attributes:
        kind: BinaryClassification, MulticlassClassification, Regression, Forecast or Generation.
        metric: Name of the objective metric; ``None`` where there is none.
        target: Column to predict.
    """

    kind: str
    metric: str | None
    target: str

    @property
    def classifies(self) -> bool:
        """Whether a label is predicted, not a number."""
        return self.kind != "Regression"


def objective(spec: dict[str, Any], default: str) -> str:
    """Return the objective metric asked for, or the default."""
    return str(spec.get("AutoMLJobObjective", {}).get("MetricName") or default)


def resolve(spec: dict[str, Any], target: pd.Series[Any]) -> Problem:
    """Return the problem that the request names, or that the target column suggests.

    Raises:
        DataError: If the target does not suit the problem.
    """
    config = spec["AutoMLProblemTypeConfig"]["TabularJobConfig"]
    kind = config.get("ProblemType") or _infer(target)
    classes = target.nunique()
    if classes < 2:
        raise DataError(f"Target {target.name!r} has {classes} distinct values; 2 are needed.")
    if kind == "BinaryClassification" and classes != 2:
        raise DataError(
            f"Target {target.name!r} has {classes} distinct values; BinaryClassification needs 2."
        )
    if kind == "Regression" and not pd.api.types.is_numeric_dtype(target):
        raise DataError(f"Target {target.name!r} is not numeric; Regression needs numbers.")
    return Problem(kind, objective(spec, _DEFAULT_METRIC[kind]), str(target.name))


def _infer(target: pd.Series[Any]) -> str:
    classes = target.nunique()
    if classes == 2:
        return "BinaryClassification"
    if not pd.api.types.is_numeric_dtype(target) or classes <= _MOST_CLASSES_OF_NUMBERS:
        return "MulticlassClassification"
    return "Regression"
