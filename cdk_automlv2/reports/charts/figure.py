"""A chart with what it shows: its finding in a sentence, and its numbers as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.reports.charts.look import Look
from cdk_automlv2.reports.facts import Source

Drawing = Callable[[Look], Any]
"""From colours to an Altair chart."""

MOST_ROWS = 60


@dataclass(frozen=True)
class Table:
    """Rows under a header; the first cell of a row names it.

    Attributes:
        header: Names of the columns.
        rows: Cells, as they are shown.
        left_out: How many rows are not here.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    left_out: int = 0

    @classmethod
    def thinned(cls, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
        """Return a table of every so many rows, the last among them."""
        if len(rows) <= MOST_ROWS:
            return cls(header, rows)
        step = (len(rows) - 1) / (MOST_ROWS - 1)
        kept = [rows[round(place * step)] for place in range(MOST_ROWS)]
        return cls(header, kept, len(rows) - MOST_ROWS)

    @classmethod
    def first(cls, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
        """Return a table of the first rows."""
        return cls(header, rows[:MOST_ROWS], max(len(rows) - MOST_ROWS, 0))


@dataclass(frozen=True)
class Figure:
    """A chart and its words.

    Attributes:
        id: Its name, as that of a file.
        title: What it is.
        finding: What it shows, in a sentence.
        drawing: The chart.
        table: Its numbers.
        source: Where they are known from.
    """

    id: str
    title: str
    finding: str
    drawing: Drawing
    table: Table
    source: Source
