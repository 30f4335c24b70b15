"""Signs of the terminal: those that its encoding has, else ASCII."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_PLAIN_LOCALES: Final = frozenset({"C", "POSIX"})


@dataclass(frozen=True)
class Glyphs:
    """Signs for one kind of terminal.

    Attributes:
        full: A filled part of a bar.
        empty: The rest of a bar.
        levels: Heights of a sparkline, the lowest first.
        about: Before an estimate.
        good: Before what is done.
        bad: Before what has failed.
        running: Before what goes on.
        unknown: Before what is not known.
    """

    full: str
    empty: str
    levels: str
    about: str
    good: str
    bad: str
    running: str
    unknown: str

    def bar(self, part: float, width: int = 10) -> str:
        """Return a bar, of which ``part`` (0 to 1) is filled."""
        filled = round(max(0.0, min(1.0, part)) * width)
        return self.full * filled + self.empty * (width - filled)

    def sparkline(self, values: Sequence[float]) -> str:
        """Return a sign for each value, by its height between the least and the greatest."""
        if not values:
            return ""
        low, high = min(values), max(values)
        top = len(self.levels) - 1
        if low == high:
            return self.levels[top] * len(values)
        return "".join(self.levels[round((item - low) / (high - low) * top)] for item in values)


RICH: Final = Glyphs("█", "░", "▁▂▃▄▅▆▇█", "≈ ", "✔", "✘", "●", "?")
ASCII: Final = Glyphs("#", ".", "_.-=+*%#", "about ", "ok", "x", "*", "?")


def glyphs_for(encoding: str, environment: Mapping[str, str] = os.environ) -> Glyphs:
    """Return the signs that a stream of that encoding can show.

    A locale that is C or POSIX says that the terminal has ASCII, whatever Python makes of it.
    """
    named = environment.get("LC_ALL") or environment.get("LANG") or ""
    if named.partition(".")[0] in _PLAIN_LOCALES and "utf" not in named.lower():
        return ASCII
    try:
        "".join(vars(RICH).values()).encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return ASCII
    return RICH
