"""A CloudFormation stack that drives the real function and interprets the real state machine.

Time is virtual. Whatever happens later, such as the next poll of an execution, or the second
delivery of an event whose function has died, lies in the account's queue, in the order of time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from automlv2_handlers import entry

from . import policies
from .fake_aws import Crash, FakeAws
from .naming import scope_of

_LAMBDA = Path(__file__).parents[2] / "lambda"
ASL = json.loads((_LAMBDA / "waiter.asl.json").read_text())
RELEASE_MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:release"
RELEASE_ASL = json.loads((_LAMBDA / "release.asl.json").read_text())
TRANSFORM_ASL = json.loads((_LAMBDA / "transform.asl.json").read_text())
MOST_EVENTS = 25_000
MOST_BYTES = 256 * 1024
_EVENTS = {"Task": 5, "Choice": 2, "Wait": 2, "Succeed": 2}
"""Events in the history of an execution: entered and exited, and three more of a task."""

_EVENTS_OF_A_RETRY = 3
_REDELIVERIES = (60, 120)
"""Seconds after which AWS Lambda tries a failed asynchronous invocation again."""

STACK_ID = "arn:aws:cloudformation:eu-west-1:111122223333:stack/Shop/0a1b2c"
STATUSES = {
    "Create": "CREATE_IN_PROGRESS",
    "Update": "UPDATE_IN_PROGRESS",
    "Delete": "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
}


def stringified(value: Any) -> Any:
    """What CloudFormation makes of property values."""
    if isinstance(value, dict):
        return {key: stringified(item) for key, item in value.items()}
    if isinstance(value, list):
        return [stringified(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _asl_of(state: dict[str, Any]) -> dict[str, Any]:
    """Return the definition of the machine that has been started with a state."""
    if "Event" in state:
        return ASL
    return TRANSFORM_ASL if "Request" in state else RELEASE_ASL


@dataclass
class Execution:
    """A run of the state machine."""

    name: str
    data: dict[str, Any]
    state: str
    asl: dict[str, Any]
    history: int = 2  # ExecutionStarted, ExecutionSucceeded
    attempts: int = 0


class Stack:
    """Sends requests as CloudFormation does, and keeps their answers.

    Attributes:
        status: The stack's status. Default: what fits the request sent last.
        sent: Requests and when they were sent, by request id.
        answers: What came back, by request id, with the time.
        follows_requests: Whether the template is what has been asked for, as no test gives one.
        enforces_rights: Whether the function may do only what its policy allows.
        allowed: What that policy has been found to allow.
        limits: When the function has begun something that it limits in time, and to how long.
        is_limited: Whether what the function does now is limited in time, as what a test does is.
        broken: Errors that have ended an invocation, though it did not die: the state machine
            tries again, so that no answer shows them.
    """

    def __init__(self, aws: FakeAws, stack_id: str = STACK_ID) -> None:
        self.aws = aws
        self.stack_id = stack_id
        self.status = ""
        self.sent: dict[str, tuple[dict[str, Any], float]] = {}
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.answered_at: dict[str, float] = {}
        self.follows_requests = True
        self.enforces_rights = True
        self.allowed: set[str] = set()
        self._template: dict[tuple[str, str], Any] = {}
        self._documents: list[dict[str, Any]] | None = None
        self.transitions = 0
        self.longest_history = 0
        self.table = f"releases-{scope_of(stack_id)}"
        self.limits: list[tuple[float, float]] = []
        self.is_limited = True
        self.broken: list[str] = []
        self.environment = entry.Environment(
            aws,
            self._put,
            lambda: aws.now,
            aws.sleep,
            stack_id,
            self.table,
            time_limit=self._time_limit,
        )
        aws.stacks.append(self)

    def event(
        self, kind: str, type: str, properties: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        self.aws.requests += 1
        request_id = f"request-{self.aws.requests}"
        self.answers[request_id] = []
        return {
            "RequestType": kind,
            "RequestId": request_id,
            "StackId": self.stack_id,
            "LogicalResourceId": "Churn",
            "ResourceType": f"Custom::{type}",
            "ResponseURL": f"https://cfn.example/{request_id}?X-Amz-Signature=secret",
            "ResourceProperties": stringified(
                {
                    "ServiceToken": "fn",
                    "StateMachineArn": policies.MACHINE,
                    "NameScope": scope_of(self.stack_id),
                    **properties,
                }
            ),
        } | more

    def create(self, type: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
        return self.send(self.event("Create", type, properties, **more))

    def update(
        self, type: str, physical_id: str, old: dict[str, Any], new: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        before = self.event("Update", type, old)["ResourceProperties"]
        event = self.event("Update", type, new, PhysicalResourceId=physical_id, **more)
        return self.send(event | {"OldResourceProperties": before})

    def delete(self, type: str, physical_id: str, properties: dict[str, Any]) -> dict[str, Any]:
        return self.send(self.event("Delete", type, properties, PhysicalResourceId=physical_id))

    def send(self, event: dict[str, Any]) -> dict[str, Any]:
        """Deliver the request, let time pass until it is answered, and return the one answer."""
        self.deliver(event)
        self.run()
        return self.answer(event)

    def deliver(self, event: dict[str, Any]) -> None:
        """Invoke the function once."""
        if "RequestType" in event:
            status = self.status or STATUSES[event["RequestType"]]
            self.aws.set_status(self.stack_id, status)
            self.sent.setdefault(event["RequestId"], (event, self.aws.now))
            self._declare(event)
        self._serve(event)

    def has(self, resources: policies.Resources) -> None:
        """Let the function have the policy of a template with these resources."""
        self._template, self._documents = dict(resources), None
        self.allowed.clear()

    def documents(self) -> list[dict[str, Any]] | None:
        """Return the policies of the function; ``None`` if they are not looked at."""
        if self.enforces_rights and self._documents is None:
            self._documents = policies.documents_for(self._template, self.stack_id)
        return self._documents

    def _declare(self, event: dict[str, Any]) -> None:
        """Take what is asked for as part of the template, where no test gives one."""
        if not self.follows_requests:
            return
        key = event["ResourceType"].removeprefix("Custom::"), event["LogicalResourceId"]
        stays = event["RequestType"] == "Delete" and key in self._template
        if not stays and self._template.get(key) != event["ResourceProperties"]:
            self.has({**self._template, key: event["ResourceProperties"]})

    def _serve(self, event: dict[str, Any]) -> dict[str, Any] | None:
        self.documents()  # Not within the handler, which would take a fault of this for its own.
        with self.aws.called_by(self):
            # Another delivery may be under way, and have a limit of its own.
            before, self.is_limited = self.is_limited, False
            try:
                return entry.serve(json.loads(json.dumps(event)), self.environment)
            finally:
                self.is_limited = before

    @contextmanager
    def _time_limit(self, seconds: float) -> Iterator[None]:
        self.limits.append((self.aws.now, seconds))
        before, self.is_limited = self.is_limited, True
        try:
            yield
        finally:
            self.is_limited = before

    def invoke(self, event: dict[str, Any], pauses: tuple[int, ...] = _REDELIVERIES) -> None:
        """Invoke the function as AWS Lambda does: again, a while after it has died."""
        try:
            self.deliver(event)
        except (Exception, Crash):
            if pauses:
                pause, *rest = pauses
                self.aws.later(pause, lambda: self.invoke(event, tuple(rest)))

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        answers = self.answers[event["RequestId"]]
        assert len(answers) == 1, f"{len(answers)} answers to {event['RequestType']}"
        return answers[0]

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Let time pass until nothing is left to happen, or until something has happened."""
        self.aws.run(until)

    def begin_executions(self) -> None:
        """Begin those that the function has started."""
        for name, state in list(self.aws.executions.items()):
            if state is not None and self._is_own(state):
                self.aws.executions[name] = None  # The name stays taken.
                asl = _asl_of(state)
                execution = Execution(name, state, asl["StartAt"], asl)
                self.aws.later(0, partial(self._advance, execution))

    def _is_own(self, state: dict[str, Any]) -> bool:
        request = state.get("Event") or state.get("Request")
        if request:
            return bool(request["StackId"] == self.stack_id)
        return bool(state["Table"] == self.table)

    def _advance(self, execution: Execution) -> None:
        """Carry an execution through one state."""
        if execution.name in self.aws.stopped:
            return
        state = execution.asl["States"][execution.state]
        assert len(json.dumps(execution.data)) <= MOST_BYTES
        pause = 0.0
        match state["Type"]:
            case "Task":
                pause = self._task(state, execution)
            case "Choice":
                [choice] = state["Choices"]
                met = self._is_met(choice, execution)
                execution.state = choice["Next"] if met else state["Default"]
            case "Wait":
                path = state.get("SecondsPath", "").removeprefix("$.")
                pause = execution.data[path] if path else state["Seconds"]
                execution.state = state["Next"]
            case "Succeed":
                execution.state = ""
        self.transitions += 1
        execution.history += _EVENTS[state["Type"]]
        self.longest_history = max(self.longest_history, execution.history)
        assert execution.history <= MOST_EVENTS
        if execution.state:
            self.aws.later(pause, partial(self._advance, execution))
        else:
            self.aws.running.pop(execution.name, None)

    def _is_met(self, choice: dict[str, Any], execution: Execution) -> bool:
        if choice["Variable"] == "$$.State.EnteredTime":
            entered = datetime.fromtimestamp(self.aws.now, UTC)
            path = choice["TimestampLessThanPath"].removeprefix("$.")
            return entered < datetime.fromisoformat(execution.data[path])
        met = execution.data[choice["Variable"].removeprefix("$.")]
        return bool(met is choice["BooleanEquals"])

    def _task(self, state: dict[str, Any], execution: Execution) -> float:
        """Invoke the function; return for how long to wait before the next state."""
        given = {"Task": state["Parameters"]["Task"], "State": execution.data}
        try:
            result = self._serve(given)
        except (Exception, Crash) as error:
            return self._task_failed(state, execution, error)
        execution.data = json.loads(json.dumps(result))
        execution.state, execution.attempts = state.get("Next", ""), 0
        return 0.0

    def _task_failed(
        self, state: dict[str, Any], execution: Execution, error: BaseException
    ) -> float:
        if not isinstance(error, Crash):
            self.broken.append(repr(error))
        execution.history += _EVENTS_OF_A_RETRY
        execution.attempts += 1
        for retry in state.get("Retry", []):
            assert retry["ErrorEquals"] == ["States.ALL"]
            if execution.attempts <= retry["MaxAttempts"]:
                longest = retry["IntervalSeconds"] * retry["BackoffRate"] ** execution.attempts
                return float(min(longest / retry["BackoffRate"], retry["MaxDelaySeconds"]))
        failure = {"Error": type(error).__name__, "Cause": str(error)}
        execution.attempts = 0
        execution.state = ""
        for catch in state.get("Catch", []):
            execution.data |= {catch["ResultPath"].removeprefix("$."): failure}
            execution.state = catch["Next"]
        return 0.0

    def _put(self, url: str, content: bytes) -> None:
        assert len(content) <= 4096
        answer = json.loads(content)
        self.answers[answer["RequestId"]].append(answer)
        self.answered_at.setdefault(answer["RequestId"], self.aws.now)
