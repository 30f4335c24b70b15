"""What the command prints: tables on a terminal, lines for other programs, or JSON."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from enum import Enum

from rich.console import Console
from rich.text import Text

from cdk_automlv2.cli import grid, out
from cdk_automlv2.cli.grid import Column

Rows = Sequence[Mapping[str, str]]


class Form(Enum):
    """How something is printed."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"

    @classmethod
    def chosen(cls, *, plain: bool, as_json: bool) -> Form:
        """Return what the options say; without any, a table if a person reads it."""
        if as_json:
            return cls.JSON
        return cls.PLAIN if plain or not sys.stdout.isatty() else cls.TABLE


def show(found: Mapping[str, Rows], form: Form, nothing: str, titles: Sequence[str]) -> None:
    """Print rows of several kinds.

    Args:
        found: Rows by their kind.
        form: How.
        nothing: What is remarked, but in JSON, if there are no rows at all.
        titles: What the rows of any kind may have, as a pipe gets it.
    """
    if form is Form.JSON:
        out.as_json(found)
        return
    if not any(found.values()):
        out.remark(nothing)
    if form is Form.PLAIN:
        cells = ((kind, *map(row.get, titles)) for kind, rows in found.items() for row in rows)
        out.rows(("kind", *titles), cells)
    else:
        console = out.console()
        for kind, rows in found.items():
            if rows:
                _table(console, kind, rows)


def _table(console: Console, title: str, rows: Rows) -> None:
    """Print rows as a table whose columns are those of the first one."""
    console.print(Text(title, style="italic"))
    columns = [Column(name, folds=True) for name in rows[0]]
    grid.show(console, columns, [list(row.values()) for row in rows])
    console.print()
