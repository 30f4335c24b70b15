"""The command itself: how it ends, whatever the command below it does."""

from __future__ import annotations

import sys
from typing import Any, Final, NoReturn

import click

from cdk_automlv2.cli import out, safe
from cdk_automlv2.cli.failures import aws_errors
from cdk_automlv2.cli.lazy import LazyGroup

INTERRUPTED: Final = 130
"""Exit status after Ctrl-C."""


class Root(LazyGroup):
    """Ends with 130 after Ctrl-C, and lets no control character of an error through."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        _bear_any_character()
        try:
            with aws_errors():
                return super().invoke(ctx)
        except click.UsageError:
            raise
        except click.ClickException as error:
            raise _Harmless(error) from error
        except KeyboardInterrupt:
            _interrupted()


class _Harmless(click.ClickException):
    """An error whose words may go to a terminal."""

    def __init__(self, error: click.ClickException) -> None:
        super().__init__(safe.lines(error.format_message()))
        self.exit_code = error.exit_code  # type: ignore[misc]


def _interrupted() -> NoReturn:
    out.remark("interrupted")
    raise SystemExit(INTERRUPTED)


def _bear_any_character() -> None:
    """Let a stream show what its encoding lacks as an escape, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
