"""What kind of problem it is, and the metric that decides it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cdk_automlv2.local.training import values
from cdk_automlv2.local.training.data import Table
from cdk_automlv2.local.training.errors import DataError, shown
from cdk_automlv2.local.training.labels import Labels

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


def resolve(spec: dict[str, Any], target: str, table: Table, labels: Labels) -> Problem:
    """Return the problem that the request names, or that the target column suggests.

    Args:
        spec: The request.
        target: Column to predict.
        table: Rows that have a target.
        labels: The target's values.

    Raises:
        DataError: If the target does not suit the problem.
    """
    config = spec["AutoMLProblemTypeConfig"]["TabularJobConfig"]
    classes = len(labels.classes)
    if classes < 2:
        raise DataError(f"Target {target!r} has {classes} distinct values; 2 are needed.")
    kind = config.get("ProblemType") or _infer(target, table, labels)
    if kind == "BinaryClassification" and classes != 2:
        raise DataError(
            f"Target {target!r} has {classes} distinct values; BinaryClassification needs 2."
        )
    return Problem(kind, objective(spec, _DEFAULT_METRIC[kind]), target)


def _infer(target: str, table: Table, labels: Labels) -> str:
    """Return the kind that the values suggest.

    Raises:
        DataError: If most are numbers, too many for classes, and some are none.
    """
    if len(labels.classes) == 2:
        return "BinaryClassification"
    numbers = sum(values.number(label) is not None for label in labels.classes)
    if numbers == len(labels.classes) and 2 * numbers > len(table.cells):
        return "Regression"
    if numbers <= _MOST_CLASSES_OF_NUMBERS or 2 * numbers < len(labels.classes):
        return "MulticlassClassification"
    if numbers == len(labels.classes):
        return "Regression"
    index = next(index for index, cell in table.column(target) if values.number(cell or "") is None)
    why = "the other values are numbers; set ProblemType, or correct it"
    raise table.fault(target, index, why)


def numbers_of(target: str, table: Table) -> Any:
    """Return the target of a regression.

    Raises:
        DataError: Naming the first cell that is no number.
    """
    made = []
    for index, cell in table.column(target):
        value = values.number(cell or "")
        if value is None:
            words = f"Target {target!r} is not numeric; Regression needs numbers"
            raise DataError(f"{words}: {shown(cell)} in {table.where(index)}.")
        if not values.is_usable(value):
            raise table.fault(target, index, "infinite or too large to learn from")
        made.append(value)
    return np.array(made)
