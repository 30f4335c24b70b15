"""Texts and numbers as a page shows them; whatever comes from data passes through here."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Signs that no XML may hold, or that turn the text around them."""


def clean(value: object) -> str:
    """Return a value as a text that a page and a drawing can hold."""
    return " ".join(_HIDDEN.sub("\ufffd", str(value)).split())


def shortened(text: str, most: int = 22) -> str:
    """Return a text with its middle left out where it is long; wide signs count twice."""
    if width(text) <= most:
        return text
    half = (most - 1) // 2
    return f"{_start(text, half)}…{_start(text[::-1], half)[::-1]}"


def width(text: str) -> int:
    """Return how many letters of usual width a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def number(value: Any) -> float | None:
    """Return a finite number, however a report holds it; ``None`` for NaN and what is none."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def shown(value: float | None) -> str:
    """Return a number with four digits that count."""
    if value is None:
        return "–"
    if value == int(value) and abs(value) < 1e7:
        return f"{int(value):,}"
    return f"{value:,.4g}" if 1e-4 <= abs(value) < 1e7 else f"{value:.3e}"


def metric(value: float | None, name: str) -> str:
    """Return a metric's value; a latency in milliseconds."""
    if value is not None and name == "InferenceLatency":
        return shown(value * 1000)
    return shown(value)


def title(name: str) -> str:
    """Return the head of a metric's column, with its unit."""
    return "ms/row" if name == "InferenceLatency" else name


def counted(count: int, one: str, several: str = "") -> str:
    """Return a number with its noun."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def moment(value: Any) -> str:
    """Return a time of the API, in UTC."""
    if not isinstance(value, datetime):
        return clean(value)
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def duration(seconds: float) -> str:
    """Return a length of time."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"


def shared_prefix(names: list[str]) -> str:
    """Return what all names begin with, up to a hyphen; nothing of a single name."""
    if len(names) < 2:
        return ""
    least, most = min(names), max(names)
    same = 0
    while same < min(len(least), len(most)) and least[same] == most[same]:
        same += 1
    return least[: least.rfind("-", 0, same) + 1]


def _start(text: str, most: int) -> str:
    taken = ""
    for sign in text:
        if width(taken + sign) > most:
            break
        taken += sign
    return taken
