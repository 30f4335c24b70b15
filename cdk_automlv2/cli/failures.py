"""Faults that a user can cause: one line and exit status 1 instead of a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from botocore.exceptions import BotoCoreError, ClientError

_TOLD = (BotoCoreError, ClientError, OSError, RuntimeError, ValueError)


@contextmanager
def friendly_errors(*more: type[Exception]) -> Iterator[None]:
    """Turn them into what click shows.

    Args:
        more: What else the command can end in.
    """
    try:
        yield
    except (*_TOLD, *more) as error:
        raise click.ClickException(str(error)) from error
