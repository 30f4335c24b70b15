"""``Custom::AutoMLJobV2``: starts the job, or finds the one that already did the work.

The answer comes once the job has started; ``Custom::AutoMLWait`` waits for its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.aws.paging import pages
from automlv2_handlers.domain import tags
from automlv2_handlers.domain.fingerprint import UNKNOWN, Fingerprint, fingerprint
from automlv2_handlers.domain.names import MAX_ATTEMPTS, digest, job_name, owner_stem, was_answered
from automlv2_handlers.domain.update_policy import training_part
from automlv2_handlers.errors import (
    BusyError,
    DeniedError,
    GatewayError,
    LifecycleError,
    NameTakenError,
)
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import MADE, Context, Done, Outcome, Pending
from automlv2_handlers.resources.kind import Kind

STOP_SECONDS: Final = 50 * 60
LISTING_DENIALS_TOLERATED: Final = 3
"""Looks at the data, one a quarter of a minute, that a new right to list them gets."""

_UNLISTED: Final = "Unlisted"
_RUNNING = frozenset({"InProgress", "Stopping"})


def physical_id(event: LifecycleEvent) -> str:
    """Return the name to answer with when nothing better is known."""
    return event.physical_id or _name(event, training_part(event.properties), 1)


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Carry the request on as far as it goes now."""
    if event.request_type == "Delete":
        return _delete(event, context)
    kept = _keep(event, context) if event.request_type == "Update" else None
    return kept or _find_or_start(event, context)


def _keep(event: LifecycleEvent, context: Context) -> Outcome | None:
    """Keep the job if it is of the wanted training already; else return nothing.

    What the old properties say does not count: after a failure without rollback they may be those
    of the update that has failed.
    """
    job = _describe(event.physical_id, context)
    if job is None:
        return None
    arn = job["AutoMLJobArn"]
    marks = tags.of(arn, context)
    wanted = training_mark(training_part(event.properties))
    if not tags.is_ours(event, marks) or marks.get(tags.TRAINING) != wanted:
        return None
    tags.sync(event, arn, marks, context)
    return _done(event.physical_id, marks)


def training_mark(training: Mapping[str, Any]) -> str:
    """Return the mark of a job's settings, its data left aside."""
    return digest(training)


@dataclass(frozen=True, slots=True)
class _Wanted:
    request: Mapping[str, Any]
    training: Mapping[str, Any]
    data: Fingerprint


@dataclass(frozen=True, slots=True)
class _Known:
    """A job of that name, and its tags."""

    name: str
    job: Mapping[str, Any]
    marks: Mapping[str, str]


def _find_or_start(event: LifecycleEvent, context: Context) -> Outcome:
    training = training_part(event.properties)
    if stack_phase.is_rolling_back(context):
        return _roll_back(event, training, context)
    request = context.gateway.request("CreateAutoMLJobV2", event.properties)
    wanted = _Wanted(request, training, _data(request, training, context))
    for attempt in range(1, MAX_ATTEMPTS + 1):
        name = _name(event, training, attempt)
        job = _describe(name, context) or _start(event, name, wanted, context)
        if job is None:
            return _done(name, {tags.FINGERPRINT: wanted.data.value}, wanted.data.why)
        known = _Known(name, job, tags.of(job["AutoMLJobArn"], context))
        if _serves(event, known, wanted):
            return _adopt(event, known, wanted, context)
        if "AutoMLJobName" in event.properties:
            raise LifecycleError(
                f"AutoML job name {name!r} is taken by a job with other settings or data "
                f"(status {job['AutoMLJobStatus']}), and AWS never frees a job name; choose "
                "another job_name"
            )
    raise LifecycleError(
        f"{MAX_ATTEMPTS} AutoML jobs of this configuration have failed; change the configuration"
    )


def _roll_back(event: LifecycleEvent, training: Mapping[str, Any], context: Context) -> Outcome:
    """Return to the job that the stack had; a stack on its way back trains nothing."""
    known = list(_known(event, training, context))
    for item in known:
        if item.marks.get(tags.REQUEST) == event.request_id:
            # A request that has started a job asked to go forward: it comes again, too late.
            context.progress[MADE] = item.name
            raise LifecycleError("the stack has gone back already from what was asked for")
    good = [item for item in known if _may_serve(item.job)]
    for found in sorted(good or known, key=_since, reverse=True):
        tags.sync(event, found.job["AutoMLJobArn"], found.marks, context)
        return _done(found.name, found.marks)
    raise LifecycleError("there is no AutoML job of the former settings to go back to")


def _known(
    event: LifecycleEvent, training: Mapping[str, Any], context: Context
) -> Iterator[_Known]:
    """Yield the resource's own jobs of that training, the first attempt first."""
    for attempt in range(1, MAX_ATTEMPTS + 1):
        name = _name(event, training, attempt)
        job = _describe(name, context)
        if job is None:
            return
        marks = tags.of(job["AutoMLJobArn"], context)
        if tags.is_ours(event, marks):
            yield _Known(name, job, marks)
        if event.properties.get("AutoMLJobName"):
            return


def _since(known: _Known) -> float:
    return float(known.marks.get(tags.SINCE, 0))


def _data(request: Mapping[str, Any], training: Any, context: Context) -> Fingerprint:
    """Return the data's fingerprint; a right to list them may come a little late."""
    try:
        return fingerprint(request, training, context.gateway)
    except DeniedError as error:
        if context.count(_UNLISTED) <= LISTING_DENIALS_TOLERATED:
            raise
        return Fingerprint(UNKNOWN, str(error))


def _start(
    event: LifecycleEvent, name: str, wanted: _Wanted, context: Context
) -> dict[str, Any] | None:
    """Start the job; ``None`` when it was started, else the job that was there first."""
    marks = {
        tags.FINGERPRINT: wanted.data.value,
        tags.SINCE: f"{context.now:.0f}",
        tags.TRAINING: training_mark(wanted.training),
    }
    request = {
        **wanted.request,
        "AutoMLJobName": name,
        "Tags": tags.with_marks(event, **marks),
    }
    try:
        context.gateway.call("create_auto_ml_job_v2", **request)
    except NameTakenError as error:
        job = _describe(name, context)
        if job is None:
            raise BusyError(f"{error}, but it is not seen yet") from error
        return job
    context.progress[MADE] = name
    logs.fact("AutoML job started", job=name, fingerprint=wanted.data.value, why=wanted.data.why)
    return None


def _serves(event: LifecycleEvent, known: _Known, wanted: _Wanted) -> bool:
    """Whether an existing job is what the request asks for, so that nothing is trained twice."""
    if not tags.is_ours(event, known.marks):
        return False
    if known.marks.get(tags.REQUEST) == event.request_id:
        return True
    same_data = known.marks.get(tags.FINGERPRINT) == wanted.data.value != UNKNOWN
    return same_data and _may_serve(known.job)


def _adopt(event: LifecycleEvent, known: _Known, wanted: _Wanted, context: Context) -> Outcome:
    arn = known.job["AutoMLJobArn"]
    context.progress[MADE] = known.name
    if known.marks.get(tags.REQUEST) != event.request_id:
        since = {tags.REQUEST: event.request_id, tags.SINCE: f"{context.now:.0f}"}
        context.gateway.add_tags(arn, tags.to_list(since))
        logs.fact("AutoML job found again", job=known.name)
    tags.sync(event, arn, known.marks, context)
    return _done(known.name, known.marks, wanted.data.why)


def _done(name: str, marks: Mapping[str, str], why_unknown: str = "") -> Done:
    note = f"the job will not be found again to save a training: {why_unknown}"
    data = {"AutoMLJobName": name, "DataFingerprint": marks.get(tags.FINGERPRINT, UNKNOWN)}
    return Done(name, data, note if why_unknown else "")


def _may_serve(job: Mapping[str, Any]) -> bool:
    """Whether a job has a result, or may still come to one."""
    if job["AutoMLJobStatus"] == "Completed":
        return _has_result(job)
    return bool(job["AutoMLJobStatus"] == "InProgress")


def _has_result(job: Mapping[str, Any]) -> bool:
    only_definitions = job["AutoMLJobSecondaryStatus"] == "CandidateDefinitionsGenerated"
    return bool(job.get("BestCandidate")) or only_definitions


def _delete(event: LifecycleEvent, context: Context) -> Outcome:
    """Stop what runs; the record of a job stays for ever, AWS has no call to delete it."""
    for name in _names_to_stop(event, context):
        job = _describe(name, context)
        if job is None or job["AutoMLJobStatus"] not in _RUNNING:
            continue
        if not tags.may_remove(event, tags.of(job["AutoMLJobArn"], context), context):
            continue
        if job["AutoMLJobStatus"] == "InProgress":
            _stop(name, context)
        if context.age > STOP_SECONDS:
            raise LifecycleError(f"AutoML job {name!r} is still stopping; delete the stack again")
        return Pending(event.physical_id, f"job {name} to stop")
    return Done(event.physical_id)


def _names_to_stop(event: LifecycleEvent, context: Context) -> list[str]:
    """Return the job of the physical id, and those of this resource that no id stands for."""
    names: dict[str, None] = {}
    if was_answered(event, event.properties.get("AutoMLJobName")):
        names[event.physical_id] = None
    else:
        training = training_part(event.properties)
        for known in _known(event, training, context):
            if not stack_phase.is_current(event, known.name, context, if_unknown=False):
                names[known.name] = None
    if stack_phase.is_leaving(event, context):
        names |= dict.fromkeys(_running(event, context))
    return list(names)


def _running(event: LifecycleEvent, context: Context) -> Iterator[str]:
    """Yield what runs by names of the resource's; whose it is, is asked where it is stopped."""
    wanted = {"NameContains": owner_stem(event), "StatusEquals": "InProgress"}
    for item in pages(context, "list_auto_ml_jobs", "AutoMLJobSummaries", **wanted):
        yield item["AutoMLJobName"]


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


KIND: Final = Kind(
    type="Custom::AutoMLJobV2",
    step=step,
    physical_id=physical_id,
    makes_things=True,
)
