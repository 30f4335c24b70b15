"""Counts an app's calls into Node: python -m bench.calls app.py [ARGUMENTS].

Prints how many there are, and the most frequent with the place that made them.
"""

from __future__ import annotations

import runpy
import sys
import traceback
from collections import Counter
from typing import Any

import jsii

_INSTALLED = "/site-packages/"
_MOST = 20


def count(app: str) -> Counter[tuple[str, str]]:
    """Run an app and return how often each place made each kind of call."""
    found: Counter[tuple[str, str]] = Counter()
    provider = jsii.kernel.provider  # What the kernel sends all requests by.
    process = provider._process
    send = process.send

    def counted(request: Any, kind: Any) -> Any:
        found[type(request).__name__, _place()] += 1
        return send(request, kind)

    process.send = counted
    runpy.run_path(app, run_name="__main__")
    return found


def _place() -> str:
    for frame in reversed(traceback.extract_stack()):
        if _INSTALLED not in frame.filename and frame.filename != __file__:
            return f"{frame.filename}:{frame.lineno}"
    return "?"


def main() -> None:
    """Print the counts."""
    del sys.argv[0]  # From here on they are the app's.
    found = count(sys.argv[0])
    for (kind, place), number in found.most_common(_MOST):
        print(f"{number:6} {kind:20} {place}")
    print(f"{found.total()} calls into Node")


if __name__ == "__main__":
    main()
