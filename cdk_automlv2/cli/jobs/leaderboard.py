"""The candidates of a job, the best first, as rows for people and for programs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console

from cdk_automlv2.cli import grid, safe
from cdk_automlv2.cli.grid import Column
from cdk_automlv2.cli.times import took

Candidate = Mapping[str, Any]
VALIDATION: Final = "Validation"
_LATENCY: Final = "InferenceLatency"
_MINIMIZE: Final = "Minimize"


def ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates with the best first; those without an objective last."""
    known = [item for item in candidates if value_of(item) is not None]
    minimize = any(objective_of(item).get("Type") == _MINIMIZE for item in known)
    known.sort(key=lambda item: value_of(item) or 0.0, reverse=not minimize)
    return [*known, *(item for item in candidates if value_of(item) is None)]


def objective_of(candidate: Candidate) -> Mapping[str, Any]:
    """Return the objective of a candidate; nothing before it has one."""
    found: Mapping[str, Any] = candidate.get("FinalAutoMLJobObjectiveMetric") or {}
    return found


def value_of(candidate: Candidate) -> float | None:
    """Return the value of a candidate's objective; nothing for one that is no number."""
    value = objective_of(candidate).get("Value")
    return float(value) if value is not None and math.isfinite(value) else None


def metrics_of(candidate: Candidate) -> dict[tuple[str, str], float]:
    """Return the metrics of a candidate by name and set; those without a name are left out."""
    properties = candidate.get("CandidateProperties") or {}
    found = {}
    for metric in properties.get("CandidateMetrics") or []:
        name = metric.get("StandardMetricName") or metric.get("MetricName")
        if name and metric.get("Value") is not None:
            found[str(name), str(metric.get("Set", VALIDATION))] = float(metric["Value"])
    return found


def shared_prefix(names: Sequence[str]) -> str:
    """Return what all names begin with, up to a hyphen; nothing of a single name."""
    if len(names) < 2:
        return ""
    least, greatest = min(names), max(names)
    length = next(
        (i for i, pair in enumerate(zip(least, greatest, strict=False)) if pair[0] != pair[1]),
        min(len(least), len(greatest)),
    )
    return least[: least[:length].rfind("-") + 1]


def seconds_of(candidate: Candidate) -> float | None:
    """Return how long a candidate took; nothing before its end."""
    began, ended = candidate.get("CreationTime"), candidate.get("EndTime")
    return (ended - began).total_seconds() if began and ended else None


def row(candidate: Candidate, rank: int | None, best: str) -> dict[str, Any]:
    """Return a candidate as ``--json`` shows it; docs/command.md lists the members."""
    objective = objective_of(candidate)
    return {
        "rank": rank,
        "name": candidate["CandidateName"],
        "best": candidate["CandidateName"] == best,
        "status": candidate.get("CandidateStatus"),
        "objective": objective.get("MetricName") or objective.get("StandardMetricName"),
        "value": value_of(candidate),
        "metrics": [
            {"name": name, "set": kind, "value": value}
            for (name, kind), value in metrics_of(candidate).items()
        ],
        "created": candidate.get("CreationTime"),
        "ended": candidate.get("EndTime"),
        "seconds": seconds_of(candidate),
        "reason": candidate.get("FailureReason"),
    }


def metric_keys(candidates: Sequence[Candidate]) -> list[tuple[str, str]]:
    """Return names and sets of all metrics but the objective, those of validation first."""
    objective = next((name for item in candidates if (name := objective_name(item))), "")
    found = {key for item in candidates for key in metrics_of(item)}
    # The objective of a candidate is its value on the validation rows.
    found.discard((objective, VALIDATION))
    return sorted(found, key=lambda key: (key[1] != VALIDATION, key[0] == _LATENCY, key))


def title(key: tuple[str, str]) -> str:
    """Return the head of a metric's column."""
    name, kind = key
    words = "ms/row" if name == _LATENCY else name
    return words if kind == VALIDATION else f"{words} {kind.lower()}"


def number(value: float | None, name: str = "") -> str:
    """Return a value to four digits; a latency in milliseconds."""
    if value is None:
        return ""
    if name == _LATENCY:
        return f"{value * 1000:.2g}"
    return f"{value:#.4g}".removesuffix(".")


def show(
    console: Console,
    candidates: Sequence[Candidate],
    best: str,
    *,
    indent: int = 0,
    metrics: Sequence[str] | None = None,
) -> None:
    """Print a leaderboard.

    Args:
        console: Where.
        candidates: In the order of the rows.
        best: Name of the job's best candidate.
        indent: Columns of the terminal to leave free on the left.
        metrics: Those of the validation rows that are shown, besides the objective. Default: all.
    """
    keys = metric_keys(candidates)
    if metrics is not None:
        keys = [key for name in metrics if (key := (name, VALIDATION)) in keys]
    prefix = shared_prefix([item["CandidateName"] for item in candidates])
    states = {str(item.get("CandidateStatus")) for item in candidates}
    columns = [
        Column("#", is_right=True),
        Column("candidate", folds=True),
        Column(
            next((name for item in candidates if (name := objective_name(item))), "objective"), True
        ),
        *(Column(title(key), True, drop=10 + place) for place, key in enumerate(keys)),
        *([Column("status", drop=1)] if states != {"Completed"} else []),
        Column("took", True, drop=5),
    ]
    cells = [
        _cells(item, place, keys, prefix, best, states)
        for place, item in enumerate(candidates, start=1)
    ]
    styles = ["bold" if item["CandidateName"] == best else "" for item in candidates]
    grid.show(console, columns, cells, indent=indent, styles=styles, more="--vertical")
    space = " " * indent
    for words in _notes(candidates, prefix, best):
        console.print(f"{space}{safe.line(words)}", overflow="fold")


def _cells(
    candidate: Candidate,
    place: int,
    keys: Sequence[tuple[str, str]],
    prefix: str,
    best: str,
    states: set[str],
) -> list[object]:
    name, values = candidate["CandidateName"], metrics_of(candidate)
    seconds = seconds_of(candidate)
    return [
        f"{place}*" if name == best else f"{place} ",
        name.removeprefix(prefix),
        number(value_of(candidate)),
        *(number(values.get(key), key[0]) for key in keys),
        *([candidate.get("CandidateStatus", "")] if states != {"Completed"} else []),
        "" if seconds is None else took(seconds),
    ]


def _notes(candidates: Sequence[Candidate], prefix: str, best: str) -> list[str]:
    notes = []
    winner = next((item for item in candidates if item["CandidateName"] == best), None)
    if winner is not None:
        value = value_of(winner)
        equals = sum(1 for item in candidates if value is not None and value_of(item) == value)
        tie = f", the earliest of {equals} equals" if equals > 1 else ""
        notes.append(f"* best {objective_name(winner) or 'candidate'}{tie}")
    for item in candidates:
        if item.get("FailureReason"):
            name = item["CandidateName"].removeprefix(prefix)
            notes.append(f"  {name} failed: {item['FailureReason']}")
    if prefix:
        notes.append(f"  names begin with {prefix}")
    return notes


def objective_name(candidate: Candidate) -> str:
    """Return the name of a candidate's objective; empty before it has one."""
    objective = objective_of(candidate)
    return str(objective.get("MetricName") or objective.get("StandardMetricName") or "")
