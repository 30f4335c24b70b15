"""Which rows are learnt from and which are kept to validate on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split

from cdk_automlv2.local.training.errors import DataError

_SEED = 11
_VALIDATION_FRACTION = 0.2

Positions = Any
"""Array of row positions."""


def split(
    rows: int, fraction: float | None, classes: list[int] | None = None
) -> tuple[Positions, Positions]:
    """Return the positions of the rows to learn from and of those to validate on.

    Every class is learnt: a class of one row is never kept for validation only.

    Args:
        rows: How many there are.
        fraction: Part to validate on; ``None`` for a fifth.
        classes: Class of each row, where there are classes.

    Raises:
        DataError: If there are too few rows.
    """
    part = _VALIDATION_FRACTION if fraction is None else fraction
    counts = np.bincount(classes) if classes is not None else np.array([1])
    least = max(len(counts) + 1, 3)
    if rows < least:
        kinds = f" of {len(counts)} classes" if classes is not None else ""
        are = "is 1 row" if rows == 1 else f"are {rows} rows"
        raise DataError(
            f"There {are}{kinds}; {least} are needed, to learn from and to validate on."
        )
    held = math.ceil(part * rows)
    order = np.arange(rows)
    if classes is None:
        held = min(max(held, 1), rows - 2)
        train, kept = train_test_split(order, test_size=held, random_state=_SEED)
        return train, kept
    if counts.min() >= 2 and min(held, rows - held) >= len(counts):
        train, kept = train_test_split(order, test_size=held, random_state=_SEED, stratify=classes)
        return train, kept
    return _with_every_class(np.asarray(classes), min(max(held, 1), rows - len(counts)))


def _with_every_class(classes: Any, held: int) -> tuple[Positions, Positions]:
    """Split at random, but for the first row of each class, which is learnt."""
    _, first = np.unique(classes, return_index=True)
    spare = np.setdiff1d(np.arange(len(classes)), first)
    chosen = np.random.default_rng(_SEED).permutation(spare)[:held]
    return np.setdiff1d(np.arange(len(classes)), chosen), np.sort(chosen)
