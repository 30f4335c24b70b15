"""``Custom::AutoMLBatchTransform``: runs a transform job at deployment, and stops what runs.

The physical id stays: other content is another run, and what an earlier one is still at is stopped
before. Runs that a schedule or a new object has begun go on with the model they began with; a
deletion stops them, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.domain import verdicts
from automlv2_handlers.domain.names import digest
from automlv2_handlers.domain.update_policy import NOT_RUN
from automlv2_handlers.domain.verdicts import Verdict
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import FAILURE, MADE, REQUESTED, Context, Done, Outcome, Pending
from automlv2_handlers.resources import known_members, looks
from automlv2_handlers.resources.kind import Kind
from automlv2_handlers.transforms import machine, runs

WAIT_SECONDS: Final = 55 * 60
_CARRIED: Final = "Carried"
_LOOKED_TWICE: Final = "LookedTwice"


def physical_id(event: LifecycleEvent) -> str:
    """Return the construct's own name; it never changes."""
    return event.physical_id or f"transform-{digest(event.owner, length=16)}"


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Carry the request on as far as it goes now."""
    if event.request_type == "Delete":
        return _delete(event, context)
    if event.request_type == "Update" and stack_phase.is_rolling_back(context):
        return _go_back(event, context)
    known_members.require(event, context)
    if not _runs_now(event):
        return _done(event, runs.newest_good(event, context))
    name = runs.name_of(event)
    job = runs.find(name, context)
    if job is None:
        return _begin(event, name, context)
    looks.seen(context)
    return _follow(event, name, job, context)


def _runs_now(event: LifecycleEvent) -> bool:
    """Whether a request is for another run: the first one, or one of other content."""
    new, old = event.properties, event.old_properties
    differs = old.get("Once") == "false" or _content(new) != _content(old)
    return differs and new.get("Once") != "false"


def _content(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key not in NOT_RUN}


def _begin(event: LifecycleEvent, name: str, context: Context) -> Outcome:
    if context.progress.get(REQUESTED):
        missing = LifecycleError(f"transform job {name!r} does not exist")
        return looks.not_visible_yet(physical_id(event), missing, context)
    superseded = runs.stop(event, context, runs.ONCE, spare=name)
    if superseded:
        return Pending(physical_id(event), f"superseded run {', '.join(superseded)} to stop")
    context.progress[MADE] = name
    runs.create(event, name, context)
    context.progress[REQUESTED] = True
    return Pending(physical_id(event), "transform job to be seen")


def _follow(event: LifecycleEvent, name: str, job: Mapping[str, Any], context: Context) -> Outcome:
    """Let an execution tell the end; wait for it, where that is wanted."""
    context.progress.update({MADE: name, REQUESTED: True})
    if _CARRIED not in context.progress:
        machine.start(_request(event), runs.ONCE, context.gateway, context.now, begun=True)
        context.progress[_CARRIED] = True
    match verdicts.of_transform(job):
        case Verdict.GOOD:
            return _done(event, name)
        case Verdict.BAD:
            raise LifecycleError(verdicts.transform_ended(job))
    if event.properties.get("Wait") == "false":
        return _done(event, name)
    return _not_yet(event, name, job, context)


def _not_yet(event: LifecycleEvent, name: str, job: Mapping[str, Any], context: Context) -> Outcome:
    longest = int(event.properties.get("WaitSeconds", WAIT_SECONDS))
    if context.age < longest:
        return Pending(physical_id(event), f"transform job, now {job['TransformJobStatus']}")
    if event.properties.get("MoreLinks") == "true":
        return _done(event, name)
    raise LifecycleError(
        f"transform job {name!r} was still {job['TransformJobStatus']} after {longest // 60} min; "
        "raise timeout, or wait=False"
    )


def _request(event: LifecycleEvent) -> dict[str, Any]:
    return {
        **machine.request_of(event.properties, event.stack_id, event.logical_id, ""),
        "RequestId": event.request_id,
    }


def _go_back(event: LifecycleEvent, context: Context) -> Outcome:
    """Stop what the stack has left; what was there before has been written already."""
    left = runs.stop(event, context, runs.ONCE)
    if left:
        return Pending(physical_id(event), f"run {', '.join(left)} to stop")
    return _done(event, runs.newest_good(event, context))


def _delete(event: LifecycleEvent, context: Context) -> Outcome:
    """Stop what runs: all of it or, for a request that has failed, what that has begun."""
    if FAILURE in context.progress and runs.is_run(event, event.physical_id):
        left = runs.stop_one(event, event.physical_id, context)
    else:
        left = runs.stop(event, context)
    if left and context.age > WAIT_SECONDS:
        logs.decision("runs go on stopping without us", event, runs=left)
        return Done(event.physical_id, note=f"still stopping: {', '.join(left)}")
    if left:
        return Pending(event.physical_id, f"run {', '.join(left)} to stop")
    if event.properties.get("Triggered") == "true" and not context.progress.get(_LOOKED_TWICE):
        # A list may show a run late that a trigger has begun just now.
        context.progress[_LOOKED_TWICE] = True
        return Pending(event.physical_id, "runs to be looked for again")
    return Done(event.physical_id)


def _done(event: LifecycleEvent, name: str) -> Done:
    return Done(physical_id(event), {"TransformJobName": name})


KIND: Final = Kind(
    type="Custom::AutoMLBatchTransform",
    step=step,
    physical_id=physical_id,
    makes_things=True,
)
