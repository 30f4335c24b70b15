"""Errors of the local cloud; each message is one line and says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LocalCloudError(Exception):
    """When the local cloud is not there, is there already, or cannot be."""


class CdkError(Exception):
    """When the CDK CLI failed; its output was shown before."""


@contextmanager
def file_errors(folder: Path) -> Iterator[None]:
    """Turn errors of the file system into a LocalCloudError."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise LocalCloudError(f"cannot keep the local cloud in {folder}: {reason}") from error
