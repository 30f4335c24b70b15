"""The states of a release, and what each means for a pipeline.

Leans on nothing: the command reads this very file.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

SCHEMA: Final = "1.0"
"""Of records and events: a new minor number adds, a new major number changes."""


class ReleaseState(StrEnum):
    """How far a release is."""

    STARTED = "started"
    TRAINED = "trained"
    DEPLOYING = "deploying"
    IN_SERVICE = "in-service"
    REFUSED = "refused"
    UNDECIDED = "undecided"
    FAILED = "failed"
    ROLLED_BACK = "rolled-back"
    SUPERSEDED = "superseded"
    DELETED = "deleted"


EXIT_STATUS: Final[Mapping[ReleaseState, int]] = {
    ReleaseState.IN_SERVICE: 0,
    ReleaseState.FAILED: 1,
    ReleaseState.ROLLED_BACK: 1,
    ReleaseState.DELETED: 1,
    ReleaseState.REFUSED: 3,
    ReleaseState.SUPERSEDED: 4,
    ReleaseState.UNDECIDED: 6,
}
"""Exit status of whoever waits for the end of a release; a state without one is no end."""

EXIT_TIMED_OUT: Final = 5


def is_end(state: ReleaseState) -> bool:
    """Whether a release in that state changes no more."""
    return state in EXIT_STATUS
