"""A small CloudFormation: creates, updates, replaces, rolls back and cleans up.

What the documents leave open, the order of requests when a replaced resource is rolled back, is
a choice of the caller: with an Update back to the old properties, or with the Delete of the new
one alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .fake_aws import FakeAws
from .stack import Stack

Outputs = dict[str, dict[str, str]]


@dataclass
class Resource:
    """A resource of a template: its properties may use the outputs of those before it."""

    logical_id: str
    type: str
    properties: Callable[[Outputs], dict[str, Any]]


@dataclass
class Live:
    """A resource of the stack as it is."""

    type: str
    properties: dict[str, Any]
    physical_id: str
    data: dict[str, str] = field(default_factory=dict)
    failed: bool = False
    created: bool = True


class CloudFormation:
    """One stack, deployed again and again.

    Attributes:
        live: Its resources, in the order of their creation.
        stable: Its resources after the last deployment that went well or was rolled back.
        replaced: Those whose Delete waits for a deployment that goes well.
        update_back: Whether a replaced resource is rolled back with an Update.
        before_rollback: Called when a deployment has failed and is about to be rolled back.
    """

    def __init__(self, aws: FakeAws, stack_id: str) -> None:
        self.aws = aws
        self.stack = Stack(aws, stack_id)
        self.live: dict[str, Live] = {}
        self.stable: dict[str, Live] = {}
        self.replaced: list[tuple[str, Live]] = []
        self.update_back = True
        self.before_rollback: Callable[[], None] = lambda: None

    def deploy(self, template: list[Resource], *, rollback: bool = True) -> bool:
        """Bring the stack to the template; whether that went well.

        Args:
            template: Resources in the order of their dependencies.
            rollback: Whether a failure is rolled back, else everything stays as it is and a
                failed resource is tried again by the next deployment.
        """
        old = dict(self.live)
        for resource in template:
            if not self._bring(resource):
                self.before_rollback()
                self.replaced += _replaced(old, self.live)
                if rollback:
                    self._roll_back()
                return False
        self.replaced += _replaced(old, self.live)
        self._clean_up()
        self.stable = dict(self.live)
        return True

    def _clean_up(self) -> None:
        """Delete what was replaced and is not in the stack again."""
        kept = {live.physical_id for live in self.live.values()}
        for logical_id, live in self.replaced:
            if live.physical_id not in kept:
                self._remove(logical_id, live)
        self.replaced = []

    def delete(self) -> None:
        """Delete the stack."""
        for logical_id, live in [*reversed(list(self.live.items())), *self.replaced]:
            self._remove(logical_id, live)
        self.live, self.stable, self.replaced = {}, {}, []

    def _remove(self, logical_id: str, live: Live) -> None:
        answer = self._send("Delete", logical_id, live)
        assert answer["Status"] == "SUCCESS", answer["Reason"]

    def _bring(self, resource: Resource) -> bool:
        outputs = {name: {"Ref": live.physical_id, **live.data} for name, live in self.live.items()}
        properties = resource.properties(outputs)
        live = self.live.get(resource.logical_id)
        if live is not None and live.properties == properties and not live.failed:
            return True
        wanted = Live(resource.type, properties, live.physical_id if live else "")
        kind = "Update" if live and live.created else "Create"
        answer = self._send(kind, resource.logical_id, wanted, live)
        if answer["Status"] == "FAILED" and kind == "Update":
            wanted.failed = True
            self.live[resource.logical_id] = wanted
            return False
        wanted.physical_id = answer["PhysicalResourceId"]
        wanted.data = answer["Data"]
        wanted.failed = answer["Status"] == "FAILED"
        wanted.created = not wanted.failed
        self.live[resource.logical_id] = wanted
        return not wanted.failed

    def _roll_back(self) -> None:
        self.aws.rolling_back = True
        failed, self.live = self.live, dict(self.stable)
        for logical_id, before in self.stable.items():
            after = failed[logical_id]
            if before.properties == after.properties and not after.failed:
                continue
            replaced = before.physical_id != after.physical_id
            if replaced and not self.update_back:
                continue
            wanted = Live(before.type, before.properties, after.physical_id)
            answer = self._send("Update", logical_id, wanted, after)
            assert answer["Status"] == "SUCCESS", f"rollback of {logical_id}: {answer['Reason']}"
            assert answer["PhysicalResourceId"] == before.physical_id
            before.data = answer["Data"]
        self.replaced += _replaced(failed, self.live)
        self._clean_up()
        self.aws.rolling_back = False

    def _send(
        self, kind: str, logical_id: str, wanted: Live, before: Live | None = None
    ) -> dict[str, Any]:
        more: dict[str, Any] = {"LogicalResourceId": logical_id}
        if kind != "Create":
            more["PhysicalResourceId"] = wanted.physical_id
        if kind == "Update" and before is not None:
            old = self.stack.event(kind, wanted.type, before.properties)["ResourceProperties"]
            more["OldResourceProperties"] = old
        event = self.stack.event(kind, wanted.type, wanted.properties, **more)
        self.stack.deliver_until_done(event)
        self.stack.run()
        answer: dict[str, Any] = {"Data": {}, **self.stack.answer(event)}
        return answer


def _replaced(gone: dict[str, Live], stays: dict[str, Live]) -> list[tuple[str, Live]]:
    """Return what is in ``gone`` and not in ``stays``, the last first."""
    return [
        (name, live)
        for name, live in reversed(list(gone.items()))
        if name not in stays or stays[name].physical_id != live.physical_id
    ]
