"""One JSON line per fact; never the pre-signed URL."""

from __future__ import annotations

import json
import sys
import traceback


def fact(what: str, /, **details: object) -> None:
    """Write one line to the function's log."""
    sys.stdout.write(json.dumps({"fact": what, **details}, default=repr) + "\n")
    sys.stdout.flush()


def fault(what: str, error: BaseException, **details: object) -> None:
    """Write one line with a stack trace; the trace goes nowhere else."""
    trace = "".join(traceback.format_exception(error))
    fact(what, error=f"{type(error).__name__}: {error}", trace=trace, **details)
