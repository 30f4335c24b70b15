"""``automlv2 plan``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cdk_automlv2.cli import aws, out, price_file
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.completion import Synthesized
from cdk_automlv2.cli.failures import friendly_errors
from cdk_automlv2.cli.following import run
from cdk_automlv2.cli.numbers import Finite
from cdk_automlv2.cli.plan import cost, templates, under_way
from cdk_automlv2.cli.plan.compare import Change, changes
from cdk_automlv2.cost import Cost, Prices, totals

SCHEMA = "1.0"
_LIMIT = 3
"""Exit status where a plan costs more than it may."""

Row = tuple[Change, Cost | None]


@click.command()
@click.argument("stacks", metavar="[STACK]...", nargs=-1, type=Synthesized())
@click.option(
    "--app",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("cdk.out"),
    show_default=True,
    help="Where `cdk synth` has written to.",
)
@click.option(
    "--prices",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of prices; without it no cost is shown.",
)
@click.option("--max-cost", type=Finite(min=0), help="End with status 3 if training may cost more.")
@click.option("--markdown", is_flag=True, help="Print a table for a pull request.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@aws.options
def plan(
    client: Client,
    stacks: tuple[str, ...],
    folder: Path,
    prices: Path | None,
    max_cost: float | None,
    markdown: bool,
    as_json: bool,
) -> None:
    """Say what a deployment of STACKS (default: all) will train, move, keep and delete."""
    if max_cost is not None and prices is None:
        raise click.UsageError("--max-cost needs --prices")
    without = (run("plan", "--app", str(folder)), "for a plan without cost")
    table = price_file.read(prices, without) if prices else None
    with friendly_errors():
        found = [
            under_way.noted(client, pair, change)
            for pair in templates.pairs(client, folder, stacks)
            for change in changes(pair)
        ]
    rows: list[Row] = [(change, cost.of(change, table) if table else None) for change in found]
    if as_json:
        out.as_json(_as_json(rows, table))
    else:
        out.data(_markdown(rows, table) if markdown else _text(rows, table))
    if max_cost is not None:
        _keep_to(max_cost, rows)


def _keep_to(max_cost: float, rows: Sequence[Row]) -> None:
    once, _, unknown = totals(price for _, price in rows if price)
    if once <= max_cost and not unknown:
        return
    words = "; ".join(unknown) or f"training may cost {once:.2f}"
    out.remark(f"over the limit of {max_cost:g}: {words}")
    click.get_current_context().exit(_LIMIT)


def _text(rows: Sequence[Row], prices: Prices | None) -> str:
    lines = []
    stack = ""
    for change, price in rows:
        if change.stack != stack:
            stack = change.stack
            lines.append(f"Stack {stack}")
        lines.append(f"  {change.action:8}{change.id} ({change.type}): {change.why}")
        if price:
            lines.append(f"          {_price(price, prices)}")
    lines.append(_summary(rows, prices))
    return "\n".join(lines)


def _markdown(rows: Sequence[Row], prices: Prices | None) -> str:
    head = "| Stack | Construct | What happens | Why |"
    lines = [head, "|---|---|---|---|"]
    for change, price in rows:
        why = change.why + (f"; {_price(price, prices)}" if price else "")
        cells = (change.stack, f"`{change.id}`", f"**{change.action}**", why)
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join([*lines, "", _summary(rows, prices)])


def _price(price: Cost, prices: Prices | None) -> str:
    assert prices is not None
    if price.once is not None:
        return f"at most {price.once:.2f} {prices.currency} ({price.how})"
    if price.hourly is not None:
        return f"{price.hourly:.2f} {prices.currency} an hour ({price.how})"
    return f"cost not known: {price.how}"


def _summary(rows: Sequence[Row], prices: Prices | None) -> str:
    counts: dict[str, int] = {}
    for change, _ in rows:
        counts[change.action] = counts.get(change.action, 0) + 1
    if not rows:
        return "Nothing of AutoML is in these stacks."
    words = ", ".join(f"{number} to {action}" for action, number in counts.items())
    text = f"Plan: {words}. What is not of AutoML, `cdk diff` shows."
    if prices:
        once, hourly, unknown = totals(price for _, price in rows if price)
        text += f" Training costs at most {once:.2f} {prices.currency}, endpoints that change "
        text += f"{hourly:.2f} {prices.currency} an hour (prices: {prices.source})"
        text += f"; not known of {len(unknown)}." if unknown else "."
    return text


def _as_json(rows: Sequence[Row], prices: Prices | None) -> dict[str, Any]:
    """Return the plan as ``--json`` shows it; docs/plan.md lists the members."""
    shown = []
    for change, price in rows:
        row = {key: value for key, value in asdict(change).items() if key != "resource"}
        shown.append(row | {"cost": asdict(price) if price else None})
    source = {"source": prices.source, "currency": prices.currency} if prices else None
    return {"schema-version": SCHEMA, "changes": shown, "prices": source}
