"""Text from elsewhere, made harmless for a terminal.

A name, a reason or a log line may hold escape sequences that move the cursor, rewrite the title or
hide what stands before them. They are shown as what they are, never interpreted.
"""

from __future__ import annotations

import re
from typing import Final

_DIRECTIONS: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Marks that turn the direction of writing, so that a text is read as another."""

_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\U000e0000-\U000e007f"
    f"{_DIRECTIONS}]"
)
_BREAKS: Final = re.compile("[\t\n]")


def lines(text: object) -> str:
    """Return a text whose only control characters are line feeds and tabs."""
    return _UNSAFE.sub(_shown, str(text))


def line(text: object) -> str:
    """Return a text without any control character: a cell, a name."""
    return _BREAKS.sub(_shown, lines(text))


def _shown(found: re.Match[str]) -> str:
    """Return a character as Python writes it in a literal."""
    return found[0].encode("unicode_escape", "surrogatepass").decode("ascii")
