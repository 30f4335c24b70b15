"""``automlv2 candidates``: the leaderboard of a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from cdk_automlv2.cli import aws, grid, out, targets
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.completion import STACK_OR_JOB
from cdk_automlv2.cli.jobs import leaderboard
from cdk_automlv2.cli.jobs.leaderboard import Candidate
from cdk_automlv2.cli.watch.phases import state_of

STATUSES = ("Completed", "InProgress", "Failed", "Stopped", "Stopping")
SORT_KEYS = ("CreationTime", "Status", "FinalObjectiveMetricValue")
ORDERS = ("Ascending", "Descending")


@click.command()
@click.argument("name", metavar="STACK/ID | JOB", type=STACK_OR_JOB)
@click.option(
    "--status",
    type=click.Choice(STATUSES, False),
    metavar="STATUS",
    help=f"Only those of this status: {', '.join(STATUSES)}.",
)
@click.option("--candidate", help="Only the candidate of this name.")
@click.option(
    "--sort-by",
    type=click.Choice(SORT_KEYS, False),
    metavar="KEY",
    help=f"{', '.join(SORT_KEYS)}. Default: the best first.",
)
@click.option(
    "--sort-order",
    type=click.Choice(ORDERS, False),
    metavar="ORDER",
    help=f"{' or '.join(ORDERS)}. Default: that of the key.",
)
@click.option("--max-results", type=click.IntRange(min=1), help="How many at most.")
@click.option("--vertical", is_flag=True, help="Print one metric a line.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@aws.options
def candidates(
    client: Client,
    name: str,
    status: str | None,
    candidate: str | None,
    sort_by: str | None,
    sort_order: str | None,
    max_results: int | None,
    vertical: bool,
    as_json: bool,
) -> None:
    """Show the candidates of a job, the best first, with all their metrics."""
    job = targets.job(client, name)
    filters = {
        "StatusEquals": status,
        "CandidateNameEquals": candidate,
        "SortBy": sort_by,
        "SortOrder": sort_order,
    }
    found = list_all(client, job.name, filters)
    if sort_by is None:
        found = leaderboard.ranked(found)
        found = found[::-1] if sort_order == "Ascending" else found
    found = found[:max_results]
    best = (job.described.get("BestCandidate") or {}).get("CandidateName", "")
    if as_json:
        out.as_json(_document(job, found, best))
        return
    if vertical:
        _vertical(found, best)
    elif not out.is_terminal():
        _plain(found, best)
    elif found:
        leaderboard.show(out.console(), found, best)
    if not found:
        out.remark(f"job {job.name} has no such candidate: it is {state_of(job.described)}")


def list_all(client: Client, job: str, filters: Mapping[str, Any] | None = None) -> list[Candidate]:
    """Return the candidates of a job, all pages of them."""
    request = {key: value for key, value in (filters or {}).items() if value is not None}
    sagemaker = client("sagemaker")
    found: list[Candidate] = []
    while True:
        page = sagemaker.list_candidates_for_auto_ml_job(AutoMLJobName=job, **request)
        found += page["Candidates"]
        if not page.get("NextToken"):
            return found
        request["NextToken"] = page["NextToken"]


def _document(job: targets.Target, found: Sequence[Candidate], best: str) -> dict[str, Any]:
    return {
        "schema-version": out.SCHEMA,
        "job": job.name,
        "status": job.described["AutoMLJobStatus"],
        "phase": job.described["AutoMLJobSecondaryStatus"],
        "best": best or None,
        "candidates": [
            leaderboard.row(item, place, best) for place, item in enumerate(found, start=1)
        ],
    }


def _plain(found: Sequence[Candidate], best: str) -> None:
    keys = sorted({key for item in found for key in leaderboard.metrics_of(item)})
    titles = ["rank", "name", "best", "status", "objective", "value", "seconds"]
    out.rows(
        [*titles, *(f"{name}:{kind}" for name, kind in keys)],
        ([*_facts(place, item, best, keys)] for place, item in enumerate(found, start=1)),
    )


def _facts(place: int, item: Candidate, best: str, keys: Sequence[tuple[str, str]]) -> list[object]:
    row, metrics = leaderboard.row(item, place, best), leaderboard.metrics_of(item)
    values = [place, row["name"], "yes" if row["best"] else "", row["status"], row["objective"]]
    values += [row["value"], row["seconds"], *(metrics.get(key) for key in keys)]
    return values


def _vertical(found: Sequence[Candidate], best: str) -> None:
    """Print each candidate as names and values: for one that is looked at, and for grep."""
    console = out.console()
    rows = None if out.is_terminal() else out.Rows("candidate", *out.FACTS)
    for place, item in enumerate(found, start=1):
        row = leaderboard.row(item, place, best)
        pairs = [(key, row[key]) for key in ("name", "rank", "status", "objective", "value")]
        pairs += [(key, row[key]) for key in ("seconds", "reason") if row[key] is not None]
        pairs += [(f"{m['name']}:{m['set']}", m["value"]) for m in row["metrics"]]
        if rows is None:
            grid.pairs(console, [(key, "" if value is None else value) for key, value in pairs])
            console.print()
            continue
        for pair in pairs:
            rows.add([row["name"], *pair])
