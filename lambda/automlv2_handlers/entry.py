"""Entry point of the function: a request of CloudFormation, or a task of the state machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from automlv2_handlers import cfn_response, logs, polling
from automlv2_handlers.aws.boto3_gateway import boto3_gateway
from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.domain.names import execution_name
from automlv2_handlers.errors import BusyError, DeniedError, GatewayError
from automlv2_handlers.events import LifecycleEvent

_PAUSES: Final = (2, 4, 8, 16, 32)
"""Seconds between attempts to start the machine: a minute, in which a new right takes effect."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What the function reaches outside itself; tests bring their own."""

    gateway: Gateway
    put: cfn_response.Send
    now: polling.Clock
    sleep: Callable[[float], None]


def handler(event: dict[str, Any], _context: object) -> dict[str, Any] | None:
    """Serve one invocation by AWS Lambda."""
    return serve(event, Environment(boto3_gateway(), cfn_response.put, time.time, time.sleep))


def serve(event: Mapping[str, Any], environment: Environment) -> dict[str, Any] | None:
    """Serve one invocation.

    Args:
        event: A request of CloudFormation (has ``RequestType``), or a task of the state machine:
            ``{"Task": "Poll" | "Respond", "State": …}``, the state as ``polling`` has it.
        environment: Where calls and answers go.

    Returns:
        For ``Poll`` the next state, else nothing.
    """
    if "RequestType" in event:
        _receive(event, environment)
        return None
    state = event["State"]
    if event["Task"] == "Poll":
        return polling.advance(state, environment.gateway, environment.now())
    _respond(state, environment)
    return None


def _receive(raw: Mapping[str, Any], environment: Environment) -> None:
    """Answer at once where that is possible, else leave it to an execution."""
    event = LifecycleEvent.from_raw(raw)
    logs.fact("request received", event=event)
    state = polling.begin(raw, environment.now())
    if polling.must_not_repeat(event):
        state = polling.arrived(state, environment.gateway, environment.now())
    else:
        state = polling.advance(state, environment.gateway, environment.now())
    if not state["Settled"]:
        try:
            first = _start_execution(event, state, environment)
            logs.fact("execution started" if first else "execution runs already")
            return
        except (GatewayError, KeyError) as error:
            logs.fault("execution not started", error, event=event)
            answer = polling.failure(event, f"cannot start the state machine: {error}")
            state = polling.settled(state, answer)
    _respond(state, environment)


def _start_execution(
    event: LifecycleEvent, state: Mapping[str, Any], environment: Environment
) -> bool:
    """Start the execution of this request; whether there was none yet."""
    arn = event.properties["StateMachineArn"]
    for pause in _PAUSES:
        try:
            return environment.gateway.start_execution(arn, execution_name(event), state)
        except (BusyError, DeniedError) as error:
            logs.fact("execution not started yet", why=str(error))
            environment.sleep(pause)
    return environment.gateway.start_execution(arn, execution_name(event), state)


def _respond(state: Mapping[str, Any], environment: Environment) -> None:
    """Send the answer; one without is that of an execution whose poll broke down."""
    event = LifecycleEvent.from_raw(state["Event"])
    answer = state.get("Answer") or polling.failure(event, _breakdown(state))
    logs.fact(
        "answer",
        logical_id=event.logical_id,
        status=answer["Status"],
        reason=answer.get("Reason", ""),
        physical_id=answer["PhysicalResourceId"],
    )
    environment.put(event.response_url, cfn_response.body(event, answer))


def _breakdown(state: Mapping[str, Any]) -> str:
    error = state.get("Error") or {}
    return f"polling broke down: {error.get('Error', 'no cause given')}; see the function's log"
