"""``automlv2 watch``."""

from __future__ import annotations

import time
from collections.abc import Callable

import click
from botocore.exceptions import BotoCoreError, ClientError

from cdk_automlv2.cli import aws, out
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.completion import NAME
from cdk_automlv2.cli.failures import is_passing
from cdk_automlv2.cli.following import run, suggest
from cdk_automlv2.cli.numbers import Finite
from cdk_automlv2.cli.releases.states import timed_out
from cdk_automlv2.cli.watch import changes, displays
from cdk_automlv2.cli.watch.displays import Display
from cdk_automlv2.cli.watch.look import Watched
from cdk_automlv2.cli.watch.snapshot import Snapshot


@click.command()
@click.argument("name", metavar="STACK[/ID] | NAME", type=NAME)
@click.option("--exit-status", is_flag=True, help="End with 0 only if all has ended well.")
@click.option("--timeout", type=Finite(min=0), help="Longest watch; minutes. Default: no end.")
@click.option(
    "--interval",
    type=Finite(min=0.5),
    default=5.0,
    show_default=True,
    help="Between two looks; seconds.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object an event.")
@aws.options
def watch(
    client: Client,
    name: str,
    exit_status: bool,
    timeout: float | None,
    interval: float,
    as_json: bool,
) -> None:
    """Show live how far a stack, its jobs, endpoints and releases are.

    Ends when nothing is in progress. Exit status: 0; with --exit-status 1 if something has
    failed, and for releases that of `automlv2 wait`; 5 if something is in progress at the timeout.
    """
    watched = Watched.find(client, name)
    until = None if timeout is None else time.monotonic() + timeout * 60
    with displays.chosen(as_json=as_json) as display:
        last = follow(watched.look, display, until, interval)
        is_over = not last.is_settled
        status = timed_out() if is_over else last.exit_status if exit_status else 0
        display.end(changes.result(last, status, timed_out=is_over))
    if is_over:
        out.remark(f"still in progress after {timeout:g} min")
    if last.exit_status and not is_over and last.stack:
        suggest(run("explain", last.stack.name))
    click.get_current_context().exit(status)


def follow(
    look: Callable[[], Snapshot],
    display: Display,
    until: float | None,
    interval: float,
    *,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Snapshot:
    """Show snapshots until all is settled, or until the time is up; return the last one.

    Throttling, server faults and lost connections are borne: the next look may work.
    """
    last: Snapshot | None = None
    while True:
        left = interval if until is None else until - clock()
        try:
            last = look()
        except (ClientError, BotoCoreError) as error:
            if not is_passing(error) or (last is None and left <= 0):
                raise
            display.note(f"{error}; looking again in {interval:g} s")
        else:
            display.show(last)
        if last is not None and (last.is_settled or left <= 0):
            return last
        sleep(max(0.1, min(interval, left)))
