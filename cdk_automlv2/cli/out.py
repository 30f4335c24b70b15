"""All that the commands print: data on standard output, remarks on standard error.

Nothing else here writes to the terminal; a test says so. Whatever is printed goes through
``safe``, except the bytes of a response to a pipe.
"""

from __future__ import annotations

import datetime
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import click
from rich.console import Console

from cdk_automlv2.cli import safe
from cdk_automlv2.cli.glyphs import Glyphs, glyphs_for

SCHEMA: Final = "1.0"
"""Of what ``--json`` shows: a new minor number adds, a new major number changes."""


def is_terminal() -> bool:
    """Whether a person reads standard output."""
    return sys.stdout.isatty()


def console(*, remarks: bool = False) -> Console:
    """Return a console on standard output, or on standard error for remarks."""
    return Console(stderr=remarks, highlight=False, markup=False, emoji=False)


def glyphs(of: Console) -> Glyphs:
    """Return the signs that a console can show."""
    return glyphs_for(of.encoding)


def data(text: object) -> None:
    """Print a text that was asked for."""
    click.echo(safe.lines(text))


def remark(text: object) -> None:
    """Print a text beside it."""
    click.echo(safe.lines(text), err=True)


def hint(text: str) -> None:
    """Print what to do next; for people only, so nothing where standard error is a pipe."""
    if sys.stderr.isatty():
        remark(text)


def body(content: bytes) -> None:
    """Print the bytes of a response: as they are to a pipe, as safe text to a terminal."""
    if is_terminal():
        data(content.decode(errors="backslashreplace").removesuffix("\n"))
        return
    click.echo(content, nl=not content.endswith(b"\n"))


def as_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print a value as one JSON document."""
    click.echo(_json(value, indent=1))


def document(**members: Any) -> None:
    """Print what ``--json`` shows of one command; docs/command.md lists the members."""
    named = {name.replace("_", "-"): value for name, value in members.items()}
    as_json({"schema-version": SCHEMA, **named})


def json_option(command: Any) -> Any:
    """Add ``--json``; the command gets ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def event(value: Mapping[str, Any]) -> None:
    """Print one line of a stream of JSON objects, at once."""
    click.echo(_json(value, indent=None))
    sys.stdout.flush()


class Rows:
    """Rows separated by tabs for a pipe or a file; nothing is cut, and no row goes without titles.

    Args:
        titles: Of the columns; printed at once.
    """

    def __init__(self, *titles: str) -> None:
        self._count = len(titles)
        self.add(titles)

    def add(self, cells: Sequence[object]) -> None:
        """Print a row, at once; what is not known is an empty cell.

        Raises:
            ValueError: If it has another number of cells than there are titles.
        """
        if len(cells) != self._count:
            raise ValueError(f"{len(cells)} cells below {self._count} titles: {cells}")
        click.echo("\t".join("" if cell is None else safe.line(cell) for cell in cells))
        sys.stdout.flush()


def rows(titles: Sequence[str], cells: Iterable[Sequence[object]]) -> None:
    """Print all rows of a table for a pipe or a file."""
    printed = Rows(*titles)
    for row in cells:
        printed.add(row)


FACTS: Final = ("what", "value")
"""Titles of names and values."""


def plain(value: Any) -> Any:
    """Return a value of boto3 as JSON has it; moments in ISO 8601, in UTC."""
    match value:
        case datetime.datetime():
            return value.astimezone(datetime.UTC).isoformat(timespec="seconds")
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case float() if not math.isfinite(value):
            return None  # JSON has no such number.
    return value


def _json(value: Any, indent: int | None) -> str:
    text = json.dumps(plain(value), indent=indent, default=str)
    return text.replace("\x7f", "\\u007f")
