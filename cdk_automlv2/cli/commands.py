"""``automlv2 local …``: the local cloud for any CDK app."""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import ClientError
from rich.console import Console

from cdk_automlv2.cli import content, tables
from cdk_automlv2.local import LocalCloud, LocalCloudError
from cdk_automlv2.local.cloud.cloud import DEFAULT_FOLDER, DEFAULT_SPEED
from cdk_automlv2.local.cloud.toolchain import ToolMissingError

_CDK = {"ignore_unknown_options": True, "allow_interspersed_args": False}


@click.group()
def automlv2() -> None:
    """SageMaker AutoML V2 for the AWS CDK."""


@automlv2.group()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=DEFAULT_FOLDER,
    show_default=True,
    help="Where the local cloud keeps its state file and logs.",
)
@click.pass_context
def local(context: click.Context, folder: Path) -> None:
    """Deploy a CDK app on this machine: no account, no Docker."""
    context.obj = folder


@local.command()
@click.option("--speed", default=DEFAULT_SPEED, show_default=True, help="Times as fast as AWS.")
@click.option("--detach", is_flag=True, help="Return at once; `automlv2 local stop` ends it.")
@click.pass_obj
def start(folder: Path, speed: float, detach: bool) -> None:
    """Start the local cloud and keep it until Ctrl-C."""
    if speed <= 0:
        raise click.BadParameter(f"must be more than 0, got {speed}", param_hint="--speed")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with friendly_errors():
        cloud = LocalCloud.start(folder, speed)
    click.echo(f"AWS at {cloud.ministack.url}, SageMaker at {cloud.sagemaker.url}; bootstrapped")
    click.echo(f"state and logs in {cloud.folder}")
    if detach:
        return
    with cloud:
        asked = threading.Event()
        for kind in (signal.SIGINT, signal.SIGTERM):
            signal.signal(kind, lambda *_: asked.set())
        click.echo("Ctrl-C stops it")
        asked.wait()
    click.echo("stopped")


@local.command()
@click.pass_obj
def stop(folder: Path) -> None:
    """Stop the local cloud; what it holds is gone."""
    with friendly_errors():
        LocalCloud.attach(folder).stop()
    click.echo("stopped")


@local.command(context_settings=_CDK)
@click.argument("cdk_arguments", nargs=-1)
@click.pass_obj
def deploy(folder: Path, cdk_arguments: tuple[str, ...]) -> None:
    """`cdk deploy` the app of this folder; arguments are those of the CDK CLI."""
    _run_cdk(folder, ["deploy", "--require-approval", "never", *_all_unless_named(cdk_arguments)])


@local.command(context_settings=_CDK)
@click.argument("cdk_arguments", nargs=-1)
@click.pass_obj
def destroy(folder: Path, cdk_arguments: tuple[str, ...]) -> None:
    """`cdk destroy` the app of this folder; arguments are those of the CDK CLI."""
    _run_cdk(folder, ["destroy", "--force", *_all_unless_named(cdk_arguments)])


@local.command(context_settings={"ignore_unknown_options": True})
@click.argument("endpoint")
@click.argument("rows", nargs=-1)
@click.option("--file", type=click.File("rb"), help="What to send; - is standard input.")
@click.option("--content-type", help="Its type. Default: by the file's ending, or its content.")
@click.option("--accept", help="Type of the answer. Default: the container's own.")
@click.pass_obj
def invoke(
    folder: Path,
    endpoint: str,
    rows: tuple[str, ...],
    file: Any,
    content_type: str | None,
    accept: str | None,
) -> None:
    """Send ROWS (CSV without header and target, or one JSON object) to ENDPOINT."""
    body: bytes = file.read() if file else "\n".join(rows).encode()
    if not body.strip():
        raise click.UsageError("give a row of CSV, a JSON object, or --file")
    kind = content_type or content.content_type(body, getattr(file, "name", ""))
    with friendly_errors():
        runtime = LocalCloud.attach(folder).client("sagemaker-runtime")
        answer = runtime.invoke_endpoint(
            EndpointName=endpoint, ContentType=kind, Accept=accept or "*/*", Body=body
        )
        told: bytes = answer["Body"].read()
    click.echo(told, nl=not told.endswith(b"\n"))


@local.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def status(folder: Path, as_json: bool) -> None:
    """Show stacks, jobs, models, endpoints and running executions."""
    with friendly_errors():
        found = tables.inventory(LocalCloud.attach(folder))
    if as_json:
        click.echo(json.dumps(found, default=str, indent=1))
    else:
        tables.show(found, Console())


def _run_cdk(folder: Path, arguments: list[str]) -> None:
    with friendly_errors():
        sys.exit(LocalCloud.attach(folder).cdk(arguments).returncode)


def _all_unless_named(arguments: tuple[str, ...]) -> list[str]:
    named = any(not argument.startswith("-") for argument in arguments)
    return list(arguments) if named or "--all" in arguments else ["--all", *arguments]


class friendly_errors:  # noqa: N801
    """Turns the faults a user can cause into one line and exit status 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        told = (LocalCloudError, ToolMissingError, ClientError, RuntimeError)
        if isinstance(error, told):
            raise click.ClickException(str(error)) from error
