"""A group whose commands are imported when they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import tool


@dataclass(frozen=True)
class Lazy:
    """A command that is not imported yet.

    Attributes:
        module: Where it is.
        name: What it is called there.
        help: Its line in the list of commands.
        extra: What must be installed for it.
    """

    module: str
    name: str
    help: str
    extra: str


class Group(click.Group):
    """Says the nearest of its commands where one is mistyped."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is asked for."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if args[0].startswith("-"):
                raise
            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            words = f"there is no command {args[0]!r} in {ctx.command_path}"
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(words + hint, ctx) from error


class LazyGroup(Group):
    """Knows its commands by name, and imports the one that is asked for.

    Args:
        lazy: The commands by name.
        options: Those of ``click.Group``.
    """

    def __init__(self, *, lazy: Mapping[str, Lazy], **options: Any) -> None:
        super().__init__(**options)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted([*super().list_commands(ctx), *self._lazy])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command.

        Raises:
            Failure: If what it needs is not installed.
        """
        lazy = self._lazy.get(cmd_name)
        if lazy is None:
            return super().get_command(ctx, cmd_name)
        try:
            command: click.Command = getattr(import_module(lazy.module), lazy.name)
        except ModuleNotFoundError as error:
            words = f"`automlv2 {cmd_name}` needs {error.name}"
            raise Failure(words, tool("pip", "install", f"cdk-automlv2[{lazy.extra}]")) from error
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, item.help) for name, item in sorted(self._lazy.items())])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin so, without importing them."""
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        helps = {name: lazy.help for name, lazy in self._lazy.items()}
        found = [CompletionItem(name, help=helps.get(name)) for name in names]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]
