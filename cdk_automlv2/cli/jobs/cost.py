"""``automlv2 cost``: what endpoints cost as they run, and what jobs have cost."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import click

from cdk_automlv2.cli import aws, constructs, grid, out, price_file, targets, times
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.completion import NAME
from cdk_automlv2.cli.constructs import ENDPOINT, JOB, RELEASE
from cdk_automlv2.cli.failures import friendly_errors
from cdk_automlv2.cli.following import here, run, suggest
from cdk_automlv2.cli.grid import Column
from cdk_automlv2.cli.jobs import leaderboard, price_list
from cdk_automlv2.cli.jobs.candidates import list_all
from cdk_automlv2.cli.targets import Target
from cdk_automlv2.cost import CANDIDATE_HOUR, Prices, hosting, is_amount

_HOUR: Final = 3600
_KINDS: Final = (JOB, ENDPOINT, RELEASE)
_COLUMNS: Final = (
    Column("what", drop=4),
    Column("name", folds=True, least=12),
    Column("hours", is_right=True),
    Column("an hour", is_right=True, drop=1),
    Column("so far", is_right=True, drop=2),
    Column("how", folds=True, drop=3),
)


@dataclass(frozen=True)
class Bill:
    """What one thing costs.

    Attributes:
        what: ``endpoint`` or ``job``.
        name: As SageMaker has it.
        hours: That it has run: of an endpoint since it was made, of a job all its candidates'.
        hourly: What an hour costs from now on; nothing for a job, and where no price is known.
        total: What it has cost at these prices; nothing where no price is known.
        how: How the figures came about.
    """

    what: str
    name: str
    hours: float | None
    hourly: float | None
    total: float | None
    how: str


@click.command()
@click.argument("names", metavar="[STACK[/ID] | NAME]...", nargs=-1, type=NAME)
@click.option(
    "--prices",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of prices, as of `automlv2 plan`.",
)
@click.option("--price-list", "from_list", is_flag=True, help="Ask AWS's price list for hosting.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@aws.options
def cost(
    client: Client, names: tuple[str, ...], file: Path | None, from_list: bool, as_json: bool
) -> None:
    """Show what endpoints cost an hour, and what they and the jobs have cost.

    Without NAMES all endpoints and jobs of the Region. Only prices with a source are used; without
    any, the hours are shown alone. Figures are estimates: discounts and former sizes are not known.
    """
    if file and from_list:
        raise click.UsageError("give either --prices or --price-list")
    without = (run("cost", *names), "for the hours alone")
    given = price_file.read(file, without) if file else None
    known = _named(client, names) if names else _all(client)
    found = list({(item.kind, item.name): item for item in known}.values())
    configs = {item.name: _config(client, item) for item in found if item.kind == ENDPOINT}
    with friendly_errors():
        prices = given or (_listed(client, configs) if from_list else None)
    bills = [_bill(client, item, configs, prices) for item in found]
    _show(bills, prices, as_json)


def _listed(client: Client, configs: Mapping[str, Mapping[str, Any]]) -> Prices:
    """Return AWS's prices of the instances there are."""
    kinds = {
        str(variant["InstanceType"])
        for config in configs.values()
        for variant in config.get("ProductionVariants") or []
        if "InstanceType" in variant
    }
    return price_list.prices_of(client, client("sagemaker").meta.region_name, sorted(kinds))


def _named(client: Client, names: Sequence[str]) -> Iterator[Target]:
    for name in names:
        if "/" not in name:
            known = [
                Target(kind, name, described)
                for kind in (JOB, ENDPOINT)
                if (described := targets.describe(client, kind, name)) is not None
            ]
            if known:
                yield from known
                continue
        stack, _, wanted = name.partition("/")
        there = constructs.of_stack(client, stack)
        found = constructs.meant(there, wanted, _KINDS)
        if not found:
            there = constructs.meant(there, "", _KINDS)
            raise targets.not_one(name, "job or endpoint", found, there)
        for item in found:
            for kind, own in targets.resources(client, item).items():
                described = targets.describe(client, kind, own)
                if described is not None:
                    yield Target(kind, own, described, item)


def _all(client: Client) -> Iterator[Target]:
    sagemaker = client("sagemaker")
    for kind, operation, answer, member in (
        (ENDPOINT, "list_endpoints", "Endpoints", "EndpointName"),
        (JOB, "list_auto_ml_jobs", "AutoMLJobSummaries", "AutoMLJobName"),
    ):
        for page in sagemaker.get_paginator(operation).paginate():
            for item in page[answer]:
                described = targets.describe(client, kind, item[member])
                if described is not None:
                    yield Target(kind, item[member], described)


def _config(client: Client, endpoint: Target) -> Mapping[str, Any]:
    """Return the variants that run, with as many instances as there are now."""
    name = endpoint.described["EndpointConfigName"]
    config = client("sagemaker").describe_endpoint_config(EndpointConfigName=name)
    running = {
        item["VariantName"]: item.get("CurrentInstanceCount")
        for member in ("ProductionVariants", "ShadowProductionVariants")
        for item in endpoint.described.get(member) or []
    }
    variants = [
        {
            **item,
            "InitialInstanceCount": running.get(item["VariantName"])
            if running.get(item["VariantName"]) is not None
            else item.get("InitialInstanceCount"),
        }
        for member in ("ProductionVariants", "ShadowProductionVariants")
        for item in config.get(member) or []
    ]
    return {"ProductionVariants": variants}


def _bill(
    client: Client,
    target: Target,
    configs: Mapping[str, Mapping[str, Any]],
    prices: Prices | None,
) -> Bill:
    if target.kind == JOB:
        return _of_job(client, target, prices)
    return _of_endpoint(target, configs[target.name], prices, times.now())


def _of_endpoint(
    endpoint: Target,
    config: Mapping[str, Any],
    prices: Prices | None,
    now: datetime.datetime,
) -> Bill:
    hours = (now - endpoint.described["CreationTime"]).total_seconds() / _HOUR
    variants = config["ProductionVariants"]
    if any("ServerlessConfig" in item for item in variants):
        return Bill("endpoint", endpoint.name, hours, None, None, "serverless: by request")
    if prices is None:
        kinds = ", ".join(f"{v['InitialInstanceCount']} x {v['InstanceType']}" for v in variants)
        return Bill("endpoint", endpoint.name, hours, None, None, f"{kinds}; no prices given")
    found = hosting(config, prices)
    total = None if found.hourly is None else found.hourly * hours
    how = f"{found.how}, as if it had run so since it was made" if total is not None else found.how
    return Bill("endpoint", endpoint.name, hours, found.hourly, total, how)


def _of_job(client: Client, job: Target, prices: Prices | None) -> Bill:
    seconds = [leaderboard.seconds_of(item) for item in list_all(client, job.name)]
    known = [item for item in seconds if item is not None]
    if not known:
        return Bill("job", job.name, None, None, None, "no candidate has ended")
    hours = sum(known) / _HOUR
    price = prices.training.get(CANDIDATE_HOUR) if prices else None
    if prices is None or not is_amount(price):
        missing = (
            f"no price of a {CANDIDATE_HOUR} in {prices.source}" if prices else "no prices given"
        )
        return Bill("job", job.name, hours, None, None, missing)
    assert price is not None
    how = f"{hours:.2f} h of {len(known)} candidates x {price:g} {prices.currency}"
    return Bill("job", job.name, hours, None, hours * price, how)


def _show(bills: Sequence[Bill], prices: Prices | None, as_json: bool) -> None:
    if as_json:
        source = {"source": prices.source, "currency": prices.currency} if prices else None
        rows = [asdict(item) for item in bills]
        out.as_json({"schema-version": out.SCHEMA, "prices": source, "items": rows, **_sums(bills)})
        return
    rows_ = [_cells(item) for item in bills]
    if not out.is_terminal():
        out.rows([column.title for column in _COLUMNS], rows_)
    elif bills:
        used = [i for i in range(len(_COLUMNS)) if any(row[i] for row in rows_)]
        columns = [_COLUMNS[i] for i in used]
        grid.show(out.console(), columns, [[row[i] for i in used] for row in rows_])
    if not bills:
        out.remark(f"there is no job and no endpoint {here()} that costs anything")
        suggest(run("describe"))
    elif prices is None:
        out.remark("no prices: --prices FILE, or --price-list for AWS's price list")
    else:
        out.remark(_summed(bills, prices))


def _summed(bills: Sequence[Bill], prices: Prices) -> str:
    sums = _sums(bills)
    words = f"{sums['hourly']:.2f} {prices.currency} an hour, {sums['total']:.2f} so far"
    unknown = f"; not known of {sums['unknown']}" if sums["unknown"] else ""
    return f"{words}{unknown} (prices: {prices.source})"


def _sums(bills: Sequence[Bill]) -> dict[str, Any]:
    return {
        "hourly": sum(item.hourly or 0.0 for item in bills),
        "total": sum(item.total or 0.0 for item in bills),
        "unknown": sum(1 for item in bills if item.total is None),
    }


def _cells(bill: Bill) -> list[object]:
    figures = (bill.hours, bill.hourly, bill.total)
    return [
        bill.what,
        bill.name,
        *("" if value is None else f"{value:.2f}" for value in figures),
        bill.how,
    ]
