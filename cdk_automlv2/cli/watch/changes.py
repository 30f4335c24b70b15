"""What has changed between two looks, as events for programs and for logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdk_automlv2.cli.jobs import leaderboard
from cdk_automlv2.cli.watch.snapshot import (
    EndpointState,
    JobState,
    ReleaseState,
    Snapshot,
    StackState,
    State,
)

Event = dict[str, Any]


def between(before: Snapshot | None, after: Snapshot) -> Iterator[Event]:
    """Yield what has changed since the last look; all of it after the first one.

    docs/command.md lists the members.
    """
    known = {_key(item): _fact(item) for item in _states(before)}
    candidates = {item["CandidateName"]: _status(item) for item in _candidates(before)}
    for state in _states(after):
        if known.get(_key(state)) != _fact(state):
            yield _event(after, state)
        if isinstance(state, JobState):
            for item in state.candidates:
                if candidates.get(item["CandidateName"]) != _status(item):
                    yield _of_candidate(after, state, item)


def result(snapshot: Snapshot, status: int, *, timed_out: bool) -> Event:
    """Return the last event."""
    state = "timed-out" if timed_out else "failed" if snapshot.exit_status else "succeeded"
    event = _base(snapshot, "result", state)
    return event | {"exit-status": status}


def _event(snapshot: Snapshot, state: State) -> Event:
    kind, own, name, status, detail, reason = _fact(state)
    event = _base(snapshot, kind, status)
    return event | {
        "id": own or None,
        "name": name,
        "detail": detail or None,
        "reason": reason or None,
    }


def _of_candidate(snapshot: Snapshot, job: JobState, item: leaderboard.Candidate) -> Event:
    objective = leaderboard.objective_of(item)
    event = _base(snapshot, "candidate", _status(item))
    event |= {"id": job.id or None, "name": item["CandidateName"]}
    event["detail"] = objective.get("MetricName")
    event["value"] = leaderboard.value_of(item)
    return event | {"reason": item.get("FailureReason")}


def _base(snapshot: Snapshot, kind: str, state: str) -> Event:
    return {
        "at": snapshot.at,
        "event": kind,
        "stack": snapshot.stack.name if snapshot.stack else None,
        "id": None,
        "name": None,
        "state": state,
        "detail": None,
        "value": None,
        "reason": None,
    }


def _states(snapshot: Snapshot | None) -> list[State]:
    """Return what events tell of: a release, and then the job that it trains by."""
    if snapshot is None:
        return []
    return [*snapshot.states, *(item for item in snapshot.training if item not in snapshot.jobs)]


def _candidates(snapshot: Snapshot | None) -> list[leaderboard.Candidate]:
    return [item for job in snapshot.training for item in job.candidates] if snapshot else []


def _status(candidate: leaderboard.Candidate) -> str:
    return str(candidate.get("CandidateStatus", ""))


def _key(state: State) -> tuple[str, str, str]:
    return _fact(state)[:3]


def _fact(state: State) -> tuple[str, str, str, str, str, str]:
    """Return kind, id, name, status, detail and reason of a state."""
    match state:
        case StackState():
            return ("stack", "", state.name, state.status, "", state.reason)
        case JobState():
            return ("job", state.id, state.name, state.status, state.secondary, state.failure)
        case EndpointState():
            return ("endpoint", state.id, state.name, state.status, "", state.failure)
        case ReleaseState():
            return ("release", state.id, f"release {state.number}", state.state, "", state.reason)
