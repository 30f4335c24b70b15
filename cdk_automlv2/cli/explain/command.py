"""``automlv2 explain``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click
from rich.text import Text

from cdk_automlv2.cli import aws, grid, out, safe
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.completion import STACK
from cdk_automlv2.cli.explain import events, evidence
from cdk_automlv2.cli.explain.events import Cause, Found
from cdk_automlv2.cli.explain.evidence import Evidence
from cdk_automlv2.cli.explain.remedies import remedy_for
from cdk_automlv2.cli.explain.remedy import Remedy
from cdk_automlv2.cli.following import following, of_stack
from cdk_automlv2.cli.times import moment
from cdk_automlv2.cli.watch.look import Watched
from cdk_automlv2.cli.watch.snapshot import EndpointState, JobState, ReleaseState


@click.command()
@click.argument("stack", metavar="STACK", type=STACK)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@aws.options
def explain(client: Client, stack: str, as_json: bool) -> None:
    """Say why a stack has failed: the first cause, what is known of it, and the remedy.

    Looks at the events of the stack and its nested ones, at executions, the function's log, jobs
    and endpoints. A stack that was deleted is explained too, for 90 days.
    """
    found = events.find(client, stack.partition("/")[0])
    cause = events.first_cause(client, found)
    facts = evidence.of_cause(client, found, cause) if cause else _beside(client, found)
    remedy = remedy_for(_reasons(cause, facts)) if cause or facts else None
    if as_json:
        out.as_json(_document(found, cause, facts, remedy))
        return
    _show(found, cause, facts, remedy)
    if cause is None and not facts:
        out.remark(f"{found.name} is {found.status}, and nothing of it has failed")


def _reasons(cause: Cause | None, facts: Sequence[Evidence]) -> str:
    """Return the texts that a remedy is chosen by, the cause's own first."""
    if cause is not None and remedy_for(cause.reason).pattern:
        return cause.reason
    return "\n".join([cause.reason if cause else "", *(item.text for item in facts)])


def _beside(client: Client, found: Found) -> list[Evidence]:
    """Return what has failed without failing the stack: releases, and what it does not wait for."""
    if found.status.startswith("DELETE"):
        return []
    return list(_bad_states(Watched.find(client, found.name)))


def _bad_states(watched: Watched) -> Iterator[Evidence]:
    for state in watched.look().states:
        if state.is_good or not state.is_settled:
            continue
        match state:
            case JobState():
                text = f"AutoML job '{state.name}' failed: {state.failure}"
                yield Evidence("job", state.name, text if state.failure else state.status)
            case EndpointState():
                yield Evidence("endpoint", state.name, f"{state.status}: {state.failure}")
            case ReleaseState():
                words = f"release {state.number} is {state.state}: {state.reason}"
                yield Evidence("release", state.id, words)


def _show(
    found: Found, cause: Cause | None, facts: Sequence[Evidence], remedy: Remedy | None
) -> None:
    if not out.is_terminal():
        out.rows(("what", "of", "text"), _rows(found, cause, facts, remedy))
        return
    console = out.console()
    console.print(Text(safe.line(f"{found.name}  {found.status}"), style="bold"))
    items = [
        (what, f"{of}\n{text}" if of else text)
        for what, of, text in _brief(_rows(found, cause, facts, remedy))
    ]
    grid.pairs(console, items, indent=2)


def _brief(rows: Iterator[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Leave the row of the stack out: it is the title."""
    for row in rows:
        if row[0] != "stack":
            yield row


def _rows(
    found: Found, cause: Cause | None, facts: Sequence[Evidence], remedy: Remedy | None
) -> Iterator[tuple[str, str, str]]:
    yield ("stack", found.name, found.status)
    if cause is not None:
        of = f"{cause.logical_id} ({cause.kind}), {moment(cause.at)}"
        yield ("first cause", of, cause.reason or "CloudFormation gives no reason")
        if cause.is_past:
            yield ("since then", "", "the stack has been deployed or deleted again without failure")
        if cause.consequences:
            yield ("after it", "", f"{cause.consequences} events of failure that follow from it")
    for item in facts:
        yield (item.source, item.name, item.text)
    if remedy is not None:
        yield ("remedy", "", remedy.words)
        yield ("next", "", _next(remedy, found))


def _next(remedy: Remedy, found: Found) -> str:
    return following(of_stack(remedy.next, found.name))


def _document(
    found: Found, cause: Cause | None, facts: Sequence[Evidence], remedy: Remedy | None
) -> dict[str, Any]:
    """Return it as ``--json`` shows it; docs/command.md lists the members."""
    shown = (
        {key.replace("_", "-"): value for key, value in asdict(cause).items()} if cause else None
    )
    return {
        "schema-version": out.SCHEMA,
        "stack": found.name,
        "status": found.status,
        "cause": shown,
        "evidence": [asdict(item) for item in facts],
        "remedy": remedy.words if remedy else None,
        "next": _next(remedy, found) if remedy else None,
    }
