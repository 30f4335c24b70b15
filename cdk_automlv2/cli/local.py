"""``automlv2 local …``: the local cloud for any CDK app."""

from __future__ import annotations

import contextlib
import math
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import ClientError
from click.shell_completion import CompletionItem

from cdk_automlv2.cli import completion, console, content, following, out, tables
from cdk_automlv2.cli import rows as rows_
from cdk_automlv2.cli.cdk_arguments import all_unless_named, stacks_of, unasked
from cdk_automlv2.cli.constructs import ENDPOINT
from cdk_automlv2.cli.failures import Failure, friendly_errors, is_missing
from cdk_automlv2.cli.lazy import Group
from cdk_automlv2.local import LocalCloud, LocalCloudError
from cdk_automlv2.local.cloud import environment, signals, state_file
from cdk_automlv2.local.cloud.ask import AskError
from cdk_automlv2.local.cloud.cloud import ACCOUNT, DEFAULT_FOLDER, DEFAULT_SPEED, none_runs
from cdk_automlv2.local.cloud.toolchain import ToolMissingError

_CDK = {"ignore_unknown_options": True, "allow_interspersed_args": False}
_ERRORS = (AskError, LocalCloudError, ToolMissingError)
_STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]*")  # No pattern, and no path below a stage.
_STATUS = following.run("local", "status")


@click.group(cls=Group)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=DEFAULT_FOLDER,
    show_default=True,
    help="Folder of the state file and logs.",
)
@click.pass_context
def local(context: click.Context, folder: Path) -> None:
    """Deploy a CDK app on this machine: no account, no Docker."""
    context.obj = folder
    source = context.get_parameter_source("folder")
    if source is not click.core.ParameterSource.DEFAULT:
        following.choose(context, folder=folder)


class _Endpoint(click.ParamType):  # type: ignore[type-arg]
    """An endpoint of the local cloud."""

    name = "endpoint"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names that begin so."""
        return completion.in_time(incomplete, lambda: self._find(ctx, incomplete))

    def _find(self, ctx: click.Context, incomplete: str) -> Iterator[completion.Found]:
        assert ctx.parent is not None
        cloud = LocalCloud.attach(ctx.parent.params["folder"])
        yield from completion.by_name(cloud.client, ENDPOINT, incomplete)


def _speed(_context: object, _option: object, value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise click.BadParameter(f"must be more than 0, and a number, got {value}")
    return value


@local.command()
@click.option(
    "--speed",
    default=DEFAULT_SPEED,
    show_default=True,
    callback=_speed,
    help="Speed-up factor for waits.",
)
@click.option(
    "--account",
    "accounts",
    multiple=True,
    default=(ACCOUNT,),
    show_default=True,
    help="Account number; repeat it for several accounts.",
)
@click.option("--detach", is_flag=True, help="Run in the background until `automlv2 local stop`.")
@click.option(
    "--bootstrap/--no-bootstrap",
    default=True,
    show_default=True,
    help="Bootstrap the accounts for the CDK.",
)
@click.option("--open", "shown", is_flag=True, help="Open its page in a browser.")
@out.json_option
@click.pass_obj
def start(
    folder: Path,
    speed: float,
    accounts: tuple[str, ...],
    detach: bool,
    bootstrap: bool,
    shown: bool,
    as_json: bool,
) -> None:
    """Start the local cloud and keep it until Ctrl-C."""
    with friendly_errors(*_ERRORS), signals.as_interrupt():
        cloud = LocalCloud.start(
            folder, speed, accounts=accounts, bootstrap=bootstrap, left_running=detach
        )
        try:
            _say_where(cloud, as_json)
            if shown:
                _show_page(cloud, in_browser=True, as_json=as_json)
            if not detach:
                _keep(cloud, out.remark if as_json else out.data)
        except BaseException:
            cloud.stop()
            raise
    with contextlib.suppress(OSError):  # The terminal may be closed.
        if not detach:
            (out.remark if as_json else out.data)("stopped")


def _keep(cloud: LocalCloud, say: Callable[[str], None]) -> None:
    """Wait until the cloud is stopped here or by `stop`, then clean up.

    Raises:
        Failure: If a server has ended by itself.
    """
    asked = threading.Event()
    for number in signals.ENDING:
        signal.signal(number, lambda *_: asked.set())
    say("Ctrl-C stops it")  # From here on it ends well, however it is told to.
    while cloud.is_running() and not asked.wait(0.3):
        pass
    ended = cloud.ended()
    stopped_elsewhere = state_file.load(cloud.folder) is None
    cloud.stop()
    if not (asked.is_set() or stopped_elsewhere):
        raise Failure(ended, following.run("local", "start"))


@local.command()
@click.option("--open/--no-open", "shown", default=True, help="Whether to open a browser.")
@out.json_option
@click.pass_obj
def page(folder: Path, shown: bool, as_json: bool) -> None:
    """Open the page of the local cloud: what there is, live, and a form that invokes."""
    with friendly_errors(*_ERRORS):
        _show_page(LocalCloud.attach(folder), in_browser=shown, as_json=as_json)


def _say_where(cloud: LocalCloud, as_json: bool) -> None:
    if as_json:
        urls = {"aws": cloud.ministack.url, "sagemaker": cloud.sagemaker.url}
        out.document(**urls, folder=str(cloud.folder))
        return
    out.data(f"AWS at {cloud.ministack.url}, SageMaker at {cloud.sagemaker.url}")
    out.data(f"state and logs in {cloud.folder}")


def _show_page(cloud: LocalCloud, *, in_browser: bool, as_json: bool) -> None:
    from cdk_automlv2.cli.page import link

    address = link.link_to(cloud)
    if as_json:
        out.document(page=address)
    else:
        out.data(f"page at {address}")
    if not (in_browser and link.open_browser(address)):
        another = following.following(following.run("local", "page"))
        out.remark(f"the link is good once, within 15 minutes; {another} gives another")


@local.command()
@out.json_option
@click.pass_obj
def stop(folder: Path, as_json: bool) -> None:
    """Stop the local cloud; its state is discarded."""
    with friendly_errors(*_ERRORS):
        if not LocalCloud.stop_all(folder):
            raise none_runs()
    if as_json:
        out.document(stopped=True)
    else:
        out.data("stopped")


@local.command(context_settings=_CDK)
@click.argument("cdk_arguments", nargs=-1)
@click.pass_obj
def deploy(folder: Path, cdk_arguments: tuple[str, ...]) -> None:
    """Run `cdk deploy` in the current directory; takes the options of the CDK CLI."""
    _run_cdk(folder, ["deploy", *unasked(all_unless_named(cdk_arguments))])


@local.command(context_settings=_CDK)
@click.argument("cdk_arguments", nargs=-1)
@click.pass_obj
def destroy(folder: Path, cdk_arguments: tuple[str, ...]) -> None:
    """Run `cdk destroy` in the current directory; takes the options of the CDK CLI."""
    _run_cdk(folder, ["destroy", "--force", *all_unless_named(cdk_arguments)])


@local.command(cls=rows_.RowsCommand)
@click.argument("endpoint", type=_Endpoint())
@rows_.argument
@click.option("--file", type=click.File("rb"), help="What to send; - is standard input.")
@click.option("--content-type", help="Its type. Default: by the file's ending, or its content.")
@click.option("--accept", help="Type of the answer. Default: the container's own.")
@out.json_option
@click.pass_obj
def invoke(
    folder: Path,
    endpoint: str,
    rows: tuple[str, ...],
    file: Any,
    content_type: str | None,
    accept: str | None,
    as_json: bool,
) -> None:
    """Send ROWS (CSV without header and target, or one JSON object) to ENDPOINT."""
    body: bytes = file.read() if file else "\n".join(rows).encode()
    if not body.strip():
        raise click.UsageError("give a row of CSV, a JSON object, or --file")
    kind = content_type or content.content_type(body, getattr(file, "name", ""))
    with friendly_errors(*_ERRORS):
        runtime = LocalCloud.attach(folder).client("sagemaker-runtime")
        try:
            answer = runtime.invoke_endpoint(
                EndpointName=endpoint, ContentType=kind, Accept=accept or "*/*", Body=body
            )
        except ClientError as error:
            words = str(error.response.get("Error", {}).get("Message") or error)
            logs = following.run("logs", endpoint, "--local")
            raise Failure(words, _STATUS if is_missing(error) else logs) from error
        response: bytes = answer["Body"].read()
    if as_json:
        text = response.decode(errors="backslashreplace")
        out.document(endpoint=endpoint, content_type=kind, response=text)
    else:
        out.body(response)


@local.command()
@click.option("--plain", is_flag=True, help="Print tab-separated lines.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def status(folder: Path, plain: bool, as_json: bool) -> None:
    """Show stacks, jobs, models, endpoints and running executions."""
    form = console.Form.chosen(plain=plain, as_json=as_json)
    with friendly_errors(*_ERRORS):
        found = tables.inventory(LocalCloud.attach(folder))
    console.show(found, form, "nothing is deployed", tables.TITLES)


@local.command()
@click.option("--account", help="Account to use. Default: the first one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def env(folder: Path, account: str | None, as_json: bool) -> None:
    """Print the environment for any other client: eval "$(automlv2 local env)"."""
    with friendly_errors(*_ERRORS):
        found = LocalCloud.attach(folder).variables(account)
    if as_json:
        out.as_json(found)
    else:
        out.data(environment.for_shell(found))


def _run_cdk(folder: Path, arguments: list[str]) -> None:
    with friendly_errors(*_ERRORS):
        try:
            status = LocalCloud.attach(folder).cdk(arguments).returncode
            if status:
                following.suggest(_why_failed(folder, arguments))
            sys.exit(status)
        except KeyboardInterrupt:
            out.remark("interrupted; the stack goes on in the local cloud")
            following.suggest(_STATUS)
            sys.exit(130)


def _why_failed(folder: Path, arguments: list[str]) -> following.Command:
    """Return what explains the failure of the CDK CLI: the stack that was named, or all there is.

    Only the local cloud of the usual folder is known to the commands that look at AWS.
    """
    _, *names = stacks_of(arguments)
    if len(names) == 1 and _STACK.fullmatch(names[0]) and folder == DEFAULT_FOLDER:
        return following.run("explain", names[0], "--local")
    return _STATUS
