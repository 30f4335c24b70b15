"""Rows on the command line: one may begin with a number below zero."""

from __future__ import annotations

import re
from typing import Any, Final

import click

_NUMBER: Final = re.compile(r"-[\d.]")
_MARK: Final = "\0"


class RowsCommand(click.Command):
    """A command that takes ``-0.5,1`` for a row, and not for options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments."""
        return super().parse_args(ctx, [f"{_MARK}{a}" if _NUMBER.match(a) else a for a in args])


def rows(_context: object, _parameter: object, given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rows as they were typed."""
    return tuple(row.removeprefix(_MARK) for row in given)


def argument(command: Any) -> Any:
    """Add the argument ``rows``."""
    return click.argument("rows", nargs=-1, callback=rows)(command)
