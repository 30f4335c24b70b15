"""What the command prints: tables on a terminal, lines for other programs, or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import click
from rich.console import Console
from rich.table import Table

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


def show(found: Mapping[str, Rows], form: Form, nothing: str) -> None:
    """Print rows of several kinds.

    Args:
        found: Rows by their kind.
        form: How.
        nothing: What is said, but in JSON, if there are no rows at all.
    """
    if form is Form.JSON:
        click.echo(json.dumps(found, default=str, indent=1))
    elif not any(found.values()):
        click.echo(nothing)
    elif form is Form.PLAIN:
        for kind, rows in found.items():
            for row in rows:
                click.echo("\t".join([kind, *map(str, row.values())]))
    else:
        console = Console()
        for kind, rows in found.items():
            if rows:
                console.print(table(kind, rows))


def table(title: str, rows: Rows) -> Table:
    """Return rows as a table whose columns are those of the first one."""
    made = Table(*rows[0], title=title, title_justify="left")
    for row in rows:
        made.add_row(*map(_text, row.values()))
    return made


def _text(value: Any) -> str:
    from rich.markup import escape

    return escape(str(value))
