"""``automlv2 logs``: what a stack's function, a job or an endpoint has written."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import click
from botocore.exceptions import BotoCoreError, ClientError
from rich.text import Text

from cdk_automlv2.cli import aws, constructs, log_groups, out, safe, targets, times
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.completion import NAME
from cdk_automlv2.cli.constructs import ENDPOINT, JOB
from cdk_automlv2.cli.failures import Failure, is_passing
from cdk_automlv2.cli.following import run
from cdk_automlv2.cli.log_groups import Line, Source

_OVERLAP: Final = datetime.timedelta(seconds=30)
"""Lines come late: CloudWatch has them some seconds after they were written."""


def _since(_context: object, _option: object, value: str) -> float:
    try:
        return times.seconds(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.argument("name", metavar="STACK[/ID] | NAME", type=NAME)
@click.option("--follow", "-f", is_flag=True, help="Go on until Ctrl-C.")
@click.option(
    "--since", default="1h", show_default=True, callback=_since, help="How far back: 90s, 15m, 2h."
)
@click.option("--tail", type=click.IntRange(min=1), help="Only the last lines, this many.")
@click.option("--filter", "text", help="Only lines that hold this text.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
@aws.options
def logs(
    client: Client,
    name: str,
    follow: bool,
    since: float,
    tail: int | None,
    text: str | None,
    as_json: bool,
) -> None:
    """Show the logs of a stack's function, of a construct, a job or an endpoint."""
    sources = _sources(client, name)
    begin = times.now() - datetime.timedelta(seconds=since)
    found = _kept(log_groups.read(client, sources, begin), text)
    show = _printer(as_json)
    for line in found[-tail:] if tail else found:
        show(line)
    if follow:
        for line in _following(client, sources, found, begin):
            if text is None or text.lower() in line.message.lower():
                show(line)
    elif not found:
        groups = ", ".join(source.group for source in sources)
        out.remark(f"no lines in {times.duration(since)}; looked in {groups}")


def _kept(found: Sequence[Line], text: str | None) -> list[Line]:
    return [line for line in found if text is None or text.lower() in line.message.lower()]


def _sources(client: Client, name: str) -> list[Source]:
    """Return the log groups that a name stands for."""
    if "/" not in name:
        for kind in (JOB, ENDPOINT):
            if targets.describe(client, kind, name) is not None:
                return log_groups.of_target(kind, name)
    stack, _, wanted = name.partition("/")
    known = constructs.of_stack(client, stack)
    found = constructs.meant(known, wanted, sorted({item.kind for item in known}))
    if wanted and not found:
        there = constructs.listed(constructs.meant(known, "", constructs.SHOWN))
        raise Failure(f"there is no {name}; there are {there}", run("logs", stack))
    sources = log_groups.of_stack(client, stack, found if wanted else ())
    for item in found if wanted else ():
        for kind, own in targets.resources(client, item).items():
            sources += log_groups.of_target(kind, own)
    if not sources:
        raise _nothing_to_read(stack, bool(known))
    return sources


def _nothing_to_read(stack: str, was_ours: bool) -> Failure:
    if not was_ours:
        return Failure(f"stack {stack} has nothing of AutoML", run("describe"))
    words = f"the logs of stack {stack} went when it was rolled back or deleted"
    return Failure(words, run("explain", stack))


def _following(
    client: Client, sources: Sequence[Source], found: Sequence[Line], begin: datetime.datetime
) -> Iterator[Line]:
    """Yield new lines as they come; throttling is borne."""
    seen = {line.id for line in found}
    while True:
        time.sleep(2)
        try:
            lines = log_groups.read(client, sources, max(begin, times.now() - 2 * _OVERLAP))
        except (ClientError, BotoCoreError) as error:
            if not is_passing(error):
                raise
            out.remark(f"{error}; trying again")
            continue
        for line in lines:
            if line.id not in seen:
                seen.add(line.id)
                yield line


def _printer(as_json: bool) -> Callable[[Line], None]:
    """Return what prints a line for whoever reads."""
    if as_json:
        return lambda line: out.event(_document(line))
    if out.is_terminal():
        return _on_terminal
    rows = out.Rows("time", "source", "message")
    return lambda line: rows.add([out.plain(line.at), line.source.name, line.message])


def _on_terminal(line: Line) -> None:
    moment = line.at.astimezone().strftime("%H:%M:%S")
    text = Text.assemble((f"{moment} ", "dim"), (f"{line.source.name} ", "cyan"))
    text.append(safe.lines(words_of(line)))
    out.console().print(text, overflow="fold")


def _document(line: Line) -> dict[str, Any]:
    """Return a line as ``--json`` shows it; docs/command.md lists the members."""
    return {
        "schema-version": out.SCHEMA,
        "at": line.at,
        "source": line.source.name,
        "group": line.source.group,
        "message": line.message,
        "fields": line.fields,
    }


def words_of(line: Line) -> str:
    """Return a line in words: of the function's facts what they say, the rest as it is."""
    fields = line.fields
    if fields is None or "fact" not in fields:
        return line.message
    details = {key: value for key, value in fields.items() if key not in ("fact", "trace")}
    named = " ".join(f"{key}={value}" for key, value in details.items() if value not in ("", None))
    return f"{fields['fact']}  {named}".rstrip()
