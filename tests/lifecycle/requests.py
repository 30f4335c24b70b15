"""Requests of one stack that are under way at once, as CloudFormation has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .fake_aws import FakeAws
from .invariants import CLOUDFORMATIONS_HOUR
from .stack import Stack


@dataclass
class Live:
    """A resource of the stack as it is.

    Attributes:
        failed: Whether its last request has failed.
        created: Whether its creation has ever gone well.
        uses: Logical ids of the resources that its properties refer to.
    """

    type: str
    properties: dict[str, Any]
    physical_id: str
    data: dict[str, str] = field(default_factory=dict)
    failed: bool = False
    created: bool = True
    uses: frozenset[str] = frozenset()


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


@dataclass
class Request:
    """One that has been sent.

    Attributes:
        wanted: What the resource becomes if it goes well.
        until: When CloudFormation will have waited long enough.
    """

    kind: str
    logical_id: str
    wanted: Live
    answers: list[dict[str, Any]]
    until: float


class Requests:
    """Sends requests, any number at once, and lets time pass until they are answered.

    Attributes:
        given_up: When one of them is to be given up.
    """

    def __init__(self, aws: FakeAws, stack: Stack) -> None:
        self._aws = aws
        self._stack = stack
        self.under_way: list[Request] = []
        self.given_up: GivenUp | None = None

    def send(self, kind: str, logical_id: str, wanted: Live, old: Live | None = None) -> Request:
        """Send a request; the stack's resource is in progress from now on."""
        more: dict[str, Any] = {"LogicalResourceId": logical_id}
        if kind != "Create":
            more["PhysicalResourceId"] = wanted.physical_id
        if kind == "Update" and old is not None:
            before = self._stack.event(kind, wanted.type, old.properties)
            more["OldResourceProperties"] = before["ResourceProperties"]
        event = self._stack.event(kind, wanted.type, wanted.properties, **more)
        until = self._aws.now + self._patience(logical_id)
        self._aws.later(until - self._aws.now, lambda: None)
        answers = self._stack.answers[event["RequestId"]]
        request = Request(kind, logical_id, wanted, answers, until)
        self.under_way.append(request)
        self._stack.invoke(event)
        return request

    def settled(self) -> list[Request]:
        """Let time pass until some are answered, or waited for in vain; return those."""
        self._aws.run(lambda: any(self._is_over(item) for item in self.under_way))
        over = [item for item in self.under_way if self._is_over(item)]
        self.under_way = [item for item in self.under_way if item not in over]
        return over

    def cancel(self) -> list[Request]:
        """Wait for nothing any longer; return what was under way."""
        cancelled, self.under_way = self.under_way, []
        return cancelled

    def _is_over(self, request: Request) -> bool:
        return bool(request.answers) or self._aws.now >= request.until

    def _patience(self, logical_id: str) -> float:
        if self.given_up is None or self.given_up.logical_id != logical_id:
            return CLOUDFORMATIONS_HOUR
        return self.given_up.seconds


def answer_of(request: Request) -> dict[str, Any] | None:
    """Return the answer, with its attributes; ``None`` if there is none."""
    return {"Data": {}, **request.answers[0]} if request.answers else None


def replaced(gone: Mapping[str, Live], stays: Mapping[str, Live]) -> list[tuple[str, Live]]:
    """Return what is in ``gone`` and not in ``stays``, the last first."""
    return [
        (name, live)
        for name, live in reversed(list(gone.items()))
        if name not in stays or stays[name].physical_id != live.physical_id
    ]
