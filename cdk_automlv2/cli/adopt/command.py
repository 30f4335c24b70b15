"""``automlv2 adopt``: writes down what runs already, and marks it for the first deployment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from cdk_automlv2.cli import aws, out
from cdk_automlv2.cli.adopt import written
from cdk_automlv2.cli.adopt.code import as_code
from cdk_automlv2.cli.adopt.found import Found, find
from cdk_automlv2.cli.adopt.marks import Mark
from cdk_automlv2.cli.adopt.nested import refuse_nested
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.completion import OWN_JOB, OWN_NAME, STACK
from cdk_automlv2.cli.failures import Failure, friendly_errors
from cdk_automlv2.cli.following import again, suggest, tool

_STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_ID = re.compile(r"[A-Za-z](-*[A-Za-z0-9])*")


@click.command()
@click.argument("name", metavar="JOB | ENDPOINT", type=OWN_NAME)
@click.option(
    "--stack", required=True, type=STACK, help="Name of the stack that is to have it; not nested."
)
@click.option("--id", "id_", required=True, help="Id of the AutoMLV2 construct in that stack.")
@click.option("--spec", is_flag=True, help="Write a model as a file instead of code.")
@click.option(
    "--job", "job_name", type=OWN_JOB, help="The job of an endpoint, where it is not found."
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write. Default: <id>.py, or <id>.automlv2.json with --spec.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@out.json_option
@aws.options
def adopt(
    client: Client,
    name: str,
    stack: str,
    id_: str,
    spec: bool,
    job_name: str | None,
    output: Path | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Take over a job, or an endpoint and its job, without training or downtime.

    Writes code or a spec, and tags what it describes for the stack, with your credentials; the
    first deployment of the stack finds it by these tags. Everything is said before it is done.
    Exit status: 0 done, 1 not possible or not wanted, 2 wrong usage.
    """
    _refuse_names(stack, id_)
    path = output or Path(f"{id_.lower()}.automlv2.json" if spec else f"{id_.lower()}.py")
    with friendly_errors():
        refuse_nested(client, stack)
        found = find(client, name, job_name)
        options = written.spec_of(found)
        marks = list(_marks(found, stack, id_))
        for mark in marks:
            mark.refuse_others(client)
    title = f"{id_}, as it was found: AutoML job {found.job['AutoMLJobName']}."
    text = written.as_json(options) if spec else as_code(options, id_, title)
    _say(found, stack, path, marks, as_json)
    if dry_run:
        _show(found, path, marks, text, as_json)
        return
    _confirm(path, yes)
    with friendly_errors():
        for mark in marks:
            mark.put(client)
        path.write_text(text)
    if as_json:
        _document(found, path, marks, text, is_done=True)
    out.remark(f"{path} written; add it to stack {stack}")
    suggest(tool("cdk", "deploy", stack))


def _refuse_names(stack: str, id: str) -> None:
    """Refuse names that CloudFormation or a construct cannot have.

    Raises:
        UsageError: If one is none.
    """
    for option, value, form, rule in (
        ("--stack", stack, _STACK, "letters, digits and hyphens, a letter first, 128 at most"),
        ("--id", id, _ID, "letters, digits and hyphens, a letter first, no hyphen last"),
    ):
        if not form.fullmatch(value):
            raise click.UsageError(f"{option} takes {rule}; got {value!r}")


def _confirm(path: Path, yes: bool) -> None:
    if path.exists():
        raise Failure(f"{path} exists already", again("", "", "--output", "OTHER"))
    if not yes:
        click.confirm("Do it?", abort=True, err=True)


def _say(found: Found, stack: str, path: Path, marks: list[Mark], as_json: bool) -> None:
    """Say what would be done; beside the document, where there is one."""
    (out.remark if as_json else out.data)("\n".join(_said(found, stack, path, marks)))


def _show(found: Found, path: Path, marks: list[Mark], text: str, as_json: bool) -> None:
    """Show what would be written."""
    if as_json:
        _document(found, path, marks, text, is_done=False)
    else:
        out.data(f"\n{text}".removesuffix("\n"))


def _document(found: Found, path: Path, marks: list[Mark], text: str, *, is_done: bool) -> None:
    out.document(
        job=found.job["AutoMLJobName"],
        endpoint=found.served.endpoint["EndpointName"] if found.served else None,
        file=str(path),
        text=text,
        tagged=[{"arn": mark.arn, "tags": dict(mark.tags)} for mark in marks],
        done=is_done,
    )


def _marks(found: Found, stack: str, id: str) -> Iterator[Mark]:
    yield Mark.of(found.job["AutoMLJobArn"], stack, id, "Job")
    if found.served is not None:
        yield Mark.of(found.served.endpoint["EndpointArn"], stack, id, "Endpoint")


def _said(found: Found, stack: str, path: Path, marks: list[Mark]) -> Iterator[str]:
    job = found.job
    yield f"AutoML job {job['AutoMLJobName']}: {job['AutoMLJobStatus']}"
    served = found.served
    if served is not None:
        on = ", ".join(dict.fromkeys(_place(one) for one in served.variants))
        yield f"endpoint {served.endpoint['EndpointName']}: InService on {on}"
        for name in served.others:
            yield f"  model {name} is served by its name still; it stays yours"
    yield f"writes {path}"
    for mark in marks:
        yield f"tags {mark.arn}: {', '.join(mark.tags)}"
    yield f"the first deployment of {stack} then"
    yield "  keeps the job: nothing is trained"
    if served is not None:
        yield "  makes a model of the same containers; the endpoint moves to it while it answers"
        left = f"{served.config['EndpointConfigName']}, {served.model['ModelName']}"
        yield f"  leaves the former configuration and model, for you to delete: {left}"
        yield f"  from then on, {stack} owns the endpoint: deleted with the stack"


def _place(variant: Mapping[str, Any]) -> str:
    """Return where a variant answers."""
    return str(variant.get("InstanceType") or "serverless inference")
