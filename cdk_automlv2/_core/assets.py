"""Where the code of the function and the state machine's definition lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def handlers_dir() -> Path:
    """Return the folder to zip: ``lambda/`` of a checkout, else the copy inside the wheel."""
    package = Path(__file__).parents[1]
    checkout = package.parent / "lambda"
    if (checkout / "automlv2_handlers").is_dir():
        return checkout
    return package / "_lambda"


def waiter_definition() -> dict[str, Any]:
    """Return the state machine that waits, with ``${HandlerArn}`` still to be filled in."""
    return _definition("waiter")


def release_definition() -> dict[str, Any]:
    """Return the state machine that carries a release, with ``${HandlerArn}`` as in the other."""
    return _definition("release")


def transform_definition() -> dict[str, Any]:
    """Return the state machine that carries a run of a batch transform, the same way."""
    return _definition("transform")


def _definition(name: str) -> dict[str, Any]:
    definition: dict[str, Any] = json.loads((handlers_dir() / f"{name}.asl.json").read_text())
    return definition
