"""Rules of what trains a release again; they need no CDK."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from cdk_automlv2._core.options import Rule
from cdk_automlv2._core.service_model import nearest
from cdk_automlv2.errors import OptionFault

if TYPE_CHECKING:
    import aws_cdk as cdk

_LONGEST_SECONDS = 7 * 24 * 3600
QUIET_SECONDS = 15 * 60
DAY_SECONDS = 24 * 3600


def _seconds_faults(name: str, value: cdk.Duration | None, least: int) -> Iterator[OptionFault]:
    if value is None:
        return
    if value.is_unresolved():
        yield OptionFault(name, "must be known at synth", "a token")
        return
    seconds = value.to_milliseconds() / 1000
    if not least <= seconds <= _LONGEST_SECONDS:
        rule = f"must be {least} s to {_LONGEST_SECONDS // 86400} days"
        yield OptionFault(name, rule, value.to_human_string())
    elif seconds % 1:
        yield OptionFault(name, "must be whole seconds", f"{seconds:g} s")


def quiet_rule(quiet_for: cdk.Duration | None) -> Iterator[OptionFault]:
    """Long enough for one upload of several objects."""
    yield from _seconds_faults("quiet_for", quiet_for, 1)


def max_wait_rule(
    quiet_for: cdk.Duration | None, max_wait: cdk.Duration | None
) -> Iterator[OptionFault]:
    """Not shorter than one wait for quiet."""
    found = list(_seconds_faults("max_wait", max_wait, 1))
    yield from found
    if found or any(value and value.is_unresolved() for value in (quiet_for, max_wait)):
        return
    quiet = seconds_of(quiet_for, QUIET_SECONDS)
    if seconds_of(max_wait, DAY_SECONDS) < quiet:
        got = "1 day" if max_wait is None else max_wait.to_human_string()
        yield OptionFault("max_wait", f"must be quiet_for, {quiet} s, or more", got)


def cool_down_rule(cool_down: cdk.Duration | None) -> Iterator[OptionFault]:
    """A time that an alarm may not start a second release in."""
    yield from _seconds_faults("cool_down", cool_down, 0)


def seconds_of(value: cdk.Duration | None, usual: int) -> int:
    """Return a time in seconds; the usual one where there is none."""
    return usual if value is None else int(value.to_milliseconds() // 1000)


_SCHEDULES = re.compile(
    r"cron\(\S+( \S+){5}\)|rate\([1-9][0-9]* (minute|hour|day)s?\)"
    r"|at\([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\)"
)


def schedule_rule(schedule: str) -> Iterator[OptionFault]:
    """One of three forms.

    Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """
    if not _SCHEDULES.fullmatch(schedule):
        rule = "must be cron(…) of six fields, rate(… hours) or at(yyyy-mm-ddThh:mm:ss)"
        yield OptionFault("schedule", rule, schedule)


def time_zone_rule(time_zone: str | None) -> Iterator[OptionFault]:
    """A zone of the IANA database, where this machine has one."""
    known = available_timezones()
    if time_zone is not None and known and time_zone not in known:
        rule = "must be a time zone such as Europe/Berlin"
        yield OptionFault("time_zone", rule, time_zone, nearest(time_zone, sorted(known)))


def once_rule(retraining: list[Any]) -> Iterator[OptionFault]:
    """An id of its own for each, from the second of a kind on."""
    seen: set[str] = set()
    for index, item in enumerate(retraining):
        name = item.get("id") or item["kind"]
        if name in seen:
            rule = "must be set, and another one, from the second of a kind on"
            yield OptionFault(f"retraining[{index}].id", rule, item.get("id"))
        seen.add(name)


TRIGGER_RULES: dict[str, tuple[Rule, ...]] = {
    "schedule": (schedule_rule, time_zone_rule),
    "new_data": (quiet_rule, max_wait_rule),
    "alarm": (cool_down_rule,),
}
"""By the kind of trigger in files."""
