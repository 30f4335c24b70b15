"""Lengths of time as files have them: ``90 minutes``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
PATTERN = rf"^[0-9]{{1,9}} ({'|'.join(_UNITS)})s?$"
SHORT_PATTERN = r"^[0-9]{1,9} (milliseconds?|seconds?)$"
SHORT_RULE = "must be a number and a unit, such as 200 milliseconds or 2 seconds"
RULE = "must be a number and a unit, such as 90 seconds, 30 minutes, 12 hours or 2 days"


@dataclass(frozen=True, repr=False)
class Length:
    """A length of time; asked by the rules as ``cdk.Duration`` is, which needs Node."""

    text: str
    seconds: int
    milliseconds: int = 0

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        """Return what an error shows."""
        return repr(self.text)

    def is_unresolved(self) -> bool:
        """Return False: a file knows its times."""
        return False

    def to_milliseconds(self) -> int:
        """Return the whole length."""
        return self.seconds * 1000 + self.milliseconds

    def to_seconds(self) -> int:
        """Return the whole length."""
        return self.seconds

    def to_human_string(self) -> str:
        """Return it as it was typed."""
        return self.text


def parse(text: str) -> Length | None:
    """Return the length that a text means; ``None`` if it means none."""
    if not re.fullmatch(PATTERN, text):
        return None
    number, unit = text.split(" ")
    return Length(text, int(number) * _UNITS[unit.removesuffix("s")])


def parse_short(text: str) -> Length | None:
    """Return a length of milliseconds or seconds; ``None`` if it is none."""
    if not re.fullmatch(SHORT_PATTERN, text):
        return None
    number, unit = text.split(" ")
    seconds, rest = divmod(int(number) * (1 if unit.startswith("milli") else 1000), 1000)
    return Length(text, seconds, rest)


def hint(text: str) -> str | None:
    """Return what was most likely meant."""
    bare = re.fullmatch(r"([0-9]{1,9})\s*([a-zA-Z]*)", text.strip())
    if bare is None:
        return None
    letters = bare[2].lower() or "s"
    unit = next(
        (unit for unit in _UNITS if unit.startswith(letters.removesuffix("s") or "s")), None
    )
    return f"write {bare[1]} {unit}s" if unit else None
