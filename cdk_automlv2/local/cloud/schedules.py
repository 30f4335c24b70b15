"""When schedules fire: ``at``, ``rate`` and ``cron`` in any time zone, and faster than the wall.

A schedule's own clock starts when it is created or changed, and runs as fast as the local cloud
does: at speed 60 a rate of an hour fires every minute, and a moment two hours ahead comes in two
minutes. Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")


class ScheduleError(ValueError):
    """When a schedule's expression or time zone is none."""


def firings(expression: str, zone: str, anchor: float) -> Iterator[float]:
    """Return the moments at which a schedule fires, in order, in seconds since the epoch.

    A local time that daylight saving leaves out is left out, one that comes twice fires once.

    Args:
        expression: ``at(…)``, ``rate(…)`` or ``cron(…)``.
        zone: Name of the time zone of ``at`` and ``cron``.
        anchor: When the schedule begins.

    Raises:
        ScheduleError: If the expression or the zone is none.
    """
    from ministack.services import eventbridge

    place = _zone(zone)
    at = _AT.fullmatch(expression)
    if at:
        return iter([_moment(at[1], expression).replace(tzinfo=place).timestamp()])
    interval = eventbridge._parse_rate_seconds(expression)
    if interval:
        return _every(interval, anchor)
    fields = eventbridge._parse_cron_fields(expression)
    if fields is None:
        raise ScheduleError(f"Invalid Schedule Expression {expression}.")
    return _by_cron(fields, place, anchor)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ScheduleError(f"Invalid Schedule Expression Timezone {name}.") from error


def _moment(text: str, expression: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ScheduleError(f"Invalid Schedule Expression {expression}.") from error


def _every(interval: int, anchor: float) -> Iterator[float]:
    moment = anchor
    while True:
        moment += interval
        yield moment


def _by_cron(fields: object, zone: ZoneInfo, anchor: float) -> Iterator[float]:
    from ministack.services import eventbridge

    wall = datetime.fromtimestamp(anchor, zone).replace(tzinfo=None)
    while True:
        found = eventbridge._cron_next_fire(fields, wall)
        if found is None:
            return
        wall = found.replace(tzinfo=None)
        moment = wall.replace(tzinfo=zone)
        if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall:
            yield moment.timestamp()


@dataclass
class _Clock:
    """One schedule's clock, and what is still to come."""

    signature: tuple[str, str, float]
    moments: Iterator[float]
    coming: float | None


@dataclass
class Clocks:
    """The clocks of all schedules.

    Attributes:
        speed: How much faster than the wall's they run.
    """

    speed: float
    _clocks: dict[object, _Clock] = field(default_factory=dict)

    def now(self, anchor: float, wall: float) -> float:
        """Return what the clock of a schedule shows that began at ``anchor``."""
        return anchor + (wall - anchor) * self.speed

    def due(
        self, key: object, expression: str, zone: str, anchor: float, wall: float
    ) -> float | None:
        """Return the newest moment that has come since the last call; none if none has.

        Args:
            key: Identifies the schedule.
            expression: When it fires.
            zone: In which time zone.
            anchor: When it was created or changed; another one restarts its clock.
            wall: The wall's time.
        """
        signature = (expression, zone, anchor)
        clock = self._clocks.get(key)
        if clock is None or clock.signature != signature:
            moments = firings(expression, zone, anchor)
            clock = self._clocks[key] = _Clock(signature, moments, next(moments, None))
        now, newest = self.now(anchor, wall), None
        while clock.coming is not None and clock.coming <= now:
            newest, clock.coming = clock.coming, next(clock.moments, None)
        return newest

    def is_over(self, key: object) -> bool:
        """Whether nothing is to come."""
        clock = self._clocks.get(key)
        return clock is not None and clock.coming is None

    def forget(self, key: object) -> None:
        """Forget a schedule."""
        self._clocks.pop(key, None)
