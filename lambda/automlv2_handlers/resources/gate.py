"""``Custom::AutoMLGate``: judges a candidate between its job and its model, within a stack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers import stack_phase
from automlv2_handlers.domain.names import digest
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context, Done, Outcome
from automlv2_handlers.releases import gates
from automlv2_handlers.resources.kind import Kind

_PASSED: Final = "Passed"
_MOST_BYTES: Final = 3000
"""Of the 4,096 that an answer may have."""

_WORDS: Final = {
    gates.REFUSE: "refuses candidate",
    gates.UNDECIDED: "cannot judge candidate",
}


def physical_id(event: LifecycleEvent) -> str:
    """Return the gate's own name; it never changes."""
    return event.physical_id or f"gate-{digest(event.owner, length=16)}"


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Ask the gates in their order; a stack on its way back returns to what has passed before.

    Raises:
        LifecycleError: If one does not let the candidate pass.
    """
    if event.request_type == "Delete" or stack_phase.is_rolling_back(context):
        return Done(physical_id(event))
    judged = _judged(event, context)
    said: list[dict[str, Any]] = context.progress.setdefault(_PASSED, [])
    for gate in list(event.properties.get("Gates") or [])[len(said) :]:
        verdict = gates.judge(gate, judged, context.gateway)
        if verdict.verdict != gates.PASS:
            name = judged.candidate.get("CandidateName")
            words = f"gate {verdict.gate} {_WORDS[verdict.verdict]} {name!r}"
            raise LifecycleError(f"{words}: {verdict.reason}")
        said.append({"Gate": verdict.gate, "Reason": verdict.reason})
    text = json.dumps(said, separators=(",", ":"))
    return Done(physical_id(event), {"Verdicts": text if len(text) <= _MOST_BYTES else ""})


def _judged(event: LifecycleEvent, context: Context) -> gates.Judged:
    candidate = _candidate(event.properties, context)
    if candidate is None:
        raise LifecycleError(f"AutoML job {event.properties['AutoMLJobName']!r} has no candidate")
    before = _candidate(event.old_properties, context)
    same = before is not None and before["CandidateName"] == candidate["CandidateName"]
    return gates.Judged(
        job=str(event.properties["AutoMLJobName"]),
        candidate=candidate,
        deployed=None if same else before,
    )


def _candidate(properties: Mapping[str, Any], context: Context) -> dict[str, Any] | None:
    """Return the candidate that properties name; by default the best of the job."""
    job = properties.get("AutoMLJobName")
    if not job:
        return None
    name = properties.get("CandidateName")
    if name:
        request = {"AutoMLJobName": job, "CandidateNameEquals": name}
        listed = context.gateway.call("list_candidates_for_auto_ml_job", **request)
        return next(iter(listed["Candidates"]), None)
    found = context.gateway.find("describe_auto_ml_job_v2", AutoMLJobName=job) or {}
    return found.get("BestCandidate")


KIND: Final = Kind(
    type="Custom::AutoMLGate",
    step=step,
    physical_id=physical_id,
    makes_things=True,
)
