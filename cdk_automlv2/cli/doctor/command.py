"""``automlv2 doctor``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import click

from cdk_automlv2.cli import aws, grid, out
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.doctor import account, machine
from cdk_automlv2.cli.doctor.app import Needs, needs_of
from cdk_automlv2.cli.doctor.checks import Check, State, safely
from cdk_automlv2.cli.following import DOCTOR, is_local, suggest
from cdk_automlv2.cli.glyphs import Glyphs

_STYLES: Final[Mapping[State, str]] = {
    State.OK: "",
    State.WARNING: "yellow",
    State.FAILED: "red",
    State.UNKNOWN: "dim",
}


@click.command()
@click.option(
    "--app",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("cdk.out"),
    show_default=True,
    help="Where `cdk synth` has written to.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@aws.options
def doctor(client: Client, folder: Path, as_json: bool) -> None:
    """Say what a deployment would lack: versions, credentials, Region, bootstrap, quotas, data.

    Ends with 1 if something would fail.
    """
    found = list(_checks(client, folder))
    if as_json:
        rows = [vars(item) for item in found]
        out.as_json({"schema-version": out.SCHEMA, "checks": rows})
    elif out.is_terminal():
        console = out.console()
        glyphs = out.glyphs(console)
        grid.show(
            console,
            [grid.Column(""), grid.Column("check", folds=True), grid.Column("found", folds=True)],
            [[_sign(item.state, glyphs), item.name, _words(item)] for item in found],
            styles=[_STYLES[item.state] for item in found],
        )
    else:
        cells = ((item.name, item.state, item.detail, item.remedy) for item in found)
        out.rows(("check", "state", "detail", "remedy"), cells)
    bad = [item for item in found if item.state is State.FAILED]
    if bad:
        out.remark(f"{len(bad)} would fail a deployment")
        suggest(bad[0].next or DOCTOR)
        click.get_current_context().exit(1)


def _checks(client: Client, folder: Path) -> Iterator[Check]:
    needs = _needs(folder)
    yield from safely("versions", lambda: machine.versions(needs, is_local=is_local()))
    known = list(account.credentials(client))
    yield from known
    if known[0].state is State.FAILED:
        return
    yield from safely("Region", lambda: account.region(client))
    yield from safely("bootstrap", lambda: account.bootstrap(client, needs))
    yield from safely("concurrent jobs", lambda: account.jobs(client, needs))
    if needs is None:
        words = f"nothing is synthesized in {folder}, so that no app was looked at"
        yield Check("app", State.UNKNOWN, words, "cdk synth, or --app")
        return
    yield from safely("endpoint instances", lambda: account.instances(client, needs))
    yield from safely("data", lambda: account.inputs(client, needs))


def _needs(folder: Path) -> Needs | None:
    return needs_of(folder) if (folder / "manifest.json").is_file() else None


def _sign(state: State, glyphs: Glyphs) -> str:
    signs = {State.OK: glyphs.good, State.FAILED: glyphs.bad, State.UNKNOWN: glyphs.unknown}
    return signs.get(state, "!")


def _words(item: Check) -> str:
    state = "" if item.state is State.OK else f"{item.state}: "
    return f"{state}{item.detail}" + (f"; {item.remedy}" if item.remedy else "")
