"""Tells how a run has ended: an event for EventBridge, two metrics, and a line of the log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.domain.plain import one_line, plain
from automlv2_handlers.events import LifecycleEvent

SOURCE: Final = "cdk.automlv2"
DETAIL_TYPE: Final = "Batch Transform Run"
SCHEMA: Final = 1
COMPLETED, FAILED, STOPPED, SKIPPED = "completed", "failed", "stopped", "skipped"
STATES: Final = (COMPLETED, FAILED, STOPPED, SKIPPED)
_MOST_REASON: Final = 1000


@dataclass(frozen=True, slots=True)
class End:
    """How a run has ended.

    Attributes:
        state: One of ``STATES``.
        reason: Why, in one line; empty if it went well.
        seconds: How long it took.
        model: The model that was used, where a job has shown it.
    """

    state: str
    reason: str = ""
    seconds: float = 0.0
    model: str = ""


def tell(
    event: LifecycleEvent, name: str, trigger: str, end: End, gateway: Gateway, now: float
) -> None:
    """Send the event, then write the metrics; may raise, and is then called again.

    Args:
        event: The request that has begun the run.
        name: Of the run.
        trigger: What has begun it.
        end: How it has ended.
        gateway: The only door to AWS.
        now: Epoch seconds.
    """
    detail = _detail(event, name, trigger, end)
    gateway.put_event(
        {
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Detail": json.dumps(detail),
            "Resources": [event.stack_id],
        }
    )
    dimensions = {"Stack": event.stack_name, "BatchTransform": str(detail["id"])}
    logs.metric("FailedRuns", float(end.state == FAILED), dimensions, now)
    if end.state == COMPLETED:
        logs.metric("RunSeconds", end.seconds, dimensions, now)
    logs.fact("batch transform run ended", run=name, state=end.state, why=end.reason)


def _detail(event: LifecycleEvent, name: str, trigger: str, end: End) -> Mapping[str, Any]:
    """Return the event's detail; docs/batch.md has its schema."""
    properties = event.properties
    source = (properties.get("TransformInput") or {}).get("DataSource") or {}
    detail = {
        "schema-version": SCHEMA,
        "stack": event.stack_name,
        "id": str(properties.get("Key") or event.logical_id),
        "run": name,
        "trigger": trigger,
        "state": end.state,
        "model": end.model or properties.get("ModelName"),
        "input": (source.get("S3DataSource") or {}).get("S3Uri"),
        "output": (properties.get("TransformOutput") or {}).get("S3OutputPath"),
        "seconds": round(end.seconds),
        "reason": one_line(end.reason)[:_MOST_REASON],
    }
    told: dict[str, Any] = plain(detail)
    return told
