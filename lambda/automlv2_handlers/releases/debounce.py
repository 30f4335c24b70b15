"""New data arrive object by object: a release starts once they have been quiet for a while.

The first object starts an execution that waits; each further one moves the moment on, up to the
longest wait. A waiter that does not come back is replaced by the next object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.aws.gateway import Gateway
from automlv2_handlers.aws.tables import Item
from automlv2_handlers.domain.names import digest
from automlv2_handlers.errors import GatewayError, LifecycleError, OutOfTimeError
from automlv2_handlers.releases import begin
from automlv2_handlers.releases.records import Trigger
from automlv2_handlers.releases.store import Store

_SK: Final = "D#new-data"
_LATE_SECONDS: Final = 900
"""How long after its moment a waiter is taken for lost."""

_LONGEST_WAIT_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class _Wait:
    """A wait for quiet: since when, until when, and who waits."""

    since: float
    due: float
    waiter: str
    version: int


def arrived(store: Store, trigger: Trigger, quiet: float, longest: float, now: float) -> str:
    """Note that an object has arrived; say what that comes to.

    Args:
        store: The records of the key.
        trigger: The event.
        quiet: Seconds without another object after which a release starts.
        longest: Seconds after which it starts in any case; 0 for a day.
        now: Epoch seconds.

    Raises:
        LifecycleError: If there is no release to train again.
    """
    head = store.head()
    if head is None or head.gone:
        raise LifecycleError(f"there is no release of {store.key!r}")
    found = _read(store)
    lost = found is not None and found.waiter != "" and now > found.due + _LATE_SECONDS
    waits = found is not None and found.waiter != "" and not lost
    since = found.since if found is not None and waits else now
    due = min(now + quiet, since + (longest or _LONGEST_WAIT_SECONDS))
    waiter = found.waiter if found is not None and waits else trigger.id
    _write(store, _Wait(since, due, waiter, found.version if found else 0))
    if waits:
        return f"waits for {due - now:.0f} s more without new data"
    state = {"Table": store.table, "Key": store.key, "Due": due, "Waiter": waiter}
    begun = {**state, "Turn": 0, "WaitSeconds": max(int(due - now), 1)}
    name = f"new-data-{digest(store.key, waiter, int(since), length=40)}"
    store.gateway.start_execution(head.settings.machine, name, begun)
    return f"waits for {due - now:.0f} s without new data"


def poll(state: Mapping[str, Any], gateway: Gateway, now: float) -> dict[str, Any]:
    """Return the next state of an execution that waits for quiet."""
    store = Store(gateway, str(state["Table"]), str(state["Key"]))
    following = {**state, "Turn": int(state["Turn"]) + 1, "WaitSeconds": 15, "Settled": False}
    following.pop("Error", None)
    try:
        wait = _look(store, str(state["Waiter"]), now)
    except (GatewayError, OutOfTimeError) as error:
        logs.fact("wait for quiet looked at in vain", key=store.key, why=str(error))
        return following
    return {**following, "WaitSeconds": max(wait, 1), "Settled": wait == 0}


def _look(store: Store, waiter: str, now: float) -> int:
    """Return the seconds still to wait; 0 when a release has been asked for, or is not to be."""
    found = _read(store)
    if found is None or found.waiter != waiter:
        return 0
    if found.due > now:
        return int(found.due - now) + 1
    try:
        answer = begin.retrain(store, Trigger("new-data", f"{waiter}/{found.version}"), now)
        logs.fact("data are quiet", key=store.key, answer=answer)
    except LifecycleError as error:
        logs.fact("data are quiet, but nothing is to train", key=store.key, why=str(error))
    # Asked for before it is noted: an object that arrives between moves the version on, and the
    # release asked for twice is one, by its trigger, or follows the first.
    _write(store, _Wait(found.since, found.due, "", found.version))
    return 0


def _read(store: Store) -> _Wait | None:
    item = store.gateway.item(store.table, f"M#{store.key}", _SK)
    if item is None:
        return None
    record = item.record
    return _Wait(record["since"], record["due"], record["waiter"], item.version)


def _write(store: Store, wait: _Wait) -> None:
    record = {"since": wait.since, "due": wait.due, "waiter": wait.waiter}
    store.gateway.write_items(
        store.table, [Item(f"M#{store.key}", _SK, record, version=wait.version)]
    )
