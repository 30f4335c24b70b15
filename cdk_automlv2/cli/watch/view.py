"""A snapshot as a person reads it, at any width."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cdk_automlv2.cli import safe
from cdk_automlv2.cli.following import run
from cdk_automlv2.cli.glyphs import Glyphs
from cdk_automlv2.cli.jobs import leaderboard
from cdk_automlv2.cli.times import duration
from cdk_automlv2.cli.watch.phases import ORDER, PREPARE
from cdk_automlv2.cli.watch.snapshot import (
    EndpointState,
    JobState,
    ReleaseState,
    Snapshot,
    StackState,
    State,
)

_MOST_CANDIDATES: Final = 5
_STEPS: Final = len(ORDER) - 1
_Below = JobState | EndpointState | ReleaseState


def render(
    snapshot: Snapshot, now: datetime.datetime, glyphs: Glyphs, options: str = ""
) -> RenderableType:
    """Return a snapshot; times go on until ``now``.

    Args:
        snapshot: What is shown.
        now: This moment.
        glyphs: Signs that the terminal has.
        options: Those that say which AWS is looked at, for the next command.
    """
    lines: list[RenderableType] = []
    if snapshot.stack:
        lines.append(_head(snapshot.stack, _of_stack(snapshot.stack, now), glyphs))
    below: list[_Below] = [*snapshot.jobs, *snapshot.endpoints, *snapshot.releases]
    for state in below:
        lines += [_indent(line) for line in _state(state, now, glyphs, options)]
    return Group(*lines)


def _state(
    state: _Below, now: datetime.datetime, glyphs: Glyphs, options: str
) -> Iterator[RenderableType]:
    match state:
        case JobState():
            yield from _job(state, now, glyphs, options)
        case EndpointState():
            yield _head(state, f"{state.id or state.name}  {state.status}", glyphs)
            yield from _why(state.failure)
        case ReleaseState():
            words = f"{state.id}  release {state.number}  {state.state}"
            yield _head(state, words, glyphs)
            yield from _why(state.reason)
            if state.job is not None:
                job = replace(state.job, id="")  # The release's own.
                yield from (_indent(line) for line in _job(job, now, glyphs, options))


def _of_stack(stack: StackState, now: datetime.datetime) -> str:
    words = f"{stack.name}  {stack.status}"
    if stack.total:
        words += f"  {stack.done} of {stack.total} resources"
    if stack.since and not stack.is_settled:
        words += f"  {duration((now - stack.since).total_seconds())}"
    return words


def _job(
    job: JobState, now: datetime.datetime, glyphs: Glyphs, options: str
) -> Iterator[RenderableType]:
    status = job.status if job.status == job.secondary else f"{job.status} ({job.secondary})"
    yield _head(job, f"{job.id or job.name}  {status}", glyphs)
    if job.id:
        yield _indented(job.name, "dim")
    yield _indented(_how_long(job, now, glyphs))
    if job.finished or job.maximum or job.failed:
        yield _indented(_how_many(job, glyphs))
    for item in leaderboard.ranked(job.finished)[:_MOST_CANDIDATES]:
        yield _indented(_candidate(job, item))
    more = len(job.finished) - _MOST_CANDIDATES
    if more > 0:
        command = run("candidates", job.name) + options
        yield _indented(f"   and {more} more: {command}", "dim")
    yield from _why(job.failure)


def _how_long(job: JobState, now: datetime.datetime, glyphs: Glyphs) -> str:
    words = f"{glyphs.bar(_part(job))}  " if not job.is_settled else ""
    words += job.phase or "ended"
    words += f"  {duration(job.elapsed(now))}"
    if job.cap and not job.is_settled:
        words += f" of at most {duration(job.cap)}"
    left = job.left(now)
    if left is not None:
        count = len(job.finished)
        words += f"  {glyphs.about}{duration(left)} of training left"
        words += f" (estimate from {count} candidate{'s' if count > 1 else ''})"
    return words


def _part(job: JobState) -> float:
    """Return how far a job is, by its phases; the candidates say how far the training is."""
    place = ORDER.index(job.phase or PREPARE)
    within = len(job.finished) / job.maximum if job.maximum and place == 1 else 0.0
    return min(1.0, (place + within) / _STEPS)


def _how_many(job: JobState, glyphs: Glyphs) -> str:
    finished = job.finished
    words = f"{len(finished)}{f' of at most {job.maximum}' if job.maximum else ''} candidates"
    values = [value for item in finished if (value := leaderboard.value_of(item)) is not None]
    if job.failed:
        words += f", {job.failed} failed"
    if values:
        metric = leaderboard.objective_of(finished[-1]).get("MetricName") or "objective"
        words += f"  {metric} {glyphs.sparkline(values[-20:])}"
    return words


def _candidate(job: JobState, item: leaderboard.Candidate) -> str:
    name = item["CandidateName"]
    sign = "*" if name == job.best else " "
    value = leaderboard.number(leaderboard.value_of(item))
    return f" {sign} {value:>8}  {name.removeprefix(f'{job.name}-')}"


def _why(reason: str) -> Iterator[RenderableType]:
    if reason:
        yield _indented(reason, "red")


def _head(state: State, words: str, glyphs: Glyphs) -> Text:
    """Return a line with the sign of a state before it, in bold."""
    if not state.is_settled:
        sign, style = glyphs.running, "cyan"
    elif state.is_good:
        sign, style = glyphs.good, "green"
    else:
        sign, style = glyphs.bad, "red"
    return Text.assemble((f"{sign} ", style), (safe.line(words), "bold"), overflow="fold")


def _indent(line: RenderableType) -> RenderableType:
    return Padding(line, (0, 0, 0, 2))


def _indented(words: str, style: str = "") -> RenderableType:
    return _indent(Text(safe.lines(words), style=style, overflow="fold"))
