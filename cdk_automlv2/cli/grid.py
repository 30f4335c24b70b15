"""Tables that stay whole at any width: names fold, columns are dropped in a fixed order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cdk_automlv2.cli import safe

_GAP: Final = 2


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        title: Its head.
        is_right: Whether it is aligned to the right.
        folds: Whether its cells may be folded over several lines.
        drop: When it is dropped for want of room: the highest first, never with 0.
        least: To how many signs it may be folded before others are dropped.
    """

    title: str
    is_right: bool = False
    folds: bool = False
    drop: int = 0
    least: int = 24


def show(
    console: Console,
    columns: Sequence[Column],
    cells: Sequence[Sequence[object]],
    *,
    indent: int = 0,
    styles: Sequence[str] = (),
    more: str = "--json",
) -> None:
    """Print a table, and below it the columns that there was no room for.

    Args:
        console: Where.
        columns: Its columns.
        cells: Its rows.
        indent: Columns of the terminal to leave free on the left.
        styles: Style of each row; none for the default.
        more: The option that shows them all the same.
    """
    texts = [[safe.line(cell) for cell in row] for row in cells]
    kept = _kept(columns, texts, console.width - indent)
    console.print(
        _table(
            [columns[i] for i in kept], [[row[i] for i in kept] for row in texts], indent, styles
        )
    )
    dropped = ", ".join(column.title for i, column in enumerate(columns) if i not in kept)
    if dropped:
        words = f"{' ' * indent}  no room for {dropped}: {more}"
        console.print(Text(safe.line(words), style="dim", overflow="fold"))


def _table(
    columns: Sequence[Column], texts: Sequence[Sequence[str]], indent: int, styles: Sequence[str]
) -> Table:
    made = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    if indent:
        made.add_column("", width=max(0, indent - _GAP), no_wrap=True)
    for column in columns:
        made.add_column(
            Text(column.title),
            justify="right" if column.is_right else "left",
            overflow="fold",
            no_wrap=not column.folds,
        )
    for number, row in enumerate(texts):
        style = styles[number] if number < len(styles) else ""
        before = [Text("")] if indent else []
        made.add_row(*before, *map(Text, row), style=style or None)
    return made


def _kept(columns: Sequence[Column], texts: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return the numbers of the columns that there is room for."""
    needs = []
    for i, column in enumerate(columns):
        widest = max([_width(column.title), *(_width(row[i]) for row in texts)])
        needs.append(min(widest, column.least) if column.folds else widest)
    kept = list(range(len(columns)))
    while sum(needs[i] + _GAP for i in kept) > width:
        droppable = [i for i in kept if columns[i].drop]
        if not droppable:
            break
        kept.remove(max(droppable, key=lambda i: (columns[i].drop, i)))
    return kept


def _width(text: str) -> int:
    return Text(text).cell_len


def pairs(console: Console, items: Sequence[tuple[str, object]], *, indent: int = 0) -> None:
    """Print names and values, a line each; long values fold."""
    made = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, show_header=False)
    if indent:
        made.add_column("", width=max(0, indent - _GAP), no_wrap=True)
    made.add_column("", style="bold", no_wrap=True)
    made.add_column("", overflow="fold")
    for name, value in items:
        before = [Text("")] if indent else []
        made.add_row(*before, Text(safe.line(name)), Text(safe.lines(value)))
    console.print(made)
