"""What the states of a release mean for whoever waits."""

from __future__ import annotations

from cdk_automlv2.cli.handlers import module

_STATES = "release_states"


def exit_status(state: str) -> int | None:
    """Return the exit status that an end stands for; nothing for a state that is no end."""
    found: int | None = module(_STATES).EXIT_STATUS.get(state)
    return found


def timed_out() -> int:
    """Return the exit status of a wait that ends before its release."""
    return int(module(_STATES).EXIT_TIMED_OUT)


def schema() -> str:
    """Return the schema of records that is known here."""
    return str(module(_STATES).SCHEMA)
