"""``automlv2 report``: one page about a job, from what the job has left behind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from cdk_automlv2.cli import aws, out, targets
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.completion import STACK_OR_ENDPOINT, STACK_OR_JOB
from cdk_automlv2.cli.constructs import ENDPOINT, meant, of_stack
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import again
from cdk_automlv2.cli.reports.rows import held_out
from cdk_automlv2.reports.charts.drawing import png
from cdk_automlv2.reports.facts import Facts
from cdk_automlv2.reports.page import all_figures, write
from cdk_automlv2.reports.reading.everything import read


@click.command()
@click.argument("name", metavar="STACK/ID | JOB", type=STACK_OR_JOB)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("report.html"),
    show_default=True,
    help="The page.",
)
@click.option(
    "--held-out",
    "rows",
    metavar="FILE | FOLDER | s3://…",
    help="Rows that the job has not seen, with the target; pictures in folders of their labels.",
)
@click.option(
    "--endpoint",
    metavar="STACK/ID | ENDPOINT",
    type=STACK_OR_ENDPOINT,
    help="What is asked with them. Default: the one endpoint of the job's stack.",
)
@click.option(
    "--png",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the charts as pictures, for a pull request.",
)
@out.json_option
@aws.options
def report(
    client: Client,
    name: str,
    output: Path,
    rows: str | None,
    endpoint: str | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Write a page about a job: candidates, errors, importance, forecasts, settings, lineage."""
    if endpoint and not rows:
        raise click.UsageError("--endpoint needs --held-out: what it is to be asked with")
    job = targets.job(client, name)
    asked = _endpoint(client, job, endpoint) if rows else None
    facts = read(
        client,
        job.described,
        endpoint=asked,
        held_out=held_out(client, rows) if rows else None,
        lineage=_lineage(client, job),
    )
    if not rows and asked is None:
        facts.notes += _without_rows(facts)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(write(facts), encoding="utf-8")
    pictures = _write_pictures(facts, folder) if folder is not None else []
    if as_json:
        out.document(report=str(output), pictures=[str(path) for path in pictures])
        return
    for path in (output, *pictures):
        out.data(path)


def _endpoint(client: Client, job: targets.Target, name: str | None) -> str:
    """Return the endpoint that is asked.

    Raises:
        Failure: If it is not said which.
    """
    if name:
        return targets.endpoint(client, name).name
    construct = job.construct
    known = meant(of_stack(client, construct.stack), "", (ENDPOINT,)) if construct else []
    found = [item.physical_id for item in known if item.physical_id]
    if len(found) != 1:
        words = f"{len(found)} endpoints are in question for --held-out"
        raise Failure(words, again("", "", "--endpoint", "STACK/ID"))
    return found[0]


def _lineage(client: Client, job: targets.Target) -> Mapping[str, str]:
    """Return the stack, the construct, and the tags of the stack's last deployment."""
    if job.construct is None:
        return {}
    known = {"stack": job.construct.stack, "construct": job.construct.id}
    found = client("cloudformation").describe_stacks(StackName=job.construct.stack)["Stacks"]
    tags = {f"stack, last deployment: {t['Key']}": t["Value"] for t in found[0].get("Tags") or []}
    return {**known, **tags}


def _without_rows(facts: Facts) -> list[str]:
    lacking = {
        "Regression": "residuals",
        "ImageClassification": "errors in pictures of your own",
        "TimeSeriesForecasting": "forecasts of series of your own",
        "TextGeneration": "answers beside those expected",
    }
    words = lacking.get(facts.problem, lacking.get(facts.kind))
    if words is None:
        return []
    return [f"No endpoint was asked, so there are no {words}: give --held-out and --endpoint."]


def _write_pictures(facts: Facts, folder: Path) -> list[Path]:
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for figure in all_figures(facts):
        path = folder / f"{figure.id}.png"
        path.write_bytes(png(figure))
        written.append(path)
    return written
