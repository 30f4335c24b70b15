"""How a column writes its times: decided once from all of them, and kept in the model.

A form is taken only where no value can be meant otherwise; 03/04/2025 may be in March or in April,
and is taken only where another value of the column decides it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_CLOCK = r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?)?"
_ZONE = r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})(?:\2(\d{{1,2}})(?!\d){_CLOCK}{_ZONE})?")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_CLOCK}{_ZONE}")
_COMPACT = re.compile(r"((?:1[89]|2\d)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?")
_PLAIN_NUMBER = re.compile(r"(\d+)(?:\.(\d+))?")
_NAMED = ("%d %b %Y", "%d-%b-%Y", "%d/%b/%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %Y")
_NAMED_MONTHS = (*_NAMED, "%B %Y", "%b-%Y", "%Y-%b-%d", "%Y %b %d", "%b %d %Y", "%B %d %Y")
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3), (1e8, 1.0))
"""Least number of nanoseconds, microseconds, milliseconds and seconds since 1970, and how many of
them a second has; from 1973 on."""

_YEARS = range(1800, 2200)

ISO, DAY_FIRST, MONTH_FIRST, NAMED = "year first", "day first", "month first", "month by name"
COMPACT, YEAR, EPOCH = "form YYYYMMDD or YYYYMM", "year alone", "seconds since 1970"
_YEAR_IS_LAST = "year last"
"""Until it is known whether the day or the month is first."""


class TimeError(ValueError):
    """When a value is no time, or may be several.

    Attributes:
        value: The value.
    """

    def __init__(self, value: str, why: str) -> None:
        super().__init__(why)
        self.value = value


@dataclass(frozen=True)
class TimeForm:
    """How times are written.

    Attributes:
        kind: One of the constants above.
        per_second: Of the numbers since 1970, how many a second has.
        zoned: Whether the values have different offsets from UTC; they are then put into UTC.
    """

    kind: str
    per_second: float = 1.0
    zoned: bool = False

    @classmethod
    def of(cls, values: Iterable[str]) -> TimeForm:
        """Return the form in which all values are written.

        Raises:
            TimeError: If there is none, or more than one.
        """
        found = list(dict.fromkeys(value.strip() for value in values))
        forms = {value: _form(value) for value in found}
        kind = next(iter(forms.values()), ISO)
        for value, other in forms.items():
            if other != kind:
                words = f"it has the {other}, but {found[0]!r} has the {kind}"
                raise TimeError(value, words)
        if kind == _YEAR_IS_LAST:
            return cls(_order(found))
        if kind == EPOCH:
            return cls(EPOCH, _per_second(found))
        zones = {_zone(value) for value in found}
        return cls(kind, zoned=len(zones) > 1)

    def read(self, text: str) -> datetime:
        """Return the time that a text is, without a zone.

        Raises:
            TimeError: If it is not written in this form.
        """
        text = text.strip()
        try:
            made = _READERS[self.kind](text, self)
        except (ValueError, OverflowError) as error:
            raise TimeError(text, f"it is no such time ({error})") from error
        if made is None:
            raise TimeError(text, f"a time with the {self.kind} is expected")
        if made.tzinfo is not None and self.zoned:
            made = made.astimezone(UTC)
        return made.replace(tzinfo=None)


def _form(text: str) -> str:
    number = _PLAIN_NUMBER.fullmatch(text)
    if number is not None and _is_year(*number.groups()):
        return YEAR
    if _YEAR_FIRST.fullmatch(text):
        return ISO
    if _YEAR_LAST.fullmatch(text):
        return _YEAR_IS_LAST
    if number is not None:
        return COMPACT if _COMPACT.fullmatch(text) else EPOCH
    if _by_name(text) is not None:
        return NAMED
    raise TimeError(text, "write YYYY-MM-DD HH:MM:SS")


def _is_year(whole: str, rest: str | None) -> bool:
    return len(whole) == 4 and int(whole) in _YEARS and not (rest or "").strip("0")


def _order(values: list[str]) -> str:
    """Return whether day or month comes first."""
    first = second = None
    for value in values:
        found = _YEAR_LAST.fullmatch(value)
        assert found is not None
        if int(found[1]) > 12:
            first = value
        if int(found[3]) > 12:
            second = value
    if first is not None and second is not None:
        raise TimeError(second, f"the month comes first, but in {first!r} the day does")
    if first is None and second is None:
        words = "it may have the day first or the month first, and no value tells which"
        raise TimeError(values[0], f"{words}; write YYYY-MM-DD")
    return MONTH_FIRST if first is None else DAY_FIRST


def _per_second(values: list[str]) -> float:
    """Return the unit of numbers since 1970, from their size."""
    units = {
        next((unit for least, unit in _UNITS if float(value) >= least), 0.0) for value in values
    }
    if units == {0.0} or len(units) > 1:
        value = min(values, key=float)
        raise TimeError(value, "it is no year, no YYYYMMDD, and no seconds since 1970")
    return units.pop()


def _zone(text: str) -> str:
    found = _YEAR_FIRST.fullmatch(text)
    return (found[10] or "") if found else ""


def _iso(text: str, form: TimeForm) -> datetime | None:
    found = _YEAR_FIRST.fullmatch(text)
    if found is None:
        return None
    year, _, month, day, *clock = found.groups()
    return _moment(year, month, day or "1", clock)


def _year_last(text: str, form: TimeForm) -> datetime | None:
    found = _YEAR_LAST.fullmatch(text)
    if found is None:
        return None
    first, _, second, year, *clock = found.groups()
    day, month = (first, second) if form.kind == DAY_FIRST else (second, first)
    return _moment(year, month, day, clock)


def _moment(year: str, month: str, day: str, clock: list[str | None]) -> datetime:
    hours, minutes, seconds, fraction, half, zone = clock
    hour = int(hours or 0)
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(f"hour {hour} with {half}")
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    day_after = hour == 24 and not int(minutes or 0) and not int(seconds or 0)
    micros = int((fraction or "0").ljust(6, "0")[:6])
    made = datetime(
        int(year),
        int(month),
        int(day),
        0 if day_after else hour,
        int(minutes or 0),
        int(seconds or 0),
        micros,
        tzinfo=_offset(zone),
    )
    return made + timedelta(days=1) if day_after else made


def _offset(zone: str | None) -> timezone | None:
    if not zone:
        return None
    if zone[0] not in "+-":
        return UTC
    digits = zone[1:].replace(":", "")
    distance = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-distance if zone[0] == "-" else distance)


def _compact(text: str, form: TimeForm) -> datetime | None:
    found = _COMPACT.fullmatch(text)
    return None if found is None else datetime(int(found[1]), int(found[2]), int(found[3] or 1))


def _year(text: str, form: TimeForm) -> datetime | None:
    return datetime(int(float(text)), 1, 1) if _form(text) == YEAR else None


def _epoch(text: str, form: TimeForm) -> datetime | None:
    if not _PLAIN_NUMBER.fullmatch(text):
        return None
    return datetime(1970, 1, 1) + timedelta(seconds=float(text) / form.per_second)


def _by_name(text: str, form: TimeForm | None = None) -> datetime | None:
    for pattern in _NAMED_MONTHS:
        for clock in ("", " %H:%M", " %H:%M:%S"):
            try:
                return datetime.strptime(text, pattern + clock)
            except ValueError:
                continue
    return None


_READERS: dict[str, Callable[[str, TimeForm], datetime | None]] = {
    ISO: _iso,
    DAY_FIRST: _year_last,
    MONTH_FIRST: _year_last,
    COMPACT: _compact,
    YEAR: _year,
    EPOCH: _epoch,
    NAMED: _by_name,
}
