"""What is installed here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from cdk_automlv2.cli.doctor.app import Needs
from cdk_automlv2.cli.doctor.checks import Check, State, failed
from cdk_automlv2.cli.following import DOCTOR, Command, of_error, tool

_PACKAGE: Final = "cdk-automlv2"
_LIBRARIES: Final = ("aws-cdk-lib", "boto3")
_CDK: Final = "CDK CLI"
_GET_CDK: Final = tool("npm", "install", "-g", "aws-cdk")
_GET_NODE: Final = tool("pip", "install", "cdk-automlv2[local]")
_SECONDS: Final = 20


def versions(needs: Needs | None, *, is_local: bool) -> Iterator[Check]:
    """Yield the versions of this library, of what it needs, and of the tools.

    Args:
        needs: What the app needs, if one was synthesized.
        is_local: Whether `automlv2 local deploy` is to deploy, which finds its tools itself.
    """
    python = ".".join(map(str, sys.version_info[:3]))
    yield Check("versions", State.OK, f"{_PACKAGE} {metadata.version(_PACKAGE)}, Python {python}")
    for name in _LIBRARIES:
        yield _library(name)
    if is_local:
        yield from _of_local_deploy(needs)
        return
    yield _tool(_CDK, _found("cdk"), _GET_CDK, needs)
    yield _tool("Node", _found("node"), _GET_NODE, None)


def _of_local_deploy(needs: Needs | None) -> Iterator[Check]:
    """Yield the tools that `automlv2 local deploy` would run."""
    from cdk_automlv2.local.cloud import toolchain

    name, get = _CDK, tool("npm", "install", "aws-cdk")
    try:
        yield _tool(name, toolchain.cdk_command(Path.cwd()), get, needs)
        name = "Node"
        yield _tool(name, [toolchain.node()], _GET_NODE, None)
    except toolchain.ToolMissingError as error:
        yield failed(name, error.message, of_error(error) or DOCTOR)


def _library(name: str) -> Check:
    least = _least(name)
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return failed(name, "is not installed", tool("pip", "install", f"{name}>={least}"))
    if _numbers(found) < _numbers(least):
        words = f"{found}, {least} or newer is needed"
        return failed(name, words, tool("pip", "install", f"{name}>={least}"))
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


def _tool(name: str, command: Sequence[str] | None, get: Command, needs: Needs | None) -> Check:
    """Return the version of a tool, and whether it can deploy the app."""
    if command is None:
        return Check(name, State.WARNING, "is neither on the PATH nor in node_modules", get, get)
    try:
        done = subprocess.run(
            [*command, "--version"], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check(name, State.UNKNOWN, f"does not tell its version: {error}", get, get)
    version = next(iter((done.stdout or done.stderr).strip().splitlines()), "no version")
    if done.returncode != 0:
        return Check(name, State.WARNING, version)
    least = needs.cdk if needs and name == _CDK else ""
    if _numbers(version) < _numbers(least):
        return failed(name, f"{version}; this app needs {least} or newer", get)
    return Check(name, State.OK, version)


def _found(command: str) -> list[str] | None:
    """Return a tool on the PATH, or of the project."""
    path = shutil.which(command) or _of_project(command)
    return None if path is None else [path]


def _of_project(command: str) -> str | None:
    """Return a tool that the project has installed for itself, as `npx` finds it."""
    here = Path.cwd()
    places = [folder / "node_modules" / ".bin" for folder in (here, *here.parents)]
    return shutil.which(command, path=os.pathsep.join(map(str, places)))
