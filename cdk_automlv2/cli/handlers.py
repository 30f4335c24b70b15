"""Modules of the function that lean on nothing, read from the function's own files.

What trains, and what a state means, is decided in one place: the command reads that very file.
"""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from typing import Any

from cdk_automlv2._core.assets import handlers_dir


@cache
def module(name: str) -> Any:
    """Return a module of ``automlv2_handlers.domain``, such as ``update_policy``."""
    path = handlers_dir() / "automlv2_handlers" / "domain" / f"{name}.py"
    called = f"automlv2_function_{name}"
    spec = importlib.util.spec_from_file_location(called, path)
    assert spec is not None
    assert spec.loader is not None
    loaded = sys.modules[called] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded
