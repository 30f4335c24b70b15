"""What an execution does with a release: one look after another, until nothing is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.deadlines import wait_seconds
from automlv2_handlers.domain.release_states import ReleaseState
from automlv2_handlers.errors import (
    BusyError,
    ChangedError,
    DeniedError,
    GatewayError,
    LifecycleError,
    OutOfTimeError,
    QuotaError,
)
from automlv2_handlers.releases import begin, decide, judge, serve, settle, train
from automlv2_handlers.releases.look import EndError, Found, Go, Look, Stay, Step
from automlv2_handlers.releases.records import Head, Release
from automlv2_handlers.releases.store import Store, written
from automlv2_handlers.releases.tell import tell, tell_all

MOST_TURNS: Final = 1500
"""Looks of one execution, of some ten events each: its history holds 25,000."""

LONGEST_DENIED_SECONDS: Final = 15 * 60
LONGEST_QUOTA_SECONDS: Final = 24 * 3600
_AGAIN_SECONDS: Final = 15

STEPS: Final[Mapping[ReleaseState, Step]] = {
    ReleaseState.STARTED: train.step,
    ReleaseState.TRAINED: judge.step,
    ReleaseState.DEPLOYING: serve.step,
}
"""What is done in each state that is no end."""


def poll(state: Mapping[str, Any], gateway: Gateway, now: float) -> dict[str, Any]:
    """Return the next state of an execution after one look at its release."""
    store = Store(gateway, str(state["Table"]), str(state["Key"]))
    number = int(state["Number"])
    try:
        wait = _look(store, number, now)
    except (GatewayError, OutOfTimeError) as error:
        logs.fact("look at a release failed", key=store.key, release=number, why=str(error))
        wait = _AGAIN_SECONDS
    following = {**state, "Turn": int(state["Turn"]) + 1, "WaitSeconds": wait}
    following.pop("Error", None)
    if wait and following["Turn"] >= MOST_TURNS:
        return _hand_on(store, following)
    return {**following, "Settled": not wait}


def _hand_on(store: Store, state: dict[str, Any]) -> dict[str, Any]:
    """Let a fresh execution go on; if it cannot be started now, this one does."""
    part = int(state["Part"]) + 1
    try:
        release = store.release(int(state["Number"]))
        if release is not None:
            begin.run(store, release, part)
    except (GatewayError, OutOfTimeError) as error:
        logs.fact("fresh execution not started yet", key=store.key, why=str(error))
        return {**state, "Settled": False}
    return {**state, "Settled": True}


def _look(store: Store, number: int, now: float) -> int:
    """Look once; return the seconds until the next look, 0 if there is to be none."""
    head, release = store.head(), store.release(number)
    if head is None or release is None:
        return 0
    if release.is_over:
        return _after(store, head, release, now)
    if release.told < release.sequence:
        tell(store, head, release)
        release = store.release(number) or release
    look = Look.at(store, head, release, now)
    found = _carry_on(look)
    # The step may have taken the lease, which has written the head. Whoever has taken the release's
    # place meanwhile has written its end, so that what is noted here is not written any more.
    return _note(look, store.head() or head, found)


def _note(look: Look, head: Head, found: Found) -> int:
    release = replace(look.release, **found.changes)
    if isinstance(found, Stay):
        waits = replace(release, reason=found.waits_for[:500], progress=look.progress)
        if waits != release or found.changes:
            look.store.save(waits)
        return wait_seconds(look.now - release.since)
    moved = release.becomes(found.state, look.now, found.reason, progress=look.progress)
    records: list[Head | Release] = [moved]
    if moved.is_over:
        moved = replace(moved, progress={})
        records = [_after_end(head, moved), moved]
    look.store.save(*records)
    logs.fact("release changes", key=moved.key, release=moved.number, state=moved.state.value)
    tell(look.store, records[0] if isinstance(records[0], Head) else head, written(moved))
    return 1


def _after_end(head: Head, release: Release) -> Head:
    """Return the head when a release has ended."""
    ended = replace(head, active=0)
    if head.mover == release.number:
        # Its own looks come one after another: none of them is in flight any more.
        ended = replace(ended, mover=0, mover_until=0.0)
    if release.state is not ReleaseState.IN_SERVICE or head.serving == release.number:
        return ended
    return replace(ended, serving=release.number, previous=head.serving)


def _after(store: Store, head: Head, release: Release, now: float) -> int:
    """Do what is left to do after the end of a release."""
    if release.settled:
        _follow(store, head, now)
        return 0
    tell_all(store)
    release = store.release(release.number) or release
    look = Look.at(store, head, release, now)
    waits_for = _guarded_settle(look)
    if waits_for:
        logs.fact("release ended, not settled", release=release.number, why=waits_for)
        store.save(replace(release, progress=look.progress))
        return wait_seconds(now - release.since)
    settled = replace(release, settled=True, progress={})
    head = store.head() or head
    if head.mover == release.number:
        # It was aborted; its own looks come one after another, so that none is in flight any more.
        store.save(settled, replace(head, mover=0, mover_until=0.0))
        head = store.head() or head
    else:
        store.save(settled)
    _follow(store, head, now)
    return 0


def _follow(store: Store, head: Head, now: float) -> None:
    """Start what has been waiting for the end of a release; each trigger starts one release."""
    if head.active or head.gone:
        return
    if head.approved:
        decide.approved(store, head.approved, now)
        return
    if head.next is not None:
        begin.retrain(store, head.next, now)


def _guarded_settle(look: Look) -> str:
    """Settle; what fails there is tried again for a day, and ends nothing."""
    try:
        return settle.step(look)
    except (GatewayError, LifecycleError) as error:
        if look.now - look.release.since > LONGEST_QUOTA_SECONDS:
            logs.fact("release not settled", release=look.release.number, why=str(error))
            return ""
        return str(error)


def _carry_on(look: Look) -> Found:
    """Take the step of the release's state; what may pass is waited for, the rest is its end."""
    step = STEPS[look.release.state]
    denied: float | None = look.progress.pop("DeniedSince", None)
    queued: float | None = look.progress.pop("QueuedSince", None)
    try:
        return step(look)
    except ChangedError:
        raise
    except DeniedError as error:
        return _wait_for(look, "DeniedSince", denied, LONGEST_DENIED_SECONDS, error)
    except QuotaError as error:
        return _wait_for(look, "QueuedSince", queued, LONGEST_QUOTA_SECONDS, error)
    except (BusyError, OutOfTimeError) as error:
        return Stay(str(error))
    except EndError as error:
        return Go(error.state, str(error))
    except (GatewayError, LifecycleError) as error:
        return Go(ReleaseState.FAILED, str(error))
    except Exception as error:
        logs.fact("the handler failed", release=look.release.number, error=repr(error))
        return Go(ReleaseState.FAILED, f"the handler failed: {type(error).__name__}: {error}")


def _wait_for(
    look: Look, key: str, since: float | None, longest: float, error: GatewayError
) -> Found:
    """Wait for a right or a quota, as long as that makes sense."""
    began = look.now if since is None else since
    if look.now - began > longest:
        return Go(ReleaseState.FAILED, str(error))
    look.progress[key] = began
    return Stay(str(error))
