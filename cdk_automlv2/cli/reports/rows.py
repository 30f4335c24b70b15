"""Held-out rows: a file or a folder, here or in S3."""

from __future__ import annotations

from pathlib import Path

from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import run
from cdk_automlv2.reports.reading.held_out import HeldOut
from cdk_automlv2.reports.reading.store import Store

_MOST_FILES = 500
_HELP = run("report", "--help")


def held_out(client: Client, name: str) -> HeldOut:
    """Return the rows of a file, a folder or a prefix.

    Raises:
        Failure: If there are none.
    """
    found = _of_s3(client, name) if name.startswith("s3://") else _of_disk(Path(name))
    if not found:
        raise Failure(f"--held-out {name}: there is nothing", _HELP)
    return HeldOut(name, found)


def _of_disk(path: Path) -> dict[str, bytes]:
    if path.is_file():
        return {path.name: path.read_bytes()}
    if not path.is_dir():
        return {}
    files = [item for item in sorted(path.rglob("*")) if item.is_file()]
    return {item.relative_to(path).as_posix(): item.read_bytes() for item in files[:_MOST_FILES]}


def _of_s3(client: Client, uri: str) -> dict[str, bytes]:
    """Return the objects of a prefix.

    Raises:
        Failure: If one cannot be read.
    """
    notes: list[str] = []
    store = Store(client("s3"), notes.append)
    listed = [item.uri for item in store.below(uri)][:_MOST_FILES]
    found = {}
    for each in listed:
        body = store.read(each)
        name = each.rpartition("/")[2] if each == uri else each.removeprefix(uri).lstrip("/")
        if body is not None:
            found[name] = body
    if notes:
        raise Failure(f"--held-out: {notes[0]}", _HELP)
    return found
