"""What can go wrong with the local cloud; each says in one line what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LocalCloudError(Exception):
    """When the local cloud is not there, is there already, or cannot be."""


class CdkError(Exception):
    """When the CDK CLI failed; what it said was shown before."""


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into one line."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise LocalCloudError(f"cannot keep the local cloud in {folder}: {reason}") from error
