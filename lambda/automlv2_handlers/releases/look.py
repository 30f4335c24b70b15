"""One look at a release: what its steps work with, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.domain.release_states import ReleaseState
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.outcomes import Context
from automlv2_handlers.releases.records import Head, Release
from automlv2_handlers.releases.store import Store

LEASE_SECONDS: Final = 600
"""How long a release may move the endpoint alone: longer than the function's longest run."""


@dataclass(frozen=True, slots=True)
class Look:
    """A release as it is now.

    Attributes:
        store: The records of its key.
        head: The head.
        release: The release.
        now: Epoch seconds.
        progress: What steps note; kept with the release.
    """

    store: Store
    head: Head
    release: Release
    now: float
    progress: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def at(cls, store: Store, head: Head, release: Release, now: float) -> Look:
        """Return a look at a release as it has been read."""
        return cls(store, head, release, now, dict(release.progress))

    @property
    def gateway(self) -> Gateway:
        """The only door to AWS."""
        return self.store.gateway

    def context(self, step: str) -> Context:
        """Return what the step of a kind of resource may use; its progress is kept.

        Args:
            step: Tells the steps apart.
        """
        noted = self.progress.setdefault(step, {})
        since = noted.setdefault("Since", self.now)
        return Context(self.gateway, noted, self.now - since, self.now)


@dataclass(frozen=True, slots=True)
class Go:
    """The release goes on in another state.

    Attributes:
        state: That state.
        reason: Why, where it is an end.
        changes: What else of the record changes.
    """

    state: ReleaseState
    reason: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stay:
    """The release stays in its state, and is looked at again.

    Attributes:
        waits_for: Short words.
        changes: What else of the record changes.
    """

    waits_for: str
    changes: Mapping[str, Any] = field(default_factory=dict)


Found = Go | Stay
Step = Callable[[Look], Found]


class EndError(LifecycleError):
    """When a step ends its release.

    Args:
        state: In which state.
        reason: Why.
    """

    def __init__(self, state: ReleaseState, reason: str) -> None:
        super().__init__(reason)
        self.state = state


def lease(look: Look) -> Head | str:
    """Return the head in which the release may move the endpoint, to be saved; else who may now."""
    head, number = look.head, look.release.number
    if head.mover not in (0, number) and head.mover_until > look.now:
        return f"release {head.mover}, which may still move the endpoint"
    return replace(head, mover=number, mover_until=look.now + LEASE_SECONDS)
