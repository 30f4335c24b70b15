"""What a check says, and how it ends when AWS does not answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import click
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from cdk_automlv2.cli.failures import DENIED, code_of
from cdk_automlv2.cli.following import Command


class State(StrEnum):
    """How it is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What it is.
        state: How it is.
        detail: What was found.
        remedy: What to do, in words; empty where nothing is to be done.
        next: The command that does it, or leads to it.
    """

    name: str
    state: State
    detail: str
    remedy: str = ""
    next: Command | None = None


def failed(name: str, detail: str, next: Command, remedy: str = "") -> Check:
    """Return a check that a deployment would fail by; none is without a next command."""
    return Check(name, State.FAILED, detail, remedy or next, next)


def safely(name: str, look: Callable[[], Iterable[Check]]) -> list[Check]:
    """Return what a look finds; where AWS refuses or does not answer, that it is not known."""
    try:
        return list(look())
    except NoCredentialsError:
        return [Check(name, State.UNKNOWN, "no credentials")]
    except ClientError as error:
        message = error.response.get("Error", {}).get("Message") or str(error)
        if code_of(error) in DENIED:
            words = f"{error.operation_name} is not allowed"
            return [Check(name, State.UNKNOWN, words, "grant it, or look in the console")]
        if code_of(error).isdigit():
            return [Check(name, State.UNKNOWN, f"{error.operation_name} is not answered here")]
        return [Check(name, State.UNKNOWN, f"{code_of(error)}: {message}")]
    except (BotoCoreError, click.ClickException, OSError, ValueError) as error:
        return [Check(name, State.UNKNOWN, str(error))]
