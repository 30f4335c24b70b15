"""Moments and durations, as people read them."""

from __future__ import annotations

import datetime
import re
from typing import Final

_UNITS: Final = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def now() -> datetime.datetime:
    """Return this moment."""
    return datetime.datetime.now(datetime.UTC)


def duration(seconds: float) -> str:
    """Return a duration such as ``0:07``, ``12:05``, ``2:00:00`` or ``3 d 4 h``."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    if days >= 2:
        return f"{days} d {hours_left} h"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def took(seconds: float) -> str:
    """Return the duration of what has ended: under a second, tenths of one."""
    return f"{max(seconds, 0.1):.1f} s" if 0 < seconds < 1 else duration(seconds)


def moment(value: datetime.datetime | None) -> str:
    """Return a moment in the time of this machine, to the second."""
    return value.astimezone().strftime("%Y-%m-%d %H:%M:%S") if value else ""


def seconds(text: str) -> float:
    """Return the seconds of ``90``, ``90s``, ``15m``, ``2h`` or ``3d``.

    Raises:
        ValueError: If the text is none of these.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d)?", text.strip().removesuffix(" ago"))
    if found is None:
        raise ValueError(f"{text!r} is no duration; write 90s, 15m, 2h or 3d")
    return float(found[1]) * _UNITS[found[2] or "s"]
