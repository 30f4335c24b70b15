"""``automlv2 validate`` and ``automlv2 schema``: models as files, without Node and without AWS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from cdk_automlv2.cli import out, safe
from cdk_automlv2.cli.following import run, suggest
from cdk_automlv2.specs.errors import SpecFault
from cdk_automlv2.specs.files import spec_files
from cdk_automlv2.specs.folder import check_all
from cdk_automlv2.specs.spec import check
from cdk_automlv2.specs.walk import schema_text


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the faults as JSON.")
def validate(paths: tuple[Path, ...], as_json: bool) -> None:
    """Check the specs in folders, or single files.

    Prints each fault with its file, line and column; the exit status is 1 if there are any.
    """
    faults: list[SpecFault] = []
    count = 0
    for path in paths:
        if path.is_dir():
            found = check_all(path)
            count += _files(path)
        else:
            count += 1
            _, found = check(path)
        faults += found
    _print(faults, count, as_json)
    if faults:
        raise SystemExit(1)


def _print(faults: Sequence[SpecFault], count: int, as_json: bool) -> None:
    if as_json:
        out.as_json([_row(item) for item in faults])
        return
    for item in faults:
        out.data(replace(item, file=safe.line(item.file)))
    if not faults:
        out.data(f"{_counted(count, 'file')}, valid")
        return
    out.remark(f"{_counted(len(faults), 'fault')}; {_counted(count, 'file')} checked")
    suggest((run("schema"), "> automlv2.schema.json for an editor that shows faults"))


def _files(folder: Path) -> int:
    try:
        return len(spec_files(folder))
    except OSError:  # It is among the faults.
        return 0


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _row(item: SpecFault) -> dict[str, Any]:
    return {
        "file": item.file,
        "line": item.line,
        "column": item.column,
        "path": item.fault.path,
        "rule": item.fault.rule,
        "got": None if item.fault.got is None else str(item.fault.got),
        "fix": item.fault.fix,
    }


@click.command("schema")
@click.option("--json", "_as_json", is_flag=True, help="As without: it is JSON.")
def schema(_as_json: bool) -> None:
    """Print the JSON Schema of specs, for editors.

    `automlv2 schema > automlv2.schema.json`, and in each file on top:
    `# yaml-language-server: $schema=automlv2.schema.json`.
    """
    out.data(schema_text().removesuffix("\n"))
