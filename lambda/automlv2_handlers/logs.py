"""One JSON line per fact; nothing secret."""

from __future__ import annotations

import json
import re
import sys
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from automlv2_handlers.events import LifecycleEvent

MOST_CHARACTERS: Final = 8000
"""Of one value; CloudWatch takes 256 KB a line."""

_SIGNED: Final = re.compile(r"(X-Amz-[A-Za-z-]+|Signature|AWSAccessKeyId)=[^&\s\"'\\]+")
"""The secret parts of a pre-signed URL, in whatever text they may stand."""


def fact(what: str, /, **details: object) -> None:
    """Write one line to the function's log."""
    shown = {key: _shown(value) for key, value in details.items()}
    sys.stdout.write(json.dumps({"fact": what, **shown}) + "\n")
    sys.stdout.flush()


def decision(
    what: str, event: LifecycleEvent, error: BaseException | None = None, /, **details: object
) -> None:
    """Write what was decided on a request; of an error its trace, which goes nowhere else."""
    identity = {
        "request": event.request_type,
        "request_id": event.request_id,
        "type": event.resource_type,
        "logical_id": event.logical_id,
    }
    trace = {}
    if error is not None:
        whole = "".join(traceback.format_exception(error))
        trace = {"error": f"{type(error).__name__}: {error}", "trace": whole[-MOST_CHARACTERS:]}
    fact(what, **identity, **details, **trace)


def metric(name: str, value: float, dimensions: Mapping[str, str], now: float) -> None:
    """Write one figure so that CloudWatch makes a metric of it (embedded metric format).

    Args:
        name: The metric's name, in the namespace ``cdk-automlv2``.
        value: The figure.
        dimensions: What it is of.
        now: Epoch seconds.
    """
    directive = {
        "Namespace": "cdk-automlv2",
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name}],
    }
    line = {
        "_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": [directive]},
        **dimensions,
        name: value,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _shown(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    return _SIGNED.sub(r"\1=…", str(value))[:MOST_CHARACTERS]
