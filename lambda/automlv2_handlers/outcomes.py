"""What one step of a lifecycle comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from automlv2_handlers.aws.gateway import Gateway

REQUESTED: Final = "Requested"
"""Key of ``progress``: the service has been asked and is at it."""

MADE: Final = "Made"
"""Key of ``progress``: name of what this very request has made."""

ALONE: Final = "Alone"
"""Key of ``progress``: no execution goes on with the Delete, so that what is on its way is gone."""

FAILURE: Final = "Failure"
"""Key of ``progress``: why the request has failed; what it made is being cleaned up."""


LOOKED: Final = "Looked"
"""Key of ``progress``: what is waited for has been seen, so that the right to see it is there."""


@dataclass(frozen=True, slots=True)
class Done:
    """The request is fulfilled.

    Attributes:
        physical_id: Name of what the resource now stands for in SageMaker.
        data: Attributes for ``Fn::GetAtt``; strings.
        note: What the user should know though all went well; goes with the answer.
    """

    physical_id: str
    data: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """Not yet; ask again later.

    Attributes:
        physical_id: Name of what is waited for, kept in case the request fails later.
        waiting_for: Short words for the log.
    """

    physical_id: str
    waiting_for: str


Outcome = Done | Pending


@dataclass(frozen=True, slots=True)
class Context:
    """What a step may use.

    Attributes:
        gateway: The only door to AWS.
        progress: Facts that outlive a poll (JSON); a step may add to it.
        age: Seconds since the request arrived.
        now: Epoch seconds.
    """

    gateway: Gateway
    progress: dict[str, Any]
    age: float
    now: float

    def count(self, key: str) -> int:
        """Count one more of something in ``progress``; return how many there are by now."""
        self.progress[key] = int(self.progress.get(key, 0)) + 1
        return int(self.progress[key])
