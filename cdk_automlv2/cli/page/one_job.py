"""One job: what is known of it, how far it is, and its leaderboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.jobs import leaderboard
from cdk_automlv2.cli.jobs.candidates import list_all
from cdk_automlv2.cli.jobs.describe import facts_of_job
from cdk_automlv2.cli.jobs.leaderboard import Candidate
from cdk_automlv2.cli.page.shown import BAD, BUSY, GOOD, Row, Table
from cdk_automlv2.cli.targets import Target
from cdk_automlv2.cli.times import took
from cdk_automlv2.cli.watch.snapshot import job_state

_TONES = {"Completed": GOOD, "InProgress": BUSY}


def shown(client: Client, target: Target) -> Mapping[str, Any]:
    """Return what the page shows of a job."""
    state = job_state(target.described, list_all(client, target.name))
    return {
        "name": state.name,
        "facts": [pair for pair in facts_of_job(target.described) if pair[1]],
        "done": len(state.finished),
        "most": None if state.is_settled else state.maximum,
        "board": _board(leaderboard.ranked(state.candidates), state.best),
    }


def _board(found: Sequence[Candidate], best: str) -> Table:
    keys = leaderboard.metric_keys(found)
    objective = next(filter(None, map(leaderboard.objective_name, found)), "objective")
    titles = ["candidate", "status", objective, *map(leaderboard.title, keys), "took", "reason"]
    return Table(titles, [_row(item, keys, best) for item in found])


def _row(item: Candidate, keys: Sequence[tuple[str, str]], best: str) -> Row:
    name, status = item["CandidateName"], str(item.get("CandidateStatus", ""))
    values, seconds = leaderboard.metrics_of(item), leaderboard.seconds_of(item)
    cells = [
        f"★ {name}" if name == best else name,
        status,
        leaderboard.number(leaderboard.value_of(item)),
        *(leaderboard.number(values.get(key), key[0]) for key in keys),
        "" if seconds is None else took(seconds),
        item.get("FailureReason") or "",
    ]
    return Row(name, cells, _TONES.get(status, BAD))
