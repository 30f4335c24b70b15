"""What the columns of a table are, decided once from the training data and kept in the model.

A cell is read in the same way in training and in any later request, whatever stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cdk_automlv2.local.training import values
from cdk_automlv2.local.training.errors import shown

NUMBERS, TRUTHS, MOMENTS = "numbers", "true or false", "days or times"
MIXED, WORDS, NOTHING = "numbers and words", "words", "nothing"
_MISSING = ""
"""Stands for an empty cell among words; no word is empty."""

_READERS: dict[str, Callable[[str], float | None]] = {
    NUMBERS: values.number,
    MIXED: values.number,
    TRUTHS: values.truth,
    MOMENTS: values.moment,
}
_DECLARED = {"numeric": NUMBERS, "categorical": WORDS}


class CellError(ValueError):
    """When a cell is not of its column's kind.

    Attributes:
        column: Name.
        position: Number of the row, from 0.
        why: What was expected.
    """

    def __init__(self, column: str, position: int, value: str, why: str) -> None:
        super().__init__(f"row {position + 1}: column {column!r} has {shown(value)}: {why}")
        self.column = column
        self.position = position
        self.why = why


@dataclass(frozen=True)
class Column:
    """One feature.

    Attributes:
        name: Name in the header.
        kind: How its cells are read.
    """

    name: str
    kind: str

    @classmethod
    def of(cls, name: str, cells: Sequence[str | None], declared: str = "") -> Column:
        """Return the column that the cells make, unless its type is declared."""
        found = [cell for cell in cells if cell is not None]
        if not found:
            return cls(name, NOTHING)
        return cls(name, _DECLARED.get(declared) or _kind(found))

    def numbers(self, cells: Sequence[str | None]) -> Any:
        """Return the cells as numbers, NaN where they are empty or words.

        Raises:
            CellError: If a cell is a word where only numbers were, or is infinite.
        """
        made = np.full(len(cells), np.nan)
        found = [position for position, cell in enumerate(cells) if cell is not None]
        if self.kind == NUMBERS:
            plain = values.plain_numbers([cell for cell in cells if cell is not None])
            if plain is not None:
                made[found] = plain
                return made
        read = _READERS[self.kind]
        for position in found:
            cell = str(cells[position])
            value = read(cell)
            if value is None:
                if self.kind != MIXED:
                    raise CellError(self.name, position, cell, f"the column holds {self.kind}")
            elif values.is_usable(value):
                made[position] = value
            else:
                raise CellError(self.name, position, cell, "infinite or too large to learn from")
        return made

    def words(self, cells: Sequence[str | None]) -> list[str]:
        """Return the cells as words; among numbers, only those that are none."""
        if self.kind == MIXED:
            cells = [cell if cell and values.number(cell) is None else None for cell in cells]
        return [_MISSING if cell is None else cell for cell in cells]


@dataclass(frozen=True)
class Schema:
    """The features of a model, in the order of its requests."""

    columns: tuple[Column, ...]

    @classmethod
    def of(cls, cells: pd.DataFrame, names: list[str], declared: dict[str, str]) -> Schema:
        """Return what the columns ``names`` of a table are."""
        return cls(
            tuple(Column.of(name, cells[name].tolist(), declared.get(name, "")) for name in names)
        )

    @property
    def names(self) -> list[str]:
        """Names of the features."""
        return [column.name for column in self.columns]

    def frame(self, cells: Sequence[Sequence[str | None]]) -> pd.DataFrame:
        """Return columns of text as a table of numbers and words.

        Raises:
            CellError: If a cell is not of its column's kind.
        """
        made: dict[str, Any] = {}
        for index, (column, texts) in enumerate(zip(self.columns, cells, strict=True)):
            if column.kind in _READERS:
                made[f"{index} number"] = column.numbers(texts)
            if column.kind in (WORDS, MIXED):
                made[f"{index} word"] = pd.Series(column.words(texts), dtype=object)
        return pd.DataFrame(made)

    def parts(self, name: str) -> list[str]:
        """Return the columns of the frame that one feature has."""
        index = self.names.index(name)
        kind = self.columns[index].kind
        numbers = [f"{index} number"] if kind in _READERS else []
        return numbers + ([f"{index} word"] if kind in (WORDS, MIXED) else [])


def numbers_of(frame: pd.DataFrame) -> list[str]:
    """Return the columns of a frame that hold numbers."""
    return [name for name in frame.columns if name.endswith(" number")]


def words_of(frame: pd.DataFrame) -> list[str]:
    """Return the columns of a frame that hold words."""
    return [name for name in frame.columns if name.endswith(" word")]


def _kind(cells: list[str]) -> str:
    if values.plain_numbers(cells) is not None:
        return NUMBERS
    for kind in (TRUTHS, MOMENTS):
        if all(_READERS[kind](cell) is not None for cell in cells):
            return kind
    numeric = sum(values.number(cell) is not None for cell in cells)
    if numeric == len(cells):
        return NUMBERS
    return MIXED if 2 * numeric >= len(cells) else WORDS
