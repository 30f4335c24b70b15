"""The state that an execution carries from poll to poll, parsed once at the border.

As JSON: ``Event`` (the request), ``StartedAt`` (epoch seconds), ``WaitSeconds``, ``AnswerBy`` (from
when on a poll that fails altogether is not tried again), ``Denials``, ``DeniedSince``, ``Progress``
(the kind's own), ``Settled`` and, once settled, ``Answer``. Step Functions adds ``Error`` when a
poll has failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from automlv2_handlers.deadlines import broken_seconds
from automlv2_handlers.domain.plain import one_line, plain
from automlv2_handlers.events import LifecycleEvent


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to CloudFormation.

    Attributes:
        status: ``SUCCESS`` or ``FAILED``.
        physical_id: Name of what the resource stands for.
        reason: For the stack event; one line.
        data: Attributes for ``Fn::GetAtt``.
    """

    status: str
    physical_id: str
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_raw(cls, raw: Mapping[str, Any]) -> Answer:
        """Read an answer as an execution carries it."""
        return cls(
            status=raw["Status"],
            physical_id=raw["PhysicalResourceId"],
            reason=raw.get("Reason") or "",
            data=raw.get("Data") or {},
        )

    def to_raw(self) -> dict[str, Any]:
        """Return the answer as an execution carries it."""
        return {
            "Status": self.status,
            "PhysicalResourceId": self.physical_id,
            "Reason": one_line(self.reason)[:4096],
            "Data": plain(self.data),
        }


@dataclass(frozen=True, slots=True)
class Denied:
    """How often in a row a right was missing, and since when (epoch seconds)."""

    times: int = 0
    since: float = 0.0

    def again(self, now: float) -> Denied:
        """Count one more."""
        return Denied(self.times + 1, self.since if self.times else now)


@dataclass(frozen=True, slots=True)
class State:
    """A request on its way to its answer.

    Attributes:
        raw: The request as CloudFormation has sent it.
        event: The same, typed.
        started_at: Epoch seconds of the function's first sight of it.
        progress: Facts that outlive a poll; the kind's own.
        denied: Whether a right is missing just now.
        wait_seconds: Until the next poll.
        answer: Set once the request is settled.
    """

    raw: Mapping[str, Any]
    event: LifecycleEvent
    started_at: float
    progress: Mapping[str, Any] = field(default_factory=dict)
    denied: Denied = Denied()
    wait_seconds: int = 0
    answer: Answer | None = None

    @classmethod
    def begin(cls, raw: Mapping[str, Any], now: float) -> State:
        """Return the state of a request that has just arrived."""
        return cls(raw, LifecycleEvent.from_raw(raw), now)

    @classmethod
    def from_raw(cls, raw: Mapping[str, Any]) -> State:
        """Read the state of an execution, also of one that an earlier version has begun."""
        answer = raw.get("Answer")
        return cls(
            raw=raw["Event"],
            event=LifecycleEvent.from_raw(raw["Event"]),
            started_at=raw["StartedAt"],
            progress=raw["Progress"],
            denied=Denied(raw.get("Denials", 0), raw.get("DeniedSince", 0.0)),
            wait_seconds=raw.get("WaitSeconds", 0),
            answer=Answer.from_raw(answer) if answer else None,
        )

    def settled(self, answer: Answer) -> State:
        """Return the state with its answer."""
        return replace(self, answer=answer)

    def to_raw(self) -> dict[str, Any]:
        """Return the state as an execution carries it."""
        moment = datetime.fromtimestamp(self.started_at + broken_seconds(self.event), UTC)
        raw: dict[str, Any] = {
            "Event": dict(self.raw),
            "StartedAt": self.started_at,
            "WaitSeconds": self.wait_seconds,
            "AnswerBy": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Denials": self.denied.times,
            "DeniedSince": self.denied.since,
            "Progress": plain(self.progress),
            "Settled": self.answer is not None,
        }
        return raw | ({"Answer": self.answer.to_raw()} if self.answer else {})
