"""What the tests of releases have in common: a user with one release in a stack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from automlv2_handlers.domain.release_states import is_end
from automlv2_handlers.releases.records import Head, Release
from automlv2_handlers.releases.store import Store

from .events import JOB
from .fake_aws import FakeAws
from .stack import RELEASE_MACHINE, Stack

TYPE = "AutoMLRelease"
KEY = "Churn"
MODEL = {"ExecutionRoleArn": "arn:aws:iam::111122223333:role/host", "ProcessingUnit": "CPU"}
ENDPOINT_NAME = "churn-abcdeaaabbbb"


def endpoint(name: str = ENDPOINT_NAME, **more: Any) -> dict[str, Any]:
    variant = {
        "VariantName": "AllTraffic",
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }
    return {"EndpointName": name, "ProductionVariants": [variant | more]}


def minimum(value: float) -> dict[str, Any]:
    """Return a gate that a candidate of the fake account (0.97) passes up to 0.97."""
    return {"Type": "Objective", "Minimum": value}


@contextmanager
def looking(aws: FakeAws) -> Iterator[None]:
    """Let a test look at the account: no fault of the world befalls it, and none is used up."""
    interrupt, entered, failures = aws.interrupt, aws.entered, aws.failures
    aws.interrupt, aws.failures = None, defaultdict(list)
    try:
        yield
    finally:
        aws.interrupt, aws.entered, aws.failures = interrupt, entered, failures


class User:
    """Deploys one release, again and again."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.aws: FakeAws = stack.aws
        self.stack.enforces_rights = False
        self.store = Store(self.aws, stack.table, KEY)
        self.deployed: dict[str, Any] | None = None
        self.physical_id = ""
        self.triggers = 0

    def properties(self, **more: Any) -> dict[str, Any]:
        job = {**JOB, "RoleArn": "arn:aws:iam::111122223333:role/job", **more.pop("Job", {})}
        return {
            "ReleaseMachineArn": RELEASE_MACHINE,
            "TableName": self.stack.table,
            "Key": KEY,
            "BaseName": "churn",
            "Job": job,
            "Model": MODEL,
            "Endpoint": endpoint(),
            "Gates": [],
            **more,
        }

    def deploy(self, **more: Any) -> dict[str, Any]:
        """Send the stack's request, and return its answer; executions go on."""
        wanted = self.properties(**more)
        if self.deployed is None:
            event = self.stack.event("Create", TYPE, wanted)
        else:
            event = self.stack.event("Update", TYPE, wanted, PhysicalResourceId=self.physical_id)
            before = self.stack.event("Update", TYPE, self.deployed)["ResourceProperties"]
            event |= {"OldResourceProperties": before}
        self.stack.deliver(event)
        self.aws.run(lambda: bool(self.stack.answers[event["RequestId"]]))
        answer = self.stack.answer(event)
        if answer["Status"] == "SUCCESS":
            self.deployed, self.physical_id = wanted, answer["PhysicalResourceId"]
        return answer

    def delete(self) -> dict[str, Any]:
        """Let the construct go, with all that it has made."""
        assert self.deployed is not None
        named = {"PhysicalResourceId": self.physical_id}
        event = self.stack.event("Delete", TYPE, self.deployed, **named)
        self.stack.invoke(event)
        self.run()
        return self.stack.answers[event["RequestId"]][0]

    def ask(self, task: str, kind: str = "command", **more: Any) -> str:
        """Send a task as a trigger or the command does."""
        self.triggers += 1
        trigger = {"Kind": kind, "Id": f"{kind}-{self.triggers}", "By": "ann"}
        event = {"Task": task, "Key": KEY, "Trigger": trigger, **more}
        answer = self.stack._serve(event)
        assert answer is not None
        return str(answer.get("Answer") or f"refused: {answer['Refused']}")

    def run(self) -> None:
        """Let time pass until nothing is left to happen."""
        self.stack.run()

    @property
    def head(self) -> Head:
        head = self.store.head()
        assert head is not None
        return head

    def release(self, number: int) -> Release:
        release = self.store.release(number)
        assert release is not None
        return release

    @property
    def states(self) -> list[str]:
        """The states of all releases, the first one first."""
        return [one.state.value for one in reversed(list(self.store.releases()))]

    def served_job(self, name: str = ENDPOINT_NAME) -> str:
        """Return the job whose winner serves."""
        found = self.aws.find("describe_endpoint", EndpointName=name)
        assert found is not None, "there is no endpoint"
        assert found["EndpointStatus"] == "InService"
        config = self.aws.configs[found["EndpointConfigName"]]
        model = self.aws.models[config["ProductionVariants"][0]["ModelName"]]
        return model["Containers"][0]["ModelDataUrl"].split("/")[3]

    def check_at_rest(self) -> None:
        """Look at what must hold once nothing happens any more."""
        releases = list(self.store.releases())
        assert all(is_end(one.state) for one in releases), self.states
        head = self.head
        assert head.active == 0
        if head.serving:
            assert self.served_job() == self.release(head.serving).job
        newest = [one for one in releases if one.state.value == "in-service"]
        assert (newest[0].number if newest else 0) == head.serving
        names = [ENDPOINT_NAME] if head.serving else []
        assert [name for name in self.aws.endpoints if self._is_there(name)] == names
        assert len(self.aws.models) == len(names)
        assert len(self.aws.configs) == len(names)

    def _is_there(self, name: str) -> bool:
        return self.aws.find("describe_endpoint", EndpointName=name) is not None
