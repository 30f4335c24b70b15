"""The next command: it leads to the same AWS, and it is not the one that was just typed."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NewType

import click

from cdk_automlv2.cli import out

Command = NewType("Command", str)
"""What can be typed as it stands; made in this module alone, by ``run``, ``tool`` and ``again``."""

Program = Literal["aws", "cdk", "chmod", "npm", "pip"]
"""Programs of others that a next command may be of."""


class Words(str):
    """What may help instead of a command: said behind one, never alone."""

    __slots__ = ()


NEXT: Final = "next: "
DOCTOR: Final = Command("automlv2 doctor")
ELSEWHERE: Final = Words("another --region or --profile")
"""Dropped where the local cloud was meant, which has neither."""

LOCAL_FOLDER: Final = Path(".automlv2")
_TYPED: Final = "cdk_automlv2.typed"
_CHOSEN: Final = "cdk_automlv2.chosen"
_OPTIONS: Final = ("local", "profile", "region")
_LOCAL: Final = "automlv2 local"
_OF_NO_ACCOUNT: Final = (_LOCAL, *(f"automlv2 {name}" for name in ("schema", "stacks", "validate")))
"""Commands that do not take the options of an account."""

_OF_NO_AWS: Final = ("configure", "sso", "synth")
"""Commands of the AWS CLI and the CDK CLI that ask no account."""

Choice = Command | tuple[Command, str]
"""A command, or a command and what is said behind it."""


def remember(context: click.Context, arguments: Sequence[str]) -> None:
    """Keep what was typed, for what is said at the end."""
    context.meta[_TYPED] = list(arguments)


def choose(context: click.Context, **chosen: Any) -> None:
    """Keep which AWS is meant: ``profile``, ``region`` and ``local``, or ``folder``."""
    context.meta[_CHOSEN] = chosen


def run(*arguments: str) -> Command:
    """Return a command of this library as it is typed."""
    return Command(shlex.join(["automlv2", *arguments]))


def tool(program: Program, *arguments: str) -> Command:
    """Return a command of another program as it is typed."""
    return Command(shlex.join([program, *arguments]))


def of_error(error: Exception) -> Command | None:
    """Return the command that an error of the local cloud names itself, if it does."""
    own: str = getattr(error, "next", "")
    return Command(own) if own else None


def of_stack(command: Command, stack: str) -> Command:
    """Return a command on STACK as one on a stack."""
    return Command(command.replace("STACK", stack))


def again(wrong: str = "", right: str = "", *more: str) -> Command:
    """Return the command that was typed, with a name changed and options added.

    Args:
        wrong: The name, or the stack of it, that is replaced.
        right: What stands in its place.
        more: What is added.
    """
    given = [_changed(item, wrong, right) for item in _typed()]
    return run(*given, *more)


def following(first: Choice, *others: Choice | Words) -> str:
    """Return the next command, with the options that say which AWS was meant.

    Args:
        first: The best one.
        others: What else may be meant. What was just typed is left out; if no command is left,
            it is the help of what was typed.
    """
    commands = [choice for choice in (first, *others) if not isinstance(choice, Words)]
    words = [choice for choice in others if isinstance(choice, Words)]
    kept = [said for choice in commands if (said := _said(choice))]
    kept = kept or [help_of(click.get_current_context(silent=True))]
    return ", or ".join([*kept, *(choice for choice in words if not is_local())])


def suggest(first: Choice, *others: Choice | Words) -> None:
    """Say the next command where nothing has failed."""
    out.remark(f"{NEXT}{following(first, *others)}")


def help_of(context: click.Context | None) -> Command:
    """Return the command that explains the one that was typed."""
    path = context.command_path if context else "automlv2"
    below = context.invoked_subcommand if context else None
    return Command(f"{path} {below} --help" if below else f"{path} --help")


def local_choice() -> list[Choice | Words]:
    """Return the same on the local cloud, if one has its state in this folder."""
    if options_typed() or not (LOCAL_FOLDER / "state.json").is_file():
        return []
    return [(again("", "", "--local"), "for the local cloud that runs here")]


def options_typed() -> str:
    """Return the options that say which AWS was meant, as they are typed."""
    chosen = _chosen()
    words = " --local" if chosen.get("local") else ""
    return words + _option("profile") + _option("region")


def _option(name: str) -> str:
    value = _chosen().get(name)
    return f" --{name} {shlex.quote(str(value))}" if value else ""


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
    if command.startswith(_LOCAL):
        return _of_folder(command)
    if command.startswith(_OF_NO_ACCOUNT):
        return command
    if not command.startswith("automlv2 "):
        return _of_others(command)
    has_them = {f"--{name}" for name in _OPTIONS} & {*_split(command)}
    return command if has_them or "--help" in command else command + options_typed()


def _of_others(command: str) -> str:
    """Return a command of another program, such as leads to the same AWS."""
    program, _, rest = command.partition(" ")
    if program not in ("aws", "cdk") or rest.startswith(_OF_NO_AWS):
        return command
    if not is_local():
        region = _option("region") if program == "aws" else ""  # The CDK's is in the app.
        return command + _option("profile") + region
    if rest.startswith(("deploy", "destroy")):
        return f"{_LOCAL} {rest}"
    return f"{_LOCAL} env for it, then {command}"


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
