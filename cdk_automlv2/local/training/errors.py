"""What goes wrong with data, said so that its owner finds it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

LONGEST_REASON = 1024
"""Characters of a FailureReason."""

_LONGEST_VALUE = 80


class DataError(Exception):
    """When the data cannot be used; the text is the job's FailureReason."""


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Give every error inside that is no ``DataError`` the words of what was being done.

    Raises:
        DataError: In the place of any other error.
    """
    try:
        yield
    except DataError:
        raise
    except ClientError as error:
        words = f"The job's role could not reach its data: {what}: {error}"
        raise DataError(words) from error
    except MemoryError as error:
        raise DataError(f"{what}: not enough memory") from error
    except Exception as error:
        name, text = type(error).__name__, str(error)
        raise DataError(f"{what}: {name}: {text}" if text else f"{what}: {name}") from error


@contextmanager
def quietly() -> Iterator[None]:
    """Keep warnings of the libraries from the user; what they warn of is checked here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def shown(value: Any) -> str:
    """Return a value as a message shows it: quoted, and shortened where it is long."""
    text = repr(str(value))
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def listed(values: Any, most: int = 20) -> str:
    """Return names with commas between them; quoted where their ends would not be seen."""
    names = [str(value) for value in values]
    parts = [name if name and name == name.strip() else repr(name) for name in names[:most]]
    parts = [part if len(part) <= _LONGEST_VALUE else f"{part[:_LONGEST_VALUE]}…" for part in parts]
    return ", ".join([*parts, f"and {len(names) - most} more"] if len(names) > most else parts)


def reason(error: Exception) -> str:
    """Return the text of an error on one line, no longer than a FailureReason may be."""
    text = " ".join(str(error).split())
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 1]}…"
