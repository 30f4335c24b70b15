"""What an execution does with a run: begins it, looks at it, tells its end.

Its state: ``Request`` (what has begun the run, in CloudFormation's form), ``Trigger`` (its kind),
``StartedAt`` (epoch seconds), ``Progress``, ``Turn`` and ``Part`` (looks, and executions so far),
``WaitSeconds`` and ``Settled``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.deadlines import wait_seconds
from automlv2_handlers.domain import verdicts
from automlv2_handlers.domain.names import digest
from automlv2_handlers.domain.plain import plain
from automlv2_handlers.domain.verdicts import Verdict
from automlv2_handlers.errors import (
    BusyError,
    DeniedError,
    GatewayError,
    LifecycleError,
    OutOfTimeError,
    QuotaError,
)
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import REQUESTED, Context
from automlv2_handlers.resources import looks
from automlv2_handlers.transforms import runs
from automlv2_handlers.transforms.tell import COMPLETED, FAILED, SKIPPED, STOPPED, End, tell

MOST_TURNS: Final = 1500
"""Looks of one execution, of some ten events each: its history holds 25,000."""

LONGEST_DENIED_SECONDS: Final = 15 * 60
LONGEST_QUOTA_SECONDS: Final = 24 * 3600
LONGEST_TELL_SECONDS: Final = 24 * 3600
_SCHEDULE: Final = "schedule"
_AGAIN_SECONDS: Final = 15
_END: Final = "End"
_MODEL: Final = "Model"
_ENDED_AT: Final = "EndedAt"
_ALIVE: Final = "Alive"
_GONE: Final = "the construct was deleted"


def start(
    request: Mapping[str, Any], trigger: str, gateway: Gateway, now: float, *, begun: bool = False
) -> str:
    """Let an execution carry a run, which exists once however often it is asked for.

    Args:
        request: What begins it, in CloudFormation's form.
        trigger: Its kind.
        gateway: The only door to AWS.
        now: Epoch seconds.
        begun: Whether the job has been started already.

    Returns:
        The name of the run.
    """
    event = LifecycleEvent.from_raw(request)
    name = runs.name_of(event, trigger)
    # Only what the job needs: the request of CloudFormation has a secret URL, and old properties.
    kept = {key: value for key, value in request.items() if key not in _LEFT_OUT}
    state = {
        "Request": {**kept, "ResponseURL": ""},
        "Trigger": trigger,
        "StartedAt": now,
        "Progress": {REQUESTED: True} if begun else {},
        "Turn": 0,
        "Part": 1,
        "WaitSeconds": 1,
        "Settled": False,
    }
    machine = str(event.properties["TransformMachineArn"])
    first = gateway.start_execution(machine, _execution(name, 1), state)
    logs.fact("batch transform runs", run=name, trigger=trigger, first=first)
    return name


_LEFT_OUT: Final = frozenset({"OldResourceProperties", "ResponseURL"})


def poll(state: Mapping[str, Any], gateway: Gateway, now: float) -> dict[str, Any]:
    """Return the next state of an execution after one look at its run."""
    event = LifecycleEvent.from_raw(state["Request"])
    progress = dict(state["Progress"])
    context = Context(gateway, progress, now - float(state["StartedAt"]), now)
    name = runs.name_of(event, str(state["Trigger"]))
    try:
        wait = _look(event, name, str(state["Trigger"]), context)
    except (GatewayError, OutOfTimeError) as error:
        logs.fact("look at a run failed", run=name, why=str(error))
        wait = 0 if _is_lost(context) else _AGAIN_SECONDS
    following = {
        **state,
        "Progress": plain(progress),
        "Turn": int(state["Turn"]) + 1,
        "WaitSeconds": wait,
        "Settled": not wait,
    }
    following.pop("Error", None)
    if wait and following["Turn"] >= MOST_TURNS:
        return _hand_on(following, name, gateway)
    return following


def _hand_on(state: dict[str, Any], name: str, gateway: Gateway) -> dict[str, Any]:
    """Let a fresh execution go on; if it cannot be started now, this one does."""
    part = int(state["Part"]) + 1
    machine = str(state["Request"]["ResourceProperties"]["TransformMachineArn"])
    begun = {**state, "Turn": 0, "Part": part}
    try:
        gateway.start_execution(machine, _execution(name, part), begun)
    except (GatewayError, OutOfTimeError) as error:
        logs.fact("fresh execution not started yet", run=name, why=str(error))
        return state
    return {**state, "Settled": True}


def _execution(name: str, part: int) -> str:
    return f"{name}-{part}"


def _look(event: LifecycleEvent, name: str, trigger: str, context: Context) -> int:
    """Look once; return the seconds until the next look, 0 if there is to be none."""
    if _END not in context.progress:
        end = _carry_on(event, name, trigger, context)
        if end is None:
            return wait_seconds(context.age)
        context.progress[_END] = [end.state, end.reason, end.seconds]
        context.progress[_ENDED_AT] = context.now
    state, reason, seconds = context.progress[_END]
    end = End(str(state), str(reason), float(seconds), str(context.progress.get(_MODEL, "")))
    tell(event, name, trigger, end, context.gateway, context.now)
    return 0


def _is_lost(context: Context) -> bool:
    """Whether the end could not be told for so long that nobody waits for it."""
    ended = context.progress.get(_ENDED_AT)
    return ended is not None and context.now - float(ended) > LONGEST_TELL_SECONDS


def _carry_on(event: LifecycleEvent, name: str, trigger: str, context: Context) -> End | None:
    """Take a step; ``None`` while there is something to wait for, else the end."""
    denied: float | None = context.progress.pop("DeniedSince", None)
    queued: float | None = context.progress.pop("QueuedSince", None)
    try:
        return _step(event, name, trigger, context)
    except DeniedError as error:
        return _wait_for(context, "DeniedSince", denied, LONGEST_DENIED_SECONDS, error)
    except QuotaError as error:
        return _wait_for(context, "QueuedSince", queued, LONGEST_QUOTA_SECONDS, error)
    except (BusyError, OutOfTimeError) as error:
        logs.fact("run waits", run=name, why=str(error))
        return None
    except (GatewayError, LifecycleError) as error:
        return End(FAILED, str(error), context.age)
    except Exception as error:
        logs.fact("the handler failed", run=name, error=repr(error))
        return End(FAILED, f"the handler failed: {type(error).__name__}: {error}", context.age)


def _wait_for(
    context: Context, key: str, since: float | None, longest: float, error: GatewayError
) -> End | None:
    """Wait for a right or a quota, as long as that makes sense."""
    began = context.now if since is None else since
    if context.now - began > longest:
        return End(FAILED, str(error), context.age)
    context.progress[key] = began
    return None


def _step(event: LifecycleEvent, name: str, trigger: str, context: Context) -> End | None:
    job = runs.find(name, context)
    if job is None:
        return _begin(event, name, trigger, context)
    looks.seen(context)
    context.progress[_MODEL] = job.get("ModelName", "")
    match verdicts.of_transform(job):
        case Verdict.GOOD:
            return End(COMPLETED, "", _seconds(job, context))
        case Verdict.BAD:
            state = STOPPED if job["TransformJobStatus"] == "Stopped" else FAILED
            return End(state, verdicts.transform_ended(job), _seconds(job, context))
    # A run that began while the construct went is not among those that its deletion has stopped.
    if trigger != runs.ONCE and not context.progress.get(_ALIVE):
        if _is_gone(event, context):
            runs.stop_one(event, name, context)
        else:
            context.progress[_ALIVE] = True
    return None


def _begin(event: LifecycleEvent, name: str, trigger: str, context: Context) -> End | None:
    if context.progress.get(REQUESTED):
        missing = LifecycleError(f"transform job {name!r} does not exist")
        looks.not_visible_yet(name, missing, context)
        return None
    if _is_gone(event, context):
        return End(SKIPPED, f"not started: {_GONE}")
    if trigger == _SCHEDULE:
        running = runs.running(event, _SCHEDULE, context)
        if running:
            return End(SKIPPED, f"not started: {running!r} is under way")
    runs.create(event, name, context)
    context.progress[REQUESTED] = True
    return None


def _is_gone(event: LifecycleEvent, context: Context) -> bool:
    """Whether the construct is being deleted, or has been, or its stack is."""
    status = context.gateway.stack_status(event.stack_id)
    if stack_phase.phase_of(status) is stack_phase.Phase.LEAVING:
        return True
    own = context.gateway.resource_status(event.stack_id, event.logical_id)
    return own == "" or own.startswith("DELETE_")


def _seconds(job: Mapping[str, Any], context: Context) -> float:
    """Return how long a job took, by its own times where it shows them."""
    began, ended = job.get("TransformStartTime"), job.get("TransformEndTime")
    if began is None or ended is None:
        return context.age
    return float((ended - began).total_seconds())


def request_of(
    properties: Mapping[str, Any], stack_id: str, logical_id: str, trigger: str
) -> dict[str, Any]:
    """Return what begins a run, in CloudFormation's form."""
    return {
        "RequestType": "Create",
        "RequestId": digest(trigger, length=26),
        "StackId": stack_id,
        "LogicalResourceId": logical_id,
        "ResourceType": "Custom::AutoMLBatchTransform",
        "PhysicalResourceId": "",
        "ResponseURL": "",
        "ResourceProperties": dict(properties),
    }
