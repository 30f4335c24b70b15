"""What is installed here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from cdk_automlv2.cli.doctor.checks import Check, State

_PACKAGE: Final = "cdk-automlv2"
_LIBRARIES: Final = ("aws-cdk-lib", "boto3")
_TOOLS: Final = (("CDK CLI", "cdk", "npm install -g aws-cdk"), ("Node", "node", "install Node"))
_SECONDS: Final = 20


def versions() -> Iterator[Check]:
    """Yield the versions of this library, of what it needs, and of the tools."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Check("versions", State.OK, f"{_PACKAGE} {metadata.version(_PACKAGE)}, Python {python}")
    for name in _LIBRARIES:
        yield _library(name)
    for name, command, remedy in _TOOLS:
        yield _tool(name, command, remedy)


def _library(name: str) -> Check:
    least = _least(name)
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(name, State.FAILED, "is not installed", f"pip install '{name}>={least}'")
    if _numbers(found) < _numbers(least):
        words = f"{found}, {least} or newer is needed"
        return Check(name, State.FAILED, words, f"pip install '{name}>={least}'")
    return Check(name, State.OK, found)


def _least(name: str) -> str:
    """Return the oldest version of a package that this library works with."""
    for line in metadata.requires(_PACKAGE) or []:
        found = re.match(rf"{re.escape(name)}[^;]*?>=\s*([\d.]+)", line)
        if found:
            return found[1]
    return "0"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _tool(name: str, command: str, remedy: str) -> Check:
    path = shutil.which(command) or _of_project(command)
    if path is None:
        return Check(name, State.WARNING, "is neither on the PATH nor in node_modules", remedy)
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check(name, State.UNKNOWN, f"does not tell its version: {error}", remedy)
    state = State.OK if done.returncode == 0 else State.WARNING
    return Check(name, state, (done.stdout or done.stderr).strip().splitlines()[0])


def _of_project(command: str) -> str | None:
    """Return a tool that the project has installed for itself, as `npx` finds it."""
    here = Path.cwd()
    places = [folder / "node_modules" / ".bin" for folder in (here, *here.parents)]
    return shutil.which(command, path=os.pathsep.join(map(str, places)))
