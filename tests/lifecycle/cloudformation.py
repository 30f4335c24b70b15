"""A small CloudFormation: creates, updates, replaces, gives up, rolls back and cleans up.

What the documents leave open is a choice of the caller: the order of requests when a replaced
resource is rolled back, and what becomes of a deletion that was still to come when a deployment
without rollback failed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .fake_aws import FakeAws
from .invariants import CLOUDFORMATIONS_HOUR
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


@dataclass(frozen=True)
class GivenUp:
    """A deployment ends while one of its requests is under way.

    Attributes:
        logical_id: Resource whose request is given up, as that of another resource has failed,
            or as the user wants it.
        seconds: After which.
    """

    logical_id: str
    seconds: float


class CloudFormation:
    """One stack, deployed again and again.

    Attributes:
        live: Its resources, in the order of their creation.
        stable: Its resources after the last deployment that went well or was rolled back.
        replaced: Those whose Delete waits for a deployment that goes well.
        update_back: Whether a replaced resource is rolled back with an Update.
        forgets: Whether deletions to come are forgotten when a deployment without rollback fails.
        compares: Whether, after an update, a deletion to come is left out when its physical id
            has come back.
        before_rollback: Called when a deployment has failed and is about to be rolled back.
    """

    def __init__(self, aws: FakeAws, stack_id: str) -> None:
        self.aws = aws
        self.stack = Stack(aws, stack_id)
        self.live: dict[str, Live] = {}
        self.stable: dict[str, Live] = {}
        self.replaced: list[tuple[str, Live]] = []
        self.update_back = True
        self.forgets = False
        self.compares = True
        self.before_rollback: Callable[[], None] = lambda: None
        self._given_up: GivenUp | None = None
        self._invented = 0

    def deploy(
        self, template: list[Resource], *, rollback: bool = True, given_up: GivenUp | None = None
    ) -> bool:
        """Bring the stack to the template; whether that went well.

        Args:
            template: Resources in the order of their dependencies.
            rollback: Whether a failure is rolled back, else everything stays as it is and a
                failed resource is tried again by the next deployment.
            given_up: When the deployment is to be given up.
        """
        old = dict(self.live)
        self._given_up = given_up
        verb = "UPDATE" if self.live else "CREATE"
        self._is(f"{verb}_IN_PROGRESS")
        went_well = all(self._bring(resource) for resource in template)
        self._given_up = None
        if not went_well:
            self._fail(old, verb, rollback)
            return False
        self.replaced += _replaced(old, self.live)
        self._is("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        self._clean_up(self.compares)
        self.stable = dict(self.live)
        self._is(f"{verb}_COMPLETE")
        return True

    def delete(self) -> None:
        """Delete the stack."""
        self._is("DELETE_IN_PROGRESS")
        for logical_id, live in [*reversed(list(self.live.items())), *self.replaced]:
            self._remove(logical_id, live)
        self.live, self.stable, self.replaced = {}, {}, []
        self._is("DELETE_COMPLETE")

    def _fail(self, old: dict[str, Live], verb: str, rollback: bool) -> None:
        self.before_rollback()
        self.replaced += _replaced(old, self.live)
        if not rollback:
            self.replaced = [] if self.forgets else self.replaced
            self._is(f"{verb}_FAILED")
            return
        verb = "UPDATE_" if self.stable else ""
        self._is(f"{verb}ROLLBACK_IN_PROGRESS")
        self._roll_back()
        if self.stable:
            self._is("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        self._clean_up()
        self._is(f"{verb}ROLLBACK_COMPLETE")

    def _is(self, status: str) -> None:
        self.stack.status = status
        self.aws.set_status(self.stack.stack_id, status)

    def _clean_up(self, compares: bool = True) -> None:
        """Delete what was replaced and, if that is compared, is not in the stack again."""
        kept = {live.physical_id for live in self.live.values()} if compares else set()
        for logical_id, live in self.replaced:
            if live.physical_id not in kept:
                self._remove(logical_id, live)
        self.replaced = []

    def _remove(self, logical_id: str, live: Live) -> None:
        answer = self._send("Delete", logical_id, live)
        assert answer is not None
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
        if kind == "Update" and (answer is None or answer["Status"] == "FAILED"):
            wanted.failed = True
            self.live[resource.logical_id] = wanted
            return False
        if answer is None:
            self._invented += 1
            name = f"Shop-{resource.logical_id}-{self._invented}INVENTED"
            answer = {"Status": "FAILED", "PhysicalResourceId": name, "Data": {}}
        wanted.physical_id = answer["PhysicalResourceId"]
        wanted.data = answer["Data"]
        wanted.failed = answer["Status"] == "FAILED"
        wanted.created = not wanted.failed
        self.live[resource.logical_id] = wanted
        place = self.stack.stack_id, resource.logical_id
        self.aws.physical_ids[place] = "" if wanted.failed else wanted.physical_id
        return not wanted.failed

    def _roll_back(self) -> None:
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
            assert answer is not None
            assert answer["Status"] == "SUCCESS", f"rollback of {logical_id}: {answer['Reason']}"
            assert answer["PhysicalResourceId"] == before.physical_id
            before.data = answer["Data"]
        self.replaced += _replaced(failed, self.live)
        for logical_id, live in self.live.items():
            self.aws.physical_ids[self.stack.stack_id, logical_id] = live.physical_id

    def _send(
        self, kind: str, logical_id: str, wanted: Live, before: Live | None = None
    ) -> dict[str, Any] | None:
        """Send a request and wait for its answer; ``None`` if it is given up before."""
        more: dict[str, Any] = {"LogicalResourceId": logical_id}
        if kind != "Create":
            more["PhysicalResourceId"] = wanted.physical_id
        if kind == "Update" and before is not None:
            old = self.stack.event(kind, wanted.type, before.properties)["ResourceProperties"]
            more["OldResourceProperties"] = old
        event = self.stack.event(kind, wanted.type, wanted.properties, **more)
        until = self.aws.now + self._patience(logical_id)
        self.aws.later(until - self.aws.now, lambda: None)
        answers = self.stack.answers[event["RequestId"]]
        self.stack.invoke(event)
        self.stack.run(lambda: bool(answers) or self.aws.now >= until)
        return {"Data": {}, **answers[0]} if answers else None

    def _patience(self, logical_id: str) -> float:
        given_up = self._given_up
        if given_up is None or given_up.logical_id != logical_id:
            return CLOUDFORMATIONS_HOUR
        return given_up.seconds


def _replaced(gone: dict[str, Live], stays: dict[str, Live]) -> list[tuple[str, Live]]:
    """Return what is in ``gone`` and not in ``stays``, the last first."""
    return [
        (name, live)
        for name, live in reversed(list(gone.items()))
        if name not in stays or stays[name].physical_id != live.physical_id
    ]
