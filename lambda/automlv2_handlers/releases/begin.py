"""What starts a release: the stack, a trigger, or the command; each once, however often asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.domain.release_states import ReleaseState
from automlv2_handlers.errors import GatewayError, LifecycleError
from automlv2_handlers.releases.records import APPROVAL, Head, Release, Settings, Trigger
from automlv2_handlers.releases.store import Store
from automlv2_handlers.releases.tell import tell_all

_JUDGED_ANEW: Final[Mapping[str, Any]] = {
    "state": ReleaseState.TRAINED,
    "source": 0,
    "package": "",
    "package_containers": "",
}
"""What differs in a release whose candidate is judged, from one that only serves it."""


def asked_by_stack(
    store: Store, settings: Settings, trigger: Trigger, now: float, *, rolling_back: bool
) -> Release | None:
    """Return the release that a stack's request starts, or the one that is of its settings already.

    Args:
        store: The records of the key.
        settings: What the stack asks for.
        trigger: The request.
        now: Epoch seconds.
        rolling_back: Whether the stack goes back to what it was.
    """
    taken = started_by(store, trigger)
    if taken is not None:
        return taken
    head = store.head()
    if head is None or head.gone:
        return start(store, head or Head(store.key, settings), settings, trigger, now)
    if head.settings.desired != settings.desired:
        source = _earlier(store, settings) if rolling_back else None
        return start(store, head, settings, trigger, now, source)
    if head.settings.judged_by != settings.judged_by:
        return _judge_anew(store, head, settings, trigger, now)
    if head.settings != settings:
        store.save(replace(head, settings=settings))
    return store.release(head.generation)


def retrain(store: Store, trigger: Trigger, now: float, cool_down: float = 0) -> str:
    """Start a release of the settings that the stack has asked for last; say what came of it.

    Raises:
        LifecycleError: If there is nothing to train.
    """
    taken = started_by(store, trigger)
    if taken is not None:
        return f"release {taken.number} was started by this trigger already"
    head = head_of(store)
    if trigger.kind == "alarm" and now < head.not_before:
        return "not started: the last one that an alarm has started is too recent"
    if head.active:
        if trigger.kind == "new-data":
            store.save(replace(head, next=trigger))
            return f"begins when release {head.active} has ended"
        return f"not started: release {head.active} is under way"
    if trigger.kind == "alarm":
        head = replace(head, not_before=now + cool_down)
    release = start(store, head, head.settings, trigger, now)
    return f"release {release.number} started"


def roll_back(store: Store, trigger: Trigger, number: int, now: float) -> str:
    """Serve a recorded release again, without training or gates; say what came of it.

    Args:
        store: The records of the key.
        trigger: What asks for it.
        number: The release; 0 for the one that served before.
        now: Epoch seconds.

    Raises:
        LifecycleError: If there is no such release, or nothing of it to serve.
    """
    taken = started_by(store, trigger)
    if taken is not None:
        return f"release {taken.number} was started by this trigger already"
    head = head_of(store)
    source = store.release(number) if number else _before(store, head)
    if source is None:
        what = f"there is no release {number}" if number else "no release served before"
        raise LifecycleError(f"cannot roll back: {what}")
    if not source.candidate:
        raise LifecycleError(f"cannot roll back: release {source.number} has no candidate")
    release = start(store, head, source.settings, trigger, now, source, keep=True)
    return f"release {release.number} started: serves release {source.number} again"


def abort(store: Store, trigger: Trigger, now: float) -> str:
    """End the release that is under way; what serves goes on.

    Raises:
        LifecycleError: If none is under way.
    """
    head = head_of(store)
    release = store.release(head.active)
    if release is None or release.is_over:
        raise LifecycleError("no release is under way")
    by = f" by {trigger.by}" if trigger.by else ""
    ended = release.becomes(ReleaseState.FAILED, now, f"aborted{by}")
    store.save(replace(head, active=0), ended)
    tell_all(store)
    words = f"release {release.number} aborted"
    if head.mover != release.number:
        return words
    back = f"goes back to release {head.serving}" if head.serving else "is deleted"
    return f"{words}; the endpoint, which it was moving, {back}"


def execution_name(release: Release, part: int) -> str:
    """Return the name of a release's ``part``-th execution, from 1; 80 characters at most."""
    return f"{release.request_id}-{int(release.began)}-{part}"


def run(store: Store, release: Release, part: int = 1) -> None:
    """Start an execution that carries a release; one that has been started goes on."""
    state = {"Table": store.table, "Key": store.key, "Number": release.number, "Part": part}
    begun = {**state, "Turn": 0}
    name = execution_name(release, part)
    first = store.gateway.start_execution(release.settings.machine, name, begun)
    logs.fact("release runs", release=release.number, key=store.key, execution=name, first=first)


def started_by(store: Store, trigger: Trigger) -> Release | None:
    """Return the release that a trigger has started; its execution may have been left out."""
    release = store.release(store.number_of(trigger))
    if release is not None and not release.is_over:
        run(store, release)
    return release


def head_of(store: Store) -> Head:
    """Return the head.

    Raises:
        LifecycleError: If there is no release.
    """
    head = store.head()
    if head is None or head.gone:
        raise LifecycleError(f"there is no release of {store.key!r}")
    return head


def _earlier(store: Store, settings: Settings) -> Release | None:
    """Return the newest release of these settings that has been in service."""
    found = _of_settings(store, settings)
    return next((one for one in found if one.state is ReleaseState.IN_SERVICE), None)


def _of_settings(store: Store, settings: Settings) -> Iterator[Release]:
    """Yield the releases of these settings, the newest first."""
    wanted = settings.desired
    return (release for release in store.releases() if release.settings.desired == wanted)


def _before(store: Store, head: Head) -> Release | None:
    """Return what served before what serves now: another candidate, or by other settings.

    A retraining on the same data, and a rollback, serve again what another release served.
    """
    serving = store.release(head.serving)
    if head.active and serving is not None:
        return serving
    previous = store.release(head.previous)
    if previous is None or serving is None or not _serve_alike(previous, serving):
        return previous
    earlier = (one for one in store.releases() if one.number < previous.number)
    served = (one for one in earlier if one.state is ReleaseState.IN_SERVICE)
    return next((one for one in served if not _serve_alike(one, serving)), None)


def _serve_alike(one: Release, other: Release) -> bool:
    parts = ("Model", "Endpoint")
    same = all(one.settings.part(part) == other.settings.part(part) for part in parts)
    return same and (one.job, one.candidate) == (other.job, other.candidate)


def _judge_anew(
    store: Store, head: Head, settings: Settings, trigger: Trigger, now: float
) -> Release:
    """Start a release that judges the newest candidate by other gates, without training.

    What was rolled back to may be of other settings: its candidate is none of these.
    """
    last = next(_of_settings(store, settings), None)
    if last is None or head.active or not last.candidate:
        return start(store, head, settings, trigger, now)
    release = _new(head, settings, trigger, now, last)
    judged = replace(release, **_JUDGED_ANEW)
    return _record(store, replace(head, settings=settings), judged)


def judge_on(
    store: Store,
    head: Head,
    trigger: Trigger,
    now: float,
    source: Release,
    gates: tuple[Mapping[str, Any], ...],
) -> Release:
    """Start a release of another one's candidate, by the gates that have not been asked yet.

    Args:
        store: The records of the key.
        head: The head as it was read.
        trigger: What asks for it.
        now: Epoch seconds.
        source: The other one.
        gates: What gates have said already.
    """
    release = _new(head, source.settings, trigger, now, source)
    return _record(store, head, replace(release, **_JUDGED_ANEW, gates=gates))


def start(
    store: Store,
    head: Head,
    settings: Settings,
    trigger: Trigger,
    now: float,
    source: Release | None = None,
    *,
    keep: bool = False,
) -> Release:
    """Record a new release, end the one under way, and let an execution carry the new one.

    Args:
        store: The records of the key.
        head: The head as it was read.
        settings: What is to be released.
        trigger: What asks for it.
        now: Epoch seconds.
        source: Release whose candidate is served again, if nothing is to be trained.
        keep: Whether the head goes on asking for what the stack has asked for.
    """
    release = _new(head, settings, trigger, now, source)
    if not keep:
        head = replace(head, settings=settings)
    return _record(store, head, release)


def _record(store: Store, head: Head, release: Release) -> Release:
    loser = store.release(head.active)
    number = release.number
    ended = []
    if loser is not None and not loser.is_over:
        why = f"superseded by release {number}"
        ended.append(loser.becomes(ReleaseState.SUPERSEDED, release.began, why))
    moved = replace(head, generation=number, active=number, gone=False)
    # An approval serves what is there; data that have come meanwhile are to be trained still.
    if release.trigger.kind == APPROVAL:
        moved = replace(moved, approved="")
    else:
        moved = replace(moved, next=None)
    store.start(moved, release, ended)
    logs.fact("release started", key=store.key, release=number, trigger=release.trigger.kind)
    run(store, release)
    if loser is not None:
        _stop(store, loser)
    tell_all(store)
    return release


def _new(
    head: Head, settings: Settings, trigger: Trigger, now: float, source: Release | None
) -> Release:
    release = Release(
        key=head.key,
        number=head.generation + 1,
        trigger=trigger,
        settings=settings,
        since=now,
        began=now,
    )
    return release if source is None else replace(release, **_candidate_of(source))


def _candidate_of(source: Release) -> Mapping[str, Any]:
    """Return what a release takes over from the one whose candidate it serves again."""
    return {
        "source": source.number,
        "job": source.job,
        "candidate": source.candidate,
        "metric": source.metric,
        "containers": source.containers,
        "package": source.package,
        "package_containers": source.package_containers,
    }


def _stop(store: Store, loser: Release) -> None:
    """Stop the loser's execution: a courtesy, as it does nothing any more."""
    machine, name = loser.settings.machine, execution_name(loser, 1)
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    try:
        store.gateway.stop_execution(arn, "superseded")
    except GatewayError as error:
        logs.fact("execution not stopped", execution=arn, why=str(error))
