"""``Custom::AutoMLJobV2``: starts the job, or finds the one that already did the work.

The answer comes once the job has started; ``Custom::AutoMLWait`` waits for its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.domain import adopted, tags
from automlv2_handlers.domain.fingerprint import UNKNOWN, Fingerprint, fingerprint
from automlv2_handlers.domain.names import (
    MAX_ATTEMPTS,
    job_name,
    job_stem,
    may_be_name,
    owner_stem,
    was_answered,
)
from automlv2_handlers.domain.update_policy import training_part
from automlv2_handlers.errors import (
    BusyError,
    DeniedError,
    GatewayError,
    LifecycleError,
    NameTakenError,
)
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import ALONE, MADE, Context, Done, Outcome, Pending
from automlv2_handlers.resources import known_jobs
from automlv2_handlers.resources.kind import Kind
from automlv2_handlers.resources.known_jobs import KnownJob, Wanted, look, training_digest

STOP_SECONDS: Final = 50 * 60
LISTING_DENIALS_TOLERATED: Final = 3
"""Looks at the data, one a quarter of a minute, that a new right to list them gets."""

_LOOKS_BACK: Final = 4
"""Looks for the job to go back to, and for one to stop: a list may show a job a little late."""

_LONGEST_NAME: Final = 32
_LOOKED: Final = "LooksBack"
_UNLISTED: Final = "Unlisted"
_RUNNING = frozenset({"InProgress", "Stopping"})


def physical_id(event: LifecycleEvent) -> str:
    """Return the name to answer with when nothing better is known."""
    given = event.physical_id or event.properties.get("AutoMLJobName")
    return str(given or job_name(event, training_part(event.properties), 1))


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Carry the request on as far as it goes now."""
    if event.request_type == "Delete":
        return _delete(event, context)
    training = training_part(event.properties)
    kept = _keep(event, training, context) if event.request_type == "Update" else None
    if kept is not None:
        return kept
    if stack_phase.is_rolling_back(context):
        return _roll_back(event, training, context)
    return _find_or_start(event, training, context)


def _keep(event: LifecycleEvent, training: Mapping[str, Any], context: Context) -> Outcome | None:
    """Keep the job if it is of the wanted training already; else return nothing.

    What the old properties say does not count: after a failure without rollback they may be those
    of the update that has failed. So may the job, which a stack on its way back does not keep.
    """
    known = look(event.physical_id, context)
    if known is None or not tags.is_ours(event, known.tags):
        return None
    if known.tags.get(tags.TRAINING) != training_digest(training):
        return None
    if stack_phase.is_rolling_back(context) and not known.may_serve():
        return None
    _refuse_late(event, known, context)
    tags.sync(event, known.arn, known.tags, context)
    return replace(_done(event, known), note=_changed_data(event, known, training, context))


def _changed_data(
    event: LifecycleEvent, known: KnownJob, training: Mapping[str, Any], context: Context
) -> str:
    """Say so if the job has learned from other data than what is there now.

    Data alone trains nothing: a change of tags must not start hours of training.
    """
    if stack_phase.is_rolling_back(context):
        return ""
    request = context.gateway.request("CreateAutoMLJobV2", event.properties)
    try:
        now = fingerprint(request, training, context.gateway).value
    except GatewayError:
        return ""
    if UNKNOWN in (now, before := known.tags.get(tags.FINGERPRINT, UNKNOWN)) or now == before:
        return ""
    return (
        'the data has changed since the job was trained; set another revision="..." to train on it'
    )


def _find_or_start(event: LifecycleEvent, training: Mapping[str, Any], context: Context) -> Outcome:
    request = context.gateway.request("CreateAutoMLJobV2", event.properties)
    wanted = Wanted(request, training, _data(request, training, context))
    found = _find(event, wanted, context)
    return _start(event, found, wanted, context) if isinstance(found, str) else found


def _find(event: LifecycleEvent, wanted: Wanted, context: Context) -> Outcome | str:
    """Go on with a job that serves; else return the name for a new one."""
    given = event.properties.get("AutoMLJobName")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        name = wanted.name(event, attempt)
        known = look(name, context)
        if known is None:
            other = None if given else known_jobs.under_other_names(event, wanted, context)
            return name if other is None else _adopt(event, other, wanted, context)
        if known_jobs.serves(event, known, wanted):
            return _adopt(event, known, wanted, context)
        if given and tags.is_ours(event, known.tags) and tags.ADOPTED in known.tags:
            return _take_over(event, known, wanted, context)
        if given:
            raise LifecycleError(
                f"AutoML job name {name!r} is taken by {_whose(event, known)} "
                f"(status {known.status}), and AWS never frees a job name; choose another job_name"
            )
    raise LifecycleError(
        f"{MAX_ATTEMPTS} AutoML jobs of these settings and data have failed; change either"
    )


def _whose(event: LifecycleEvent, known: KnownJob) -> str:
    if tags.is_ours(event, known.tags):
        return "a job with other settings or data"
    return f"a job of {tags.whose(known.tags)}"


def _roll_back(event: LifecycleEvent, training: Mapping[str, Any], context: Context) -> Outcome:
    """Return to the job that the stack had; a stack on its way back trains nothing."""
    known = list(known_jobs.of_training(event, training, context))
    for item in known:
        if item.tags.get(tags.REQUEST) == event.request_id:
            # A request that has started a job asked to go forward: it comes again, too late.
            context.progress[MADE] = item.name
            raise LifecycleError("the stack has gone back already from what was asked for")
    if not any(item.may_serve() for item in known) and context.count(_LOOKED) < _LOOKS_BACK:
        return Pending(event.physical_id, "the job of the former settings to be listed")
    if not known:
        raise LifecycleError("rollback failed: no earlier job matches the previous configuration")
    # What this stack went forward to is what it had, though a stack before it had something good.
    found = max(known, key=lambda item: (item.is_of_stack(event), item.may_serve(), item.since))
    tags.sync(event, found.arn, found.tags, context)
    return _done(event, found)


def _data(request: Mapping[str, Any], training: Any, context: Context) -> Fingerprint:
    """Return the data's fingerprint; a right to list them may come a little late."""
    try:
        return fingerprint(request, training, context.gateway)
    except DeniedError as error:
        if context.count(_UNLISTED) <= LISTING_DENIALS_TOLERATED:
            raise
        return Fingerprint(UNKNOWN, str(error))


def _start(event: LifecycleEvent, name: str, wanted: Wanted, context: Context) -> Outcome:
    current_tags = {
        tags.FINGERPRINT: wanted.data.value,
        tags.SINCE: known_jobs.since(event, context),
        tags.TRAINING: training_digest(wanted.training),
    }
    request = {
        **wanted.request,
        "AutoMLJobName": name,
        "Tags": tags.with_owner(event, **current_tags),
    }
    try:
        arn = context.gateway.call("create_auto_ml_job_v2", **request)["AutoMLJobArn"]
    except NameTakenError as error:
        raise BusyError(f"{error}, but it is not seen yet") from error
    context.progress[MADE] = name
    logs.fact("AutoML job started", job=name, fingerprint=wanted.data.value, why=wanted.data.why)
    started = KnownJob(name, {**wanted.request, "AutoMLJobArn": arn}, current_tags)
    return _done(event, started, wanted.data.why)


def _refuse_late(event: LifecycleEvent, known: KnownJob, context: Context) -> None:
    """Leave a job alone that a later request of the stack has made its own."""
    if known.is_of_later(event, context):
        raise LifecycleError("request abandoned: the stack has asked again since")


def _adopt(event: LifecycleEvent, known: KnownJob, wanted: Wanted, context: Context) -> Outcome:
    _refuse_late(event, known, context)
    context.progress[MADE] = known.name
    if known.tags.get(tags.REQUEST) != event.request_id:
        current_tags = {
            tags.REQUEST: event.request_id,
            tags.SINCE: known_jobs.since(event, context),
        }
        context.gateway.add_tags(known.arn, tags.to_list(current_tags))
        logs.fact("AutoML job found again", job=known.name)
    tags.sync(event, known.arn, known.tags, context)
    return _done(event, known, wanted.data.why)


def _take_over(event: LifecycleEvent, known: KnownJob, wanted: Wanted, context: Context) -> Outcome:
    """Go on with a job that existed before the stack, if it is what the stack asks for.

    What its data were is not known, so that no other request takes it for its own.
    """
    faults = adopted.differences(known.job, wanted.request)
    if faults:
        raise LifecycleError(
            f"AutoML job {known.name!r} existed before this stack and was trained otherwise: "
            f"{', '.join(faults[:5])}; declare it as it is, or leave job_name out to train another"
        )
    if not known.may_serve():
        raise LifecycleError(
            f"AutoML job {known.name!r}, which was marked for this stack, has no result: "
            f"{known.status}"
        )
    settings = {tags.FINGERPRINT: UNKNOWN, tags.TRAINING: training_digest(wanted.training)}
    context.gateway.add_tags(known.arn, tags.to_list(settings))
    return _adopt(event, replace(known, tags={**known.tags, **settings}), wanted, context)


def _done(event: LifecycleEvent, known: KnownJob, why_unknown: str = "") -> Done:
    note = f"this job cannot be reused: {why_unknown}"
    output = known.job.get("OutputDataConfig") or event.properties.get("OutputDataConfig") or {}
    data = {
        "AutoMLJobName": known.name,
        "AutoMLJobArn": known.arn,
        "DataFingerprint": known.tags.get(tags.FINGERPRINT, UNKNOWN),
        "OutputBucket": str(output.get("S3OutputPath", "")).removeprefix("s3://").split("/")[0],
    }
    return Done(known.name, data, note if why_unknown else "")


def _delete(event: LifecycleEvent, context: Context) -> Outcome:
    """Stop what runs; the record of a job stays for ever, AWS has no call to delete it."""
    for name in _names_to_stop(event, context):
        known = look(name, context)
        if known is None or known.status not in _RUNNING:
            continue
        if not tags.may_remove(event, known.tags, context):
            continue
        if stack_phase.gives_back(event, known.tags, context):
            continue
        if known.status == "InProgress":
            _stop(name, context)
        elif context.progress.get(ALONE):
            continue
        if context.age > STOP_SECONDS:
            raise LifecycleError(f"AutoML job {name!r} is still stopping; delete the stack again")
        return Pending(event.physical_id, f"job {name} to stop")
    return Done(event.physical_id)


def _names_to_stop(event: LifecycleEvent, context: Context) -> list[str]:
    """Return the job of the physical id, and those of this resource that no id stands for."""
    names: dict[str, None] = {}
    given = event.properties.get("AutoMLJobName")
    if may_be_name(event.physical_id, _LONGEST_NAME):
        names[event.physical_id] = None
    # Properties may be those of a failed update, and the id still that of before.
    if not was_answered(event, given) or look(event.physical_id, context) is None:
        for name in _not_answered(event, context):
            if not stack_phase.is_current(event, name, context, if_unknown=False):
                names[name] = None
    if stack_phase.is_leaving(event, context):
        names |= dict.fromkeys(known_jobs.running(owner_stem(event), context))
    return list(names)


def _not_answered(event: LifecycleEvent, context: Context) -> list[str]:
    """Return the jobs that a creation may have started whose answer did not name them.

    Properties that are missing, or of another shape, end the search, not the Delete.
    """
    given = event.properties.get("AutoMLJobName")
    if given:
        return [str(given)]
    names: dict[str, None] = {}
    with suppress(KeyError, TypeError, ValueError, GatewayError, LifecycleError):
        training = training_part(event.properties)
        names |= dict.fromkeys(known_jobs.running(job_stem(event, training), context))
        request = context.gateway.request("CreateAutoMLJobV2", event.properties)
        wanted = Wanted(request, training, fingerprint(request, training, context.gateway))
        attempts = (wanted.name(event, number) for number in range(1, MAX_ATTEMPTS + 1))
        for name in attempts:
            if look(name, context) is None:
                break
            names[name] = None
    return list(names)


def _made_before(event: LifecycleEvent, context: Context) -> str:
    """Return the job that the request has started, if it has."""
    for name in _not_answered(event, context):
        known = look(name, context)
        if known is not None and known.tags.get(tags.REQUEST) == event.request_id:
            return name
    return ""


def _stop(name: str, context: Context) -> None:
    try:
        context.gateway.call("stop_auto_ml_job", AutoMLJobName=name)
    except GatewayError:
        known = look(name, context)
        if known is not None and known.status == "InProgress":
            raise


KIND: Final = Kind(
    type="Custom::AutoMLJobV2",
    step=step,
    physical_id=physical_id,
    makes_things=True,
    made_before=_made_before,
)
