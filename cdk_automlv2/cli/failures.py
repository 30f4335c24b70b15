"""Faults that a user can cause: one line and exit status 1 instead of a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from botocore.exceptions import BotoCoreError, ClientError

from cdk_automlv2.local import LocalCloudError
from cdk_automlv2.local.cloud.ask import AskError
from cdk_automlv2.local.cloud.toolchain import ToolMissingError

_TOLD = (
    *(AskError, BotoCoreError, ClientError, LocalCloudError, OSError, RuntimeError),
    *(ToolMissingError, ValueError),
)


@contextmanager
def friendly_errors() -> Iterator[None]:
    """Turn them into what click shows."""
    try:
        yield
    except _TOLD as error:
        raise click.ClickException(str(error)) from error
