"""Shapley values by sampling: what each column adds to a prediction, as Clarify reports it.

Columns are set from a baseline (the mean row) to a row's own values in random orders, each order
and its reverse; what changes with a column is its contribution. Clarify's kernel SHAP estimates
the same values by a regression.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_SEED = 11
_MOST_ROWS = 40
_LEAST_ROWS = 4
_ORDERS = 2
_CELLS_IN_ALL = 30_000_000
_CELLS_AT_ONCE = 2_000_000

Predict = Callable[[Any], Any]
"""From rows of numbers to a column an output."""


@dataclass(frozen=True)
class Explained:
    """What the columns add to one output.

    Attributes:
        shares: Column → mean absolute contribution.
        expected: The output for the baseline.
    """

    shares: dict[str, float]
    expected: float


def explain(predict: Predict, matrix: Any, columns: Mapping[str, Sequence[int]]) -> list[Explained]:
    """Return what the columns add, for each output.

    Args:
        predict: The model.
        matrix: Rows to explain, as numbers; a sample of them is taken.
        columns: Where each column stands in the matrix; several places where it was encoded.
    """
    generator = np.random.default_rng(_SEED)
    rows = _rows(generator, matrix, len(columns))
    baseline = matrix.mean(axis=0, keepdims=True)
    expected = predict(baseline)[0]
    names = list(columns)
    total = np.zeros((len(names), len(rows), len(expected)))
    forward = [generator.permutation(len(names)) for _ in range(_ORDERS)]
    orders = [order for way in forward for order in (way, way[::-1])]
    for order in orders:
        places = [list(columns[names[number]]) for number in order]
        total[order] += _added(predict, np.repeat(baseline, len(rows), axis=0), rows, places)
    shares = np.abs(total / len(orders)).mean(axis=1)
    return [
        Explained(
            {name: float(shares[number, output]) for number, name in enumerate(names)},
            float(expected[output]),
        )
        for output in range(len(expected))
    ]


def _rows(generator: Any, matrix: Any, columns: int) -> Any:
    """Return a sample of rows, fewer where each costs more."""
    dear = 2 * _ORDERS * max(columns, 1) * max(matrix.shape[1], 1)
    count = min(max(_CELLS_IN_ALL // dear, _LEAST_ROWS), _MOST_ROWS, len(matrix))
    return matrix[np.sort(generator.permutation(len(matrix))[:count])]


def _added(predict: Predict, current: Any, rows: Any, places: list[list[int]]) -> Any:
    """Return what each set of places adds when it takes the rows' values, in that order."""
    before = predict(current)[None]
    found, waiting = [before], []
    for number, own in enumerate(places, start=1):
        current[:, own] = rows[:, own]
        waiting.append(current.copy())
        if number == len(places) or len(waiting) * current.size >= _CELLS_AT_ONCE:
            outputs = predict(np.concatenate(waiting))
            found.append(outputs.reshape(len(waiting), len(rows), -1))
            waiting = []
    return np.diff(np.concatenate(found), axis=0)
