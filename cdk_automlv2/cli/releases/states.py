"""The table of states that the function keeps to, read from the function's own file."""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Any

from cdk_automlv2._core.assets import handlers_dir


@cache
def states() -> Any:
    """Return the module ``automlv2_handlers.domain.release_states``, which leans on nothing."""
    path = handlers_dir() / "automlv2_handlers" / "domain" / "release_states.py"
    spec = importlib.util.spec_from_file_location("automlv2_release_states", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exit_status(state: str) -> int | None:
    """Return the exit status that an end stands for; nothing for a state that is no end."""
    found: int | None = states().EXIT_STATUS.get(state)
    return found
