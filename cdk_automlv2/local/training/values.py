"""What a cell's text means: a number, a truth value, a day.

Only what cannot be misread is a number: no separators of thousands, no decimal commas, no words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

LARGEST = 1e100
"""Numbers beyond are refused: their squares would be infinite."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NUMERIC_SIGNS = re.compile(r"[0-9+\-.eE \n]*")
_INFINITY = re.compile(r"[+-]?inf(?:inity)?", re.I)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?")
_TRUTH = {"true": 1.0, "1": 1.0, "1.0": 1.0, "false": 0.0, "0": 0.0, "0.0": 0.0}


def number(text: str) -> float | None:
    """Return the number that a text is, infinite ones too, or ``None``."""
    text = text.strip()
    if _NUMBER.fullmatch(text) or _INFINITY.fullmatch(text):
        return float(text)
    return None


def plain_numbers(texts: Sequence[str]) -> list[float] | None:
    """Return the numbers that all texts are; ``None`` if one may be none, or is infinite.

    It decides as ``number`` does, and much faster.
    """
    if not _NUMERIC_SIGNS.fullmatch("\n".join(texts)):
        return None
    try:
        made = [float(text) for text in texts]
    except ValueError:
        return None
    return made if not made or (is_usable(max(made)) and is_usable(min(made))) else None


def is_usable(value: float) -> bool:
    """Whether a number can be learnt from."""
    return abs(value) <= LARGEST


def truth(text: str) -> float | None:
    """Return 1 for true and 0 for false, in any case or as these numbers, or ``None``."""
    return _TRUTH.get(text.strip().lower())


def moment(text: str) -> float | None:
    """Return the seconds since 1970 of a day or time in ISO 8601, or ``None``."""
    text = text.strip()
    if not _DAY.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).timestamp()
