"""The commands on releases; each finds its construct as ``STACK/ID``."""

from __future__ import annotations

import datetime
import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

import click

from cdk_automlv2.cli import aws, console, grid, out
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.completion import RELEASES, Number
from cdk_automlv2.cli.failures import Failure, friendly_errors
from cdk_automlv2.cli.following import run, suggest
from cdk_automlv2.cli.grid import Column
from cdk_automlv2.cli.numbers import Finite
from cdk_automlv2.cli.releases import find, records
from cdk_automlv2.cli.releases.find import Place
from cdk_automlv2.cli.releases.states import exit_status, timed_out

_POLL_SECONDS = 10
_MOVES = "deploying"
_COLUMNS = (
    Column("id", folds=True),
    Column("release", is_right=True),
    Column("state", folds=True),
    Column("since", folds=True, drop=4),
    Column("metric", folds=True, drop=3),
    Column("value", is_right=True, drop=1),
    Column("serving", drop=2),
    Column("reason", folds=True),
)


def _forms(command: Any) -> Any:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option("--plain", is_flag=True, help="Print tab-separated lines."),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("name", metavar="STACK[/ID]", type=RELEASES)
@_forms
@aws.options
def status(client: Client, name: str, plain: bool, as_json: bool) -> None:
    """Show how far the newest release of each construct is, and what serves."""
    rows = []
    with friendly_errors():
        for place in find.every(client, name):
            head = records.head(client, place)
            numbers = {head["generation"], head["serving"]} - {0} if head else set()
            for number in sorted(numbers, reverse=True):
                record = records.release(client, place, number)
                if head and record:
                    rows.append(records.shown(record, place, head["serving"]))
    _show(rows, name.partition("/")[0], plain=plain, as_json=as_json)


@click.command()
@click.argument("name", metavar="STACK/ID", type=RELEASES)
@_forms
@aws.options
def history(client: Client, name: str, plain: bool, as_json: bool) -> None:
    """Show all releases of a construct, the newest first."""
    with friendly_errors():
        place = find.one(client, name)
        head = records.head(client, place)
        serving = head["serving"] if head else 0
        rows = [records.shown(record, place, serving) for record in records.releases(client, place)]
    _show(rows, name.partition("/")[0], plain=plain, as_json=as_json)


@click.command()
@click.argument("name", metavar="STACK/ID", type=RELEASES)
@click.option(
    "--release", "number", type=Number(), help="Number of the release. Default: the newest."
)
@click.option(
    "--timeout",
    type=Finite(min=0),
    default=24 * 60,
    show_default=True,
    help="Longest wait; minutes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the release as JSON at its end.")
@aws.options
def wait(client: Client, name: str, number: int | None, timeout: float, as_json: bool) -> None:
    """Wait until a release has ended.

    Exit status: 0 in service, 1 failed or rolled back, 2 wrong usage, 3 refused by a gate,
    4 superseded, 5 still in progress at the timeout, 6 undecided by a gate.
    """
    with friendly_errors():
        place = find.one(client, name)
        shown = _wait(client, place, number, time.monotonic() + timeout * 60)
    if as_json:
        out.as_json(shown)
    status = exit_status(str(shown["state"]))
    if status is None:
        out.remark(f"still {shown['state']} after {timeout:g} min")
        status = timed_out()
    click.get_current_context().exit(status)


def _wait(client: Client, place: Place, number: int | None, until: float) -> dict[str, Any]:
    """Return the release once it has ended, or as it is at that moment."""
    seen = ""
    while True:
        head = records.head(client, place)
        if head is None:
            raise Failure(f"{place.name} has no release yet", run("watch", place.stack))
        number = number or int(head["generation"])
        record = records.release(client, place, number)
        if record is None:
            words = f"{place.name} has no release {number}"
            raise Failure(words, run("history", place.name))
        shown = records.shown(record, place, head["serving"])
        words = _how_far(shown, head)
        if words != seen:
            out.remark(words)
            seen = words
        left = until - time.monotonic()
        if exit_status(shown["state"]) is not None or left <= 0:
            return shown
        time.sleep(min(_POLL_SECONDS, left))


def _how_far(shown: Mapping[str, Any], head: Mapping[str, Any]) -> str:
    """Return state and reason of a release; of one that waits for another's move, how long."""
    state, reason = str(shown["state"]), str(shown["reason"] or "")
    if not reason.startswith(state):
        reason = f"{state}: {reason}" if reason else state
    if state == _MOVES and head["mover"] not in (0, shown["release"]):
        until = datetime.datetime.fromtimestamp(head["mover_until"], datetime.UTC)
        reason += f", until {until:%H:%M:%S} UTC"
    return f"release {shown['release']} {reason}"


@click.command()
@click.argument("name", metavar="STACK/ID", type=RELEASES)
@out.json_option
@aws.options
def retrain(client: Client, name: str, as_json: bool) -> None:
    """Train again with the settings that were deployed last, on the data as they are now.

    Exit status: 0 started, 1 not started (a release is in progress), 2 wrong usage.
    """
    _ask(client, name, {"Task": "Retrain"}, as_json)


@click.command()
@click.argument("name", metavar="STACK/ID", type=RELEASES)
@click.argument("number", type=Number(), required=False)
@out.json_option
@aws.options
def rollback(client: Client, name: str, number: int | None, as_json: bool) -> None:
    """Serve the release before, or release NUMBER, again: no training, no gates."""
    _ask(client, name, {"Task": "Rollback", **({"Number": number} if number else {})}, as_json)


@click.command()
@click.argument("name", metavar="STACK/ID", type=RELEASES)
@out.json_option
@aws.options
def abort(client: Client, name: str, as_json: bool) -> None:
    """End the release that is under way; what serves goes on."""
    _ask(client, name, {"Task": "Abort"}, as_json)


@click.command()
@click.argument("name", metavar="STACK/ID", type=RELEASES)
@click.argument("number", type=Number(), required=False)
@click.option("--why", required=True, help="The reason, which is recorded with who has decided.")
@out.json_option
@aws.options
def promote(client: Client, name: str, number: int | None, why: str, as_json: bool) -> None:
    """Let the newest release, or release NUMBER, pass the gate that could not measure.

    The gates after it are asked still. Exit status: 0 started, 1 not possible (the reason is
    printed), 2 wrong usage; automlv2 wait has that of the release.
    """
    if not why.strip():
        raise click.UsageError("--why needs a reason")
    task = {"Task": "Promote", **({"Number": number} if number else {})}
    _ask(client, name, task, as_json, why)


def _ask(client: Client, name: str, task: Mapping[str, Any], as_json: bool, why: str = "") -> None:
    """Ask the function; the token makes a retry by boto3 the same request."""
    with friendly_errors():
        place = find.one(client, name)
        who = client("sts").get_caller_identity()["Arn"]
        trigger = {"Kind": "command", "Id": str(uuid.uuid4()), "By": who, "Why": why}
        event = {**task, "Key": place.key, "Trigger": trigger}
        answer = client("lambda").invoke(
            FunctionName=place.function, Payload=json.dumps(event).encode()
        )
        returned = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        words = f"the function failed: {returned.get('errorMessage')}"
        raise Failure(words, run("logs", place.stack))
    if "Refused" in returned:
        raise Failure(returned["Refused"], run("history", place.name))
    started = returned.get("Release")
    if started == 0:
        raise Failure(returned["Answer"], run("wait", place.name))
    if as_json:
        out.document(stack=place.stack, id=place.key, answer=returned["Answer"], release=started)
        return
    out.data(returned["Answer"])
    suggest(run("wait" if started else "status", place.name))


def _show(rows: list[dict[str, Any]], stack: str, *, plain: bool, as_json: bool) -> None:
    form = console.Form.chosen(plain=plain, as_json=as_json)
    if form is console.Form.JSON:
        out.as_json(rows)
        return
    cells = [[_text(row[column.title]) for column in _COLUMNS] for row in rows]
    if form is console.Form.PLAIN:
        out.rows([column.title for column in _COLUMNS], cells)
    elif rows:
        grid.show(out.console(), _COLUMNS, cells)
    if not rows:
        out.remark("there is no release yet")
        suggest(run("watch", stack))


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else ""
        case float():
            return f"{value:.4g}"
    return str(value)
