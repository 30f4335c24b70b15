"""Errors of the local cloud; each message is one line and says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OTHER_FOLDER = "automlv2 local --folder OTHER start"


class LocalCloudError(Exception):
    """When the local cloud is not there, is there already, or cannot be.

    Args:
        message: What is wrong.
        next: The command that helps; what comes first is ``automlv2``.
    """

    def __init__(self, message: str, next: str) -> None:
        super().__init__(f"{message}; {next}")
        self.message = message
        self.next = next


class CdkError(Exception):
    """When the CDK CLI failed; its output was shown before."""


@contextmanager
def file_errors(folder: Path) -> Iterator[None]:
    """Turn errors of the file system into a LocalCloudError."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        words = f"cannot keep the local cloud in {folder}: {reason}"
        raise LocalCloudError(words, OTHER_FOLDER) from error
