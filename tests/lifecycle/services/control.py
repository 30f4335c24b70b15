"""CloudFormation and Step Functions, as far as the function asks them."""

from __future__ import annotations

import json
from typing import Any

from .account import Account
from .errors import client_error


class Control(Account):
    """The operations on stacks and executions.

    Attributes:
        executions: State of each execution to begin, by name; ``None`` once it has begun.
        running: Names of those that have begun and not ended, with their inputs.
        machines: ARN of the state machine of each execution, by name.
        stopped: Names of those that were stopped.
        physical_ids: What the stacks have, by stack and logical id.
        resource_statuses: Status of a stack's resource; default: complete if it has an id.
        stack_tags: Tags of a stack, by its id.
        parameters: Values in the parameter store, by name; deployments write them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.executions: dict[str, dict[str, Any] | None] = {}
        self.running: dict[str, str] = {}
        self.machines: dict[str, str] = {}
        self.stopped: set[str] = set()
        self.physical_ids: dict[tuple[str, str], str] = {}
        self.resource_statuses: dict[tuple[str, str], str] = {}
        self.stack_tags: dict[str, dict[str, str]] = {}
        self.parameters: dict[str, str] = {}
        self._statuses: dict[str, str] = {}
        self._status_of_all = ""

    @property
    def status(self) -> str:
        """``StackStatus`` of whichever stack is asked for, unless it has one of its own."""
        return self._status_of_all

    @status.setter
    def status(self, status: str) -> None:
        self._statuses.clear()
        self._status_of_all = status

    def set_status(self, stack_id: str, status: str) -> None:
        """Let one stack have a status of its own."""
        self._statuses[stack_id] = status

    def status_of(self, stack_id: str) -> str:
        """Return the status of a stack."""
        return self._statuses.get(stack_id, self._status_of_all)

    def _describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        tags = [{"Key": k, "Value": v} for k, v in self.stack_tags.get(StackName, {}).items()]
        shown = {"StackId": StackName, "StackStatus": self.status_of(StackName), "Tags": tags}
        return {"Stacks": [shown | {"StackName": StackName.split("/")[1]}]}

    def _describe_stack_resource(self, StackName: str, LogicalResourceId: str) -> dict[str, Any]:  # noqa: N803
        key = StackName, LogicalResourceId
        name = self.physical_ids.get(key)
        status = self.resource_statuses.get(key)
        if name is None and status is None:
            words = f"Resource {LogicalResourceId} does not exist for stack {StackName}"
            raise client_error("DescribeStackResource", "ValidationError", words)
        detail = {
            "LogicalResourceId": LogicalResourceId,
            "ResourceStatus": status or ("CREATE_COMPLETE" if name else "CREATE_FAILED"),
            "StackId": StackName,
        }
        if name:
            detail["PhysicalResourceId"] = name
        return {"StackResourceDetail": detail}

    def _start_execution(self, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:  # noqa: N803
        """Begin an execution; the same again, while it runs, is the same."""
        if name in self.executions and self.running.get(name) != input:
            words = f"Execution Already Exists: '{stateMachineArn}:{name}'"
            raise client_error("StartExecution", "ExecutionAlreadyExists", words)
        if name not in self.executions:
            self.executions[name] = json.loads(input)
            self.running[name] = input
            self.machines[name] = stateMachineArn
        return {"executionArn": f"{stateMachineArn}:{name}"}

    def _stop_execution(self, executionArn: str, cause: str) -> dict[str, Any]:  # noqa: N803
        """Stop an execution: a function in flight goes on, the next state does not begin."""
        name = executionArn.rpartition(":")[2]
        if name not in self.executions:
            words = f"Execution Does Not Exist: '{executionArn}'"
            raise client_error("StopExecution", "ExecutionDoesNotExist", words)
        self.stopped.add(name)
        self.running.pop(name, None)
        return {}
