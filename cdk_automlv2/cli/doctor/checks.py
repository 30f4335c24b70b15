"""What a check says, and how it ends when AWS does not answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import click
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from cdk_automlv2.cli.failures import DENIED, code_of


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
        remedy: What to do; empty where nothing is to be done.
    """

    name: str
    state: State
    detail: str
    remedy: str = ""


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
