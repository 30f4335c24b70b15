"""``Custom::AutoMLJobV2``: starts the job, or finds the one that already did the work.

The answer comes once the job has started; ``Custom::AutoMLWait`` waits for its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from automlv2_handlers import logs, tags
from automlv2_handlers.errors import GatewayError, LifecycleError, NameTakenError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.fingerprint import UNKNOWN, fingerprint
from automlv2_handlers.names import MAX_ATTEMPTS, job_name, was_answered
from automlv2_handlers.outcomes import Context, Done, Outcome, Pending
from automlv2_handlers.update_policy import needs_new_job, training_part

STOP_SECONDS = 50 * 60
_RUNNING = frozenset({"InProgress", "Stopping"})


def physical_id(event: LifecycleEvent) -> str:
    """Return the name to answer with when nothing better is known."""
    return event.physical_id or _name(event, training_part(event.properties), 1)


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Carry the request on as far as it goes now."""
    if event.request_type == "Delete":
        return _delete(event, context)
    if event.request_type == "Update" and not needs_new_job(event.old_properties, event.properties):
        return _keep(event, context)
    return _find_or_start(event, context)


def _keep(event: LifecycleEvent, context: Context) -> Outcome:
    job = _describe(event.physical_id, context)
    if job is not None:
        arn = job["AutoMLJobArn"]
        tags.sync(event, arn, context.gateway.tags_of(arn), context)
    return Done(event.physical_id, {"AutoMLJobName": event.physical_id})


@dataclass(frozen=True, slots=True)
class _Wanted:
    request: Mapping[str, Any]
    training: Mapping[str, Any]
    fingerprint: str
    rolling_back: bool


def _find_or_start(event: LifecycleEvent, context: Context) -> Outcome:
    training = training_part(event.properties)
    request = context.gateway.request("CreateAutoMLJobV2", event.properties)
    wanted = _Wanted(
        request=request,
        training=training,
        fingerprint=fingerprint(request, training, context.gateway),
        rolling_back=event.request_type == "Update"
        and context.gateway.is_rolling_back(event.stack_id),
    )
    for attempt in range(1, MAX_ATTEMPTS + 1):
        name = _name(event, training, attempt)
        job = _describe(name, context) or _start(event, name, wanted, context)
        if job is None:
            return Done(name, {"AutoMLJobName": name})
        present = context.gateway.tags_of(job["AutoMLJobArn"])
        if _serves(event, job, present, wanted):
            tags.sync(event, job["AutoMLJobArn"], present, context)
            return Done(name, {"AutoMLJobName": name})
        if "AutoMLJobName" in event.properties:
            raise LifecycleError(
                f"AutoML job name {name!r} is taken by a job with other settings or data "
                f"(status {job['AutoMLJobStatus']}), and AWS never frees a job name; choose "
                "another job_name"
            )
    raise LifecycleError(
        f"{MAX_ATTEMPTS} AutoML jobs of this configuration have failed; change the configuration"
    )


def _start(
    event: LifecycleEvent, name: str, wanted: _Wanted, context: Context
) -> dict[str, Any] | None:
    """Start the job; ``None`` when it was started, else the job that was there first."""
    marks = {tags.FINGERPRINT: wanted.fingerprint}
    request = {
        **wanted.request,
        "AutoMLJobName": name,
        "Tags": tags.with_marks(event, **marks),
    }
    try:
        context.gateway.call("create_auto_ml_job_v2", **request)
    except NameTakenError:
        job = _describe(name, context)
        if job is None:
            raise
        return job
    logs.fact("AutoML job started", job=name, fingerprint=wanted.fingerprint)
    return None


def _serves(
    event: LifecycleEvent, job: Mapping[str, Any], marks: Mapping[str, str], wanted: _Wanted
) -> bool:
    """Whether an existing job is what the request asks for, so that nothing is trained twice."""
    if not tags.is_ours(event, marks):
        return False
    if marks.get(tags.REQUEST) == event.request_id:
        return True
    if job["AutoMLJobStatus"] not in ("InProgress", "Completed"):
        return False
    if job["AutoMLJobStatus"] == "Completed" and not _has_result(job):
        return False
    same_data = marks.get(tags.FINGERPRINT) == wanted.fingerprint != UNKNOWN
    return same_data or wanted.rolling_back


def _has_result(job: Mapping[str, Any]) -> bool:
    only_definitions = job["AutoMLJobSecondaryStatus"] == "CandidateDefinitionsGenerated"
    return bool(job.get("BestCandidate")) or only_definitions


def _delete(event: LifecycleEvent, context: Context) -> Outcome:
    """Stop what runs; the record of a job stays for ever, AWS has no call to delete it."""
    for name in _names_to_stop(event, context):
        job = _describe(name, context)
        if job is None or job["AutoMLJobStatus"] not in _RUNNING:
            continue
        if job["AutoMLJobStatus"] == "InProgress":
            _stop(name, context)
        if context.age > STOP_SECONDS:
            raise LifecycleError(f"AutoML job {name!r} is still stopping; delete the stack again")
        return Pending(event.physical_id, f"job {name} to stop")
    return Done(event.physical_id)


def _names_to_stop(event: LifecycleEvent, context: Context) -> list[str]:
    """Return the job of the physical id or, where that was invented, the jobs of this resource."""
    given = event.properties.get("AutoMLJobName")
    if was_answered(event, given):
        return [event.physical_id]
    training = training_part(event.properties)
    names = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        name = _name(event, training, attempt)
        job = _describe(name, context)
        if job is None:
            break
        if tags.is_ours(event, context.gateway.tags_of(job["AutoMLJobArn"])):
            names.append(name)
        if given:
            break
    return names


def _stop(name: str, context: Context) -> None:
    try:
        context.gateway.call("stop_auto_ml_job", AutoMLJobName=name)
    except GatewayError:
        job = _describe(name, context)
        if job is not None and job["AutoMLJobStatus"] == "InProgress":
            raise


def _describe(name: str, context: Context) -> dict[str, Any] | None:
    return context.gateway.find("describe_auto_ml_job_v2", AutoMLJobName=name)


def _name(event: LifecycleEvent, training: Mapping[str, Any], attempt: int) -> str:
    return str(event.properties.get("AutoMLJobName") or job_name(event, training, attempt))
