"""``Custom::AutoMLCandidates``: a job's candidates, read at deployment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from automlv2_handlers.aws.paging import pages
from automlv2_handlers.domain.names import digest
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context, Done, Outcome
from automlv2_handlers.resources.kind import Kind

MAX_BYTES: Final = 3000
"""Of the 4,096 that an answer may have, attributes included."""


def physical_id(event: LifecycleEvent) -> str:
    """Return the reading's own name; it never changes."""
    return event.physical_id or f"candidates-{event.logical_id}"


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Read once."""
    if event.request_type == "Delete":
        return Done(physical_id(event))
    found = [_short(candidate) for candidate in _list(event, context)]
    text = json.dumps(found, separators=(",", ":"))
    data = {"Candidates": text, "Count": str(len(found)), "S3Uri": ""}
    if len(text.encode()) > MAX_BYTES:
        data |= {"Candidates": "", "S3Uri": _store(event, text, context)}
    return Done(physical_id(event), data)


def _list(event: LifecycleEvent, context: Context) -> Iterator[dict[str, Any]]:
    request = context.gateway.request("ListCandidatesForAutoMLJob", event.properties)
    listed = pages(context, "list_candidates_for_auto_ml_job", "Candidates", **request)
    return islice(listed, request.get("MaxResults"))


def _short(candidate: dict[str, Any]) -> dict[str, Any]:
    metric = candidate.get("FinalAutoMLJobObjectiveMetric") or {}
    return {
        "CandidateName": candidate["CandidateName"],
        "CandidateStatus": candidate["CandidateStatus"],
        "MetricName": metric.get("MetricName", ""),
        "Value": metric.get("Value"),
    }


def _store(event: LifecycleEvent, text: str, context: Context) -> str:
    output = event.properties.get("OutputPath")
    if not output:
        raise LifecycleError(
            f"the candidates take more than {MAX_BYTES} bytes, and the job's output_path, where "
            "they could be kept, is not known; lower max_results"
        )
    name = f"{event.properties['AutoMLJobName']}-{digest(text, length=8)}.json"
    uri = f"{output.rstrip('/')}/candidates/{name}"
    context.gateway.write(uri, text.encode())
    return uri


KIND: Final = Kind(
    type="Custom::AutoMLCandidates",
    step=step,
    physical_id=physical_id,
)
