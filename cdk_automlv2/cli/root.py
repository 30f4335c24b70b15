"""The command itself: how it ends, whatever the command below it does."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn

import click

from cdk_automlv2.cli import following, out
from cdk_automlv2.cli.failures import Failure, WrongUsage, aws_errors, of_library
from cdk_automlv2.cli.lazy import LazyGroup

INTERRUPTED: Final = 130
"""Exit status after Ctrl-C."""


class Root(LazyGroup):
    """Ends with 130 after Ctrl-C, and each error with the next command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options before the command."""
        following.remember(ctx, args)
        with _next_commands():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        _bear_any_character()
        try:
            with _next_commands(), aws_errors():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            _interrupted()


@contextmanager
def _next_commands() -> Iterator[None]:
    """Let errors of click and of the machine end as all others do."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        raise WrongUsage(error) from error
    except Failure:
        raise
    except click.ClickException as error:
        raise of_library(error) from error
    except click.Abort as error:
        raise Failure("nothing was done", _confirmed()) from error
    except OSError as error:
        if error.errno == errno.EPIPE:  # Whoever read has gone: click ends without a word.
            raise
        raise of_library(error) from error


def _confirmed() -> following.Command:
    """Return what was typed with consent, where the command takes it."""
    context = click.get_current_context()
    if context.invoked_subcommand == "adopt":
        return following.again("", "", "--yes")
    return following.help_of(context)


def _interrupted() -> NoReturn:
    out.remark("interrupted")
    raise SystemExit(INTERRUPTED)


def _bear_any_character() -> None:
    """Let a stream show what its encoding lacks as an escape, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
