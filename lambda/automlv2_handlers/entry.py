"""Entry point of the function: a request of CloudFormation, or a task of the state machine."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Final

from automlv2_handlers import cfn_response, logs, polling, runtime
from automlv2_handlers.aws.boto3_gateway import boto3_gateway
from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.domain.names import execution_name
from automlv2_handlers.errors import BusyError, DeniedError, GatewayError, OutOfTimeError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.execution import Answer, State
from automlv2_handlers.outcomes import ALONE

FUNCTION_SECONDS: Final = 300
_PAUSES: Final = (2, 4, 8, 16, 32)
"""Seconds between attempts to start the machine: a minute, in which a new right takes effect."""

_FIRST_LOOK_SECONDS: Final = 100
_START_SECONDS: Final = 80
_ANSWER_SECONDS: Final = 20
"""For what is left of a poll after its look."""

_LOOKS_WITHOUT_MACHINE: Final = 60
_PAUSE_WITHOUT_MACHINE: Final = 15
_LAST_LOOK_SECONDS: Final = 45
_MOST_STATE_BYTES: Final = 190_000
"""Of Step Functions' 262,144: progress, an error's cause and the answer come to it."""


_OF_RELEASES: Final = frozenset(
    {"Release", "Retrain", "NewData", "Rollback", "Abort", "Promote", "Approval"}
)
_OF_ENDPOINTS: Final = frozenset({"StopEndpoint", "StartEndpoint"})
_OF_TRANSFORMS: Final = frozenset({"Transform", "StartTransform"})


@dataclass(frozen=True, slots=True)
class Environment:
    """What the function reaches outside itself; tests bring their own.

    Attributes:
        gateway: The only door to AWS.
        put: Sends an answer.
        now: Epoch seconds.
        sleep: Waits some seconds.
        stack_id: Stack that the function serves; empty if that is not known.
        releases_table: Table that releases are recorded in; empty if the stack has none.
        seconds_left: How long this invocation may still take.
        time_limit: Breaks off what takes longer than some seconds, by an ``OutOfTimeError``.
    """

    gateway: Gateway
    put: cfn_response.Send
    now: polling.Clock
    sleep: Callable[[float], None]
    stack_id: str = ""
    releases_table: str = ""
    seconds_left: Callable[[], float] = lambda: FUNCTION_SECONDS
    time_limit: Callable[[float], AbstractContextManager[None]] = lambda _: nullcontext()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """Serve one invocation by AWS Lambda."""
    environment = Environment(
        boto3_gateway(),
        cfn_response.put,
        time.time,
        time.sleep,
        runtime.stack_id(),
        runtime.releases_table(),
        lambda: runtime.seconds_left(context),
        runtime.time_limit,
    )
    return serve(event, environment)


def serve(event: Mapping[str, Any], environment: Environment) -> dict[str, Any] | None:
    """Serve one invocation.

    Args:
        event: A request of CloudFormation (has ``RequestType``), or a task of the state machine:
            ``{"Task": "Poll" | "Respond", "State": …}``, the state as ``execution`` has it, or
            what ``releases.tasks``, ``transforms.tasks`` and ``resources.stops`` serve.
        environment: Where calls and answers go.

    Returns:
        For ``Poll``, releases and transforms what comes of it, else nothing.
    """
    if "RequestType" in event:
        _receive(event, environment)
    elif event["Task"] in _OF_RELEASES:
        return _of_releases(event, environment)
    elif event["Task"] in _OF_ENDPOINTS:
        return _of_endpoints(event, environment)
    elif event["Task"] in _OF_TRANSFORMS:
        return _of_transforms(event, environment)
    elif event["Task"] == "Poll":
        return _poll(State.from_raw(event["State"]), environment).to_raw()
    else:
        _respond_for_machine(event["State"], environment)
    return None


def _of_releases(event: Mapping[str, Any], environment: Environment) -> dict[str, Any]:
    """Serve a task that is about a release, within the time of this invocation."""
    from automlv2_handlers.releases import tasks

    with environment.time_limit(environment.seconds_left() - _ANSWER_SECONDS):
        return tasks.serve(
            event, environment.gateway, environment.releases_table, environment.now()
        )


def _of_transforms(event: Mapping[str, Any], environment: Environment) -> dict[str, Any]:
    """Serve a task that is about a batch transform, within the time of this invocation."""
    from automlv2_handlers.transforms import tasks

    with environment.time_limit(environment.seconds_left() - _ANSWER_SECONDS):
        return tasks.serve(event, environment.gateway, environment.stack_id, environment.now())


def _of_endpoints(event: Mapping[str, Any], environment: Environment) -> dict[str, Any]:
    """Serve a task that is about an endpoint, within the time of this invocation."""
    from automlv2_handlers.outcomes import Context
    from automlv2_handlers.resources import stops

    with environment.time_limit(environment.seconds_left() - _ANSWER_SECONDS):
        context = Context(environment.gateway, {}, 0.0, environment.now())
        return stops.serve(event, context, environment.stack_id)


def _receive(raw: Mapping[str, Any], environment: Environment) -> None:
    """Answer at once where that is possible, else leave it to an execution."""
    now = environment.now()
    state = State.begin(raw, now)
    logs.decision("request received", state.event, physical_id=state.event.physical_id)
    answer = _refusal(state.event, environment)
    if answer is None:
        with environment.time_limit(_FIRST_LOOK_SECONDS):
            state = polling.receive(state, environment.gateway, now)
        answer = state.answer or _leave_to_machine(state, environment)
    if answer is not None:
        _respond(state.event, answer, environment)


def _refusal(event: LifecycleEvent, environment: Environment) -> Answer | None:
    """Return the answer to a request of another stack, which this function does nothing for."""
    if environment.stack_id in ("", event.stack_id):
        return None
    logs.decision("request of another stack", event, stack_id=event.stack_id)
    if event.request_type == "Delete":
        note = "nothing was deleted: the function belongs to another stack"
        return Answer("SUCCESS", event.physical_id, note)
    return polling.failure(
        event, "the function behind this ServiceToken belongs to another stack and serves it alone"
    )


def _leave_to_machine(state: State, environment: Environment) -> Answer | None:
    """Start an execution that carries on; the answer if there can be none."""
    try:
        with environment.time_limit(_START_SECONDS):
            first = _start_execution(state, environment)
        logs.decision("execution started" if first else "execution runs already", state.event)
        return None
    except (GatewayError, OutOfTimeError, KeyError, ValueError) as error:
        logs.decision("execution not started", state.event, error)
        if state.event.request_type == "Delete":
            return _delete_without_machine(state, environment)
        return polling.failure(state.event, f"cannot start the state machine: {error}")


def _start_execution(state: State, environment: Environment) -> bool:
    """Start the execution of this request; whether there was none yet."""
    event, raw = state.event, state.to_raw()
    size = len(json.dumps(raw))
    if size > _MOST_STATE_BYTES:
        raise ValueError(f"the request has {size:,} bytes, it can carry {_MOST_STATE_BYTES:,}")
    arn = event.properties["StateMachineArn"]
    for pause in _PAUSES:
        try:
            return environment.gateway.start_execution(arn, execution_name(event), raw)
        except (BusyError, DeniedError) as error:
            logs.decision("execution not started yet", event, why=str(error))
            environment.sleep(pause)
    return environment.gateway.start_execution(arn, execution_name(event), raw)


def _delete_without_machine(state: State, environment: Environment) -> Answer:
    """Go on with a Delete in this invocation; what is on its way at its end counts as gone."""
    for _ in range(_LOOKS_WITHOUT_MACHINE):
        if environment.seconds_left() < _LAST_LOOK_SECONDS + cfn_response.PUT_SECONDS:
            break
        environment.sleep(_PAUSE_WITHOUT_MACHINE)
        state = _poll(state, environment, cfn_response.PUT_SECONDS)
        if state.answer is not None:
            return state.answer
    state = replace(state, progress={**state.progress, ALONE: True})
    state = _poll(state, environment, cfn_response.PUT_SECONDS)
    missing = "not deleted yet, and there is no state machine to go on; delete it again later"
    return state.answer or polling.failure(state.event, missing)


def _poll(state: State, environment: Environment, reserve: float = _ANSWER_SECONDS) -> State:
    """Take one look, within the time of this invocation and of the request."""
    now = environment.now()
    refusal = _refusal(state.event, environment)
    if refusal is not None:
        return state.settled(refusal)
    left = environment.seconds_left() - reserve
    with environment.time_limit(min(left, polling.seconds_left(state, now))):
        return polling.advance(state, environment.gateway, now)


def _respond_for_machine(raw: Mapping[str, Any], environment: Environment) -> None:
    """Send the answer of an execution, also of one whose polls have failed."""
    event = LifecycleEvent.from_raw(raw["Event"])
    answer = _refusal(event, environment)
    if answer is None and raw.get("Answer"):
        answer = Answer.from_raw(raw["Answer"])
    if answer is None:
        error = (raw.get("Error") or {}).get("Error", "no cause given")
        answer = polling.unanswered(event, raw.get("Progress") or {}, str(error))
    _respond(event, answer, environment)


def _respond(event: LifecycleEvent, answer: Answer, environment: Environment) -> None:
    logs.decision(
        "answer",
        event,
        status=answer.status,
        reason=answer.reason,
        physical_id=answer.physical_id,
    )
    if not event.response_url:
        return  # The function's own request, after CloudFormation had its answer.
    environment.put(event.response_url, cfn_response.body(event, answer.to_raw()))
