"""Text and values that every JSON parser on the way to CloudFormation takes."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

_BREAKING: Final = frozenset({"Cc", "Zl", "Zp"})
"""Unicode's control characters and separators of lines and paragraphs."""


def encodable(text: str) -> str:
    """Return text with ``?`` for what UTF-8 cannot say: lone surrogates."""
    return text.encode("utf-8", "replace").decode()


def readable(text: str) -> str:
    """Return encodable text with spaces for control characters, but for ends of lines and tabs."""
    return "".join(
        " " if unicodedata.category(letter) in _BREAKING and letter not in "\n\t" else letter
        for letter in encodable(text)
    )


def one_line(text: str) -> str:
    """Return readable text with single spaces for all white space."""
    return " ".join(readable(text).split())


def plain(value: Any) -> Any:
    """Return a value as JSON has it, its texts encodable.

    Raises:
        TypeError: If JSON has no such value.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, Mapping):
        return {encodable(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} is not a value of JSON")
