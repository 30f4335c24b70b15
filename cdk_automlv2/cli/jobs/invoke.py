"""``automlv2 invoke``: rows, a picture, a question or a whole file to an endpoint."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import click
from botocore.exceptions import ClientError

from cdk_automlv2.cli import aws, content, out, targets
from cdk_automlv2.cli import rows as rows_
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.completion import STACK_OR_ENDPOINT
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import run
from cdk_automlv2.cli.jobs.batches import Part, parts


class _Bar(Protocol):
    """What shows how far a file is."""

    def __call__(self, rows: int, /) -> None: ...


@dataclass(frozen=True)
class _Call:
    """How an endpoint is asked."""

    runtime: Any
    endpoint: str
    content_type: str
    accept: str | None

    def send(self, body: bytes) -> bytes:
        """Return the response to a body."""
        accept = {"Accept": self.accept} if self.accept else {}
        answer = self.runtime.invoke_endpoint(
            EndpointName=self.endpoint, ContentType=self.content_type, Body=body, **accept
        )
        response: bytes = answer["Body"].read()
        return response


@click.command(cls=rows_.RowsCommand)
@click.argument("name", metavar="STACK/ID | ENDPOINT", type=STACK_OR_ENDPOINT)
@rows_.argument
@click.option("--file", type=click.File("rb"), help="What to send; - is standard input.")
@click.option("--header", is_flag=True, help="The file's first row is a header; it is not sent.")
@click.option("--without", metavar="COLUMN", help="A column not to send, such as the target.")
@click.option("--content-type", help="Its type. Default: by the file's ending, or its content.")
@click.option("--accept", help="Type of the response. Default: the container's own.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="A file.")
@out.json_option
@aws.options
def invoke(
    client: Client,
    name: str,
    rows: tuple[str, ...],
    file: BinaryIO | None,
    header: bool,
    without: str | None,
    content_type: str | None,
    accept: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    r"""Send ROWS (CSV without header and target, or one JSON object) or a file to an endpoint.

    Responses are printed in the order of the rows. A long file of CSV is sent in parts.

    \b
    automlv2 invoke Shop/Churn 42,monthly,0.3
    automlv2 invoke Shop/Churn --file rows.csv --without churned -o answers.csv
    automlv2 invoke shop-pictures-1 --file cat.png
    """
    body = _body(rows, file)
    kind = content_type or content.content_type(body, getattr(file, "name", ""))
    is_csv = kind.partition(";")[0].strip() == content.CSV
    if (header or without) and not is_csv:
        raise click.UsageError(f"--header and --without are for CSV, not for {kind}")
    if (header or without) and file is None:
        raise click.UsageError("--header and --without go with --file")
    pieces = _parts(body, header, without) if is_csv else [Part(body, 1, 1)]
    if not pieces:
        raise click.UsageError("there are no rows")
    target = targets.endpoint(client, name)
    call = _Call(client("sagemaker-runtime"), target.name, kind, accept)
    if as_json:
        responses = _Kept()
        _send(call, pieces, responses)
        responses.show(call, sum(piece.rows for piece in pieces), output)
        return
    with _sink(output) as write:
        _send(call, pieces, write, timed=output is not None)
    if output:
        out.remark(f"responses in {output}")


def _parts(body: bytes, header: bool, without: str | None) -> list[Part]:
    try:
        return list(parts(body, header=header, without=without))
    except ValueError as error:
        raise Failure(str(error), run("invoke", "--help")) from error


def _body(rows: tuple[str, ...], file: BinaryIO | None) -> bytes:
    if file and rows:
        raise click.UsageError("give either rows or --file")
    if not rows and not file and not sys.stdin.isatty():
        file = sys.stdin.buffer
    body: bytes = file.read() if file else "\n".join(rows).encode()
    if not body.strip():
        raise click.UsageError("give a row of CSV, a JSON object, or --file; - is standard input")
    return body


class _Kept:
    """Responses that are shown at the end, as one document."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []

    def __call__(self, body: bytes, /) -> None:
        """Keep a response."""
        self._bodies.append(body)

    def show(self, call: _Call, rows: int, output: Path | None) -> None:
        """Print them; those that go to a file are not repeated."""
        whole = b"".join(self._bodies)
        if output:
            output.write_bytes(whole)
        text = None if output else whole.decode(errors="backslashreplace")
        out.document(
            endpoint=call.endpoint,
            content_type=call.content_type,
            rows=rows,
            response=text,
            output=str(output) if output else None,
        )


def _send(call: _Call, pieces: list[Part], write: _Write, *, timed: bool = False) -> None:
    total = sum(part.rows for part in pieces)
    began = time.monotonic()
    with _progress(total, len(pieces)) as advance:
        for part in pieces:
            write(_answer(call, part, len(pieces)))
            advance(part.rows)
    if timed or len(pieces) > 1:
        took = time.monotonic() - began
        out.remark(f"{total} rows in {took:.1f} s, {total / max(took, 1e-9):.0f} rows/s")


def _answer(call: _Call, part: Part, count: int) -> bytes:
    """Return the response to one part, its last line ended.

    Raises:
        Failure: If the endpoint refuses it; says which rows those were.
    """
    try:
        response = call.send(part.body)
    except ClientError as error:
        words = str(error.response.get("Error", {}).get("Message") or error)
        where = f"rows {part.first} to {part.first + part.rows - 1}: " if count > 1 else ""
        logs = run("logs", call.endpoint)
        raise Failure(f"endpoint {call.endpoint}: {where}{words}", logs) from error
    return response if count == 1 or response.endswith(b"\n") else response + b"\n"


class _Write(Protocol):
    """Where responses go."""

    def __call__(self, body: bytes, /) -> object: ...


@contextmanager
def _sink(output: Path | None) -> Iterator[_Write]:
    if output is None:
        yield out.body
        return
    with output.open("wb") as file:
        yield file.write


@contextmanager
def _progress(total: int, pieces: int) -> Iterator[_Bar]:
    """Show a bar on standard error while a file of several parts is sent."""
    if pieces < 2 or not sys.stderr.isatty():
        yield lambda rows: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(
        BarColumn(),
        MofNCompleteColumn(),
        _speed(),
        TimeRemainingColumn(),
        console=out.console(remarks=True),
        transient=True,
    ) as progress:
        task = progress.add_task("", total=total)
        yield lambda rows: progress.update(task, advance=rows)


def _speed() -> Any:
    from rich.progress import ProgressColumn, Task
    from rich.text import Text

    class Speed(ProgressColumn):
        """Rows in a second."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.0f} rows/s" if task.speed else "")

    return Speed()
