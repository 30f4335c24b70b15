"""The next command: it leads to the same AWS, and it is not the one that was just typed."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from cdk_automlv2.cli import out

NEXT: Final = "next: "
DOCTOR: Final = "automlv2 doctor"
ELSEWHERE: Final = "another --region or --profile"
"""Dropped where the local cloud was meant, which has neither."""

LOCAL_FOLDER: Final = Path(".automlv2")
_TYPED: Final = "cdk_automlv2.typed"
_CHOSEN: Final = "cdk_automlv2.chosen"
_OPTIONS: Final = ("local", "profile", "region")
_LOCAL: Final = "automlv2 local"
_DEPLOY: Final = "cdk deploy"
_OF_NO_ACCOUNT: Final = (_LOCAL, *(f"automlv2 {name}" for name in ("schema", "stacks", "validate")))
"""Commands that do not take the options of an account."""

Choice = str | tuple[str, str]
"""A command, or a command and what is said behind it."""


def remember(context: click.Context, arguments: Sequence[str]) -> None:
    """Keep what was typed, for what is said at the end."""
    context.meta[_TYPED] = list(arguments)


def choose(context: click.Context, **chosen: Any) -> None:
    """Keep which AWS is meant: ``profile``, ``region`` and ``local``, or ``folder``."""
    context.meta[_CHOSEN] = chosen


def run(*arguments: str) -> str:
    """Return a command of this library as it is typed."""
    return shlex.join(["automlv2", *arguments])


def again(wrong: str = "", right: str = "", *more: str) -> str:
    """Return the command that was typed, with a name changed and options added.

    Args:
        wrong: The name, or the stack of it, that is replaced.
        right: What stands in its place.
        more: What is added.
    """
    given = [_changed(item, wrong, right) for item in _typed()]
    return run(*given, *more)


def following(*choices: Choice) -> str:
    """Return the next command, with the options that say which AWS was meant.

    Args:
        choices: The best one first. One that was just typed is left out; if none is left, it is
            the help of what was typed.
    """
    kept = [said for choice in choices if (said := _said(choice))]
    return ", or ".join(kept) or help_of(click.get_current_context(silent=True))


def suggest(*choices: Choice) -> None:
    """Say the next command where nothing has failed."""
    out.remark(f"{NEXT}{following(*choices)}")


def help_of(context: click.Context | None) -> str:
    """Return the command that explains the one that was typed."""
    path = context.command_path if context else "automlv2"
    below = context.invoked_subcommand if context else None
    return f"{path} {below} --help" if below else f"{path} --help"


def local_choice() -> list[Choice]:
    """Return the same on the local cloud, if one has its state in this folder."""
    if options_typed() or not (LOCAL_FOLDER / "state.json").is_file():
        return []
    return [(again("", "", "--local"), "for the local cloud that runs here")]


def options_typed() -> str:
    """Return the options that say which AWS was meant, as they are typed."""
    chosen = _chosen()
    words = " --local" if chosen.get("local") else ""
    for name in ("profile", "region"):
        words += f" --{name} {shlex.quote(str(chosen[name]))}" if chosen.get(name) else ""
    return words


def is_local() -> bool:
    """Whether the local cloud was meant."""
    return bool(_chosen().get("local"))


def here() -> str:
    """Return where was looked, in words."""
    return "in the local cloud" if is_local() else "in this account and Region"


def _said(choice: Choice) -> str:
    """Return a choice as it is printed; empty where it leads nowhere."""
    command, words = choice if isinstance(choice, tuple) else (choice, "")
    completed = _completed(command)
    if not completed or sorted(_split(completed)) == sorted(["automlv2", *_typed()]):
        return ""
    return f"{completed} {words}".rstrip()


def _completed(command: str) -> str:
    """Return a command with the options that lead to the same AWS."""
    if is_local() and command in (ELSEWHERE, _DEPLOY):
        return f"{_LOCAL} deploy" if command == _DEPLOY else ""
    if command.startswith(_LOCAL):
        return _of_folder(command)
    if not command.startswith("automlv2 ") or command.startswith(_OF_NO_ACCOUNT):
        return command
    has_them = {f"--{name}" for name in _OPTIONS} & {*_split(command)}
    return command if has_them or "--help" in command else command + options_typed()


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # Words with a quotation mark.
        return [command]


def _of_folder(command: str) -> str:
    """Return a command on the local cloud, with its folder if that was given."""
    folder = _chosen().get("folder")
    if folder is None or "--folder" in command:
        return command
    return command.replace(_LOCAL, f"{_LOCAL} --folder {shlex.quote(str(folder))}", 1)


def _typed() -> list[str]:
    found: list[str] = _meta().get(_TYPED, [])
    return found


def _chosen() -> Mapping[str, Any]:
    found: Mapping[str, Any] = _meta().get(_CHOSEN, {})
    return found


def _meta() -> Mapping[str, Any]:
    """Return what the contexts of a command share, the root's among them."""
    context = click.get_current_context(silent=True)
    return context.meta if context else {}


def _changed(given: str, wrong: str, right: str) -> str:
    if wrong and (given == wrong or given.startswith(f"{wrong}/")):
        return right + given[len(wrong) :]
    return given
