"""A CloudFormation stack that drives the real function and interprets the real state machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from automlv2_handlers import entry

from .fake_aws import Crash, FakeAws

ASL = json.loads((Path(__file__).parents[2] / "lambda" / "waiter.asl.json").read_text())
_EVENTS = {"Task": 5, "Choice": 2, "Wait": 2}
"""Events in the history of an execution: entered and exited, and three more of a task."""

STACK_ID = "arn:aws:cloudformation:eu-west-1:111122223333:stack/Shop/0a1b2c"


def stringified(value: Any) -> Any:
    """What CloudFormation makes of property values."""
    if isinstance(value, dict):
        return {key: stringified(item) for key, item in value.items()}
    if isinstance(value, list):
        return [stringified(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


class Stack:
    """Sends requests as CloudFormation does, and keeps their answers."""

    def __init__(self, aws: FakeAws, stack_id: str = STACK_ID) -> None:
        self.aws = aws
        self.stack_id = stack_id
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.transitions = 0
        self.longest_history = 0
        self.world = entry.World(aws, self._put, lambda: aws.now)

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
                {"ServiceToken": "fn", "StateMachineArn": "machine", "NameScope": "abcde"}
                | properties
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
        entry.serve(json.loads(json.dumps(event)), self.world)

    def deliver_until_done(self, event: dict[str, Any]) -> None:
        """Deliver as AWS Lambda does: again, when the function has died; three times at most."""
        for _ in range(3):
            try:
                self.deliver(event)
            except Crash:
                continue
            return
        raise AssertionError("died three times")

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        answers = self.answers[event["RequestId"]]
        assert len(answers) == 1, f"{len(answers)} answers to {event['RequestType']}"
        return answers[0]

    def run(self) -> None:
        """Run every execution to its end."""
        started, self.aws.executions = self.aws.executions, _Finished(self.aws.executions)
        for state in started.values():
            if state is not None:
                self._execute(state)

    def _execute(self, data: dict[str, Any]) -> None:
        name = ASL["StartAt"]
        history = 2  # ExecutionStarted, ExecutionSucceeded
        while name:
            self.transitions += 1
            state = ASL["States"][name]
            history += _EVENTS[state["Type"]]
            self.longest_history = max(self.longest_history, history)
            match state["Type"]:
                case "Task":
                    data, name = self._task(state, data)
                case "Choice":
                    [choice] = state["Choices"]
                    value = data[choice["Variable"].removeprefix("$.")]
                    name = choice["Next"] if value is choice["BooleanEquals"] else state["Default"]
                case "Wait":
                    self.aws.now += data[state["SecondsPath"].removeprefix("$.")]
                    name = state["Next"]

    def _task(self, state: dict[str, Any], data: dict[str, Any]) -> tuple[Any, str]:
        given = {"Task": state["Parameters"]["Task"], "State": data}
        for attempt in range(state["Retry"][0]["MaxAttempts"] + 1):
            try:
                result = entry.serve(json.loads(json.dumps(given)), self.world)
                return json.loads(json.dumps(result)), state.get("Next", "")
            except (Exception, Crash) as error:
                self.aws.now += 5 * 2**attempt
                failure = {"Error": type(error).__name__, "Cause": str(error)}
        [catch] = state["Catch"]
        return data | {catch["ResultPath"].removeprefix("$."): failure}, catch["Next"]

    def _put(self, url: str, content: bytes) -> None:
        assert len(content) <= 4096
        answer = json.loads(content)
        self.answers[answer["RequestId"]].append(answer)


class _Finished(dict[str, Any]):
    """Executions that have ended: their names stay taken."""

    def __init__(self, ended: dict[str, Any]) -> None:
        super().__init__(dict.fromkeys(ended))
