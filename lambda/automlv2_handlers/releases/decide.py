"""What people decide: an approval in the model registry, and an undecided release promoted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from automlv2_handlers import logs
from automlv2_handlers.domain import packages
from automlv2_handlers.domain.release_states import ReleaseState
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.releases import begin
from automlv2_handlers.releases.records import APPROVAL, Head, Release, Trigger
from automlv2_handlers.releases.store import Store


def approved(store: Store, package: str, now: float) -> str:
    """Serve the candidate of a package that has been approved; say what came of it.

    The registry sends several events for one change, and others for other changes: what counts is
    what the package is now. While a release is under way the approval is kept for its end.

    Args:
        store: The records of the key.
        package: Its ARN.
        now: Epoch seconds.

    Raises:
        LifecycleError: If there is no release.
    """
    head = begin.head_of(store)
    source = _of_package(store, package)
    if source is None:
        return f"nothing to do: no release has registered {package}"
    described = store.gateway.find("describe_model_package", ModelPackageName=package) or {}
    status = described.get("ModelApprovalStatus", "gone")
    if status != packages.APPROVED:
        return _leave(store, head, package, f"{package} is {status}")
    trigger = Trigger(APPROVAL, f"{package} {_moment(described)}", _who(described))
    taken = begin.started_by(store, trigger)
    if taken is not None:
        words = f"release {taken.number} was started by this approval already"
        return _leave(store, head, package, words)
    if head.active:
        store.save(replace(head, approved=package))
        return f"begins when release {head.active} has ended"
    why = _why_not(store, head, source)
    if why:
        return _leave(store, head, package, why)
    release = begin.start(store, head, source.settings, trigger, now, source, keep=True)
    return f"release {release.number} started: serves {package}"


def promote(store: Store, trigger: Trigger, number: int, now: float) -> str:
    """Let an undecided release pass the gate that could not measure; say what came of it.

    The gates after that one are asked still.

    Args:
        store: The records of the key.
        trigger: Who decides, and why.
        number: The release; 0 for the newest.
        now: Epoch seconds.

    Raises:
        LifecycleError: If it is not undecided, or has been overtaken.
    """
    taken = begin.started_by(store, trigger)
    if taken is not None:
        return f"release {taken.number} was started by this trigger already"
    head = begin.head_of(store)
    source = store.release(number or head.generation)
    if source is None:
        raise LifecycleError(f"cannot promote: there is no release {number}")
    _refuse_promotion(store, head, source)
    by = f"promoted by {trigger.by or 'somebody'}" + (f": {trigger.why}" if trigger.why else "")
    passed = {**source.gates[-1], "Verdict": "pass", "Reason": by}
    gates = (*source.gates[:-1], passed)
    release = begin.judge_on(store, head, trigger, now, source, gates)
    return f"release {release.number} started: promotes release {source.number}"


def _refuse_promotion(store: Store, head: Head, source: Release) -> None:
    if source.state is not ReleaseState.UNDECIDED:
        what = f"release {source.number} is {source.state.value}, not undecided"
        raise LifecycleError(f"cannot promote: {what}")
    if source.package:
        words = f"approve {source.package} in the model registry, which is what it waits for"
        raise LifecycleError(f"cannot promote: {words}")
    if head.active:
        raise LifecycleError(f"cannot promote: release {head.active} is under way")
    why = _why_not(store, head, source)
    if why:
        raise LifecycleError(f"cannot promote: {why}; automlv2 rollback serves any release again")


def _why_not(store: Store, head: Head, source: Release) -> str:
    """Say why a release is not to be served any more; empty if it may be."""
    serving = store.release(head.serving)
    if serving is None:
        return ""
    if source.package and serving.package == source.package:
        return f"release {serving.number} serves {source.package} already"
    origin = _origin(store, serving)
    if origin.number > source.number:
        return f"release {origin.number}, which is newer than {source.number}, serves"
    return ""


def _origin(store: Store, release: Release) -> Release:
    """Return the release that has trained the candidate of another."""
    while release.source:
        earlier = store.release(release.source)
        if earlier is None:
            break
        release = earlier
    return release


def _of_package(store: Store, package: str) -> Release | None:
    """Return the newest release that has registered a package, or found it registered."""
    found = (one for one in store.releases() if one.package == package)
    return next((one for one in found if not one.source), None)


def _leave(store: Store, head: Head, package: str, why: str) -> str:
    """Forget an approval that comes to nothing."""
    if head.approved == package:
        store.save(replace(head, approved=""))
    logs.fact("approval comes to nothing", key=store.key, package=package, why=why)
    return f"nothing to do: {why}"


def _moment(described: Mapping[str, Any]) -> str:
    return str(described.get("LastModifiedTime") or described.get("CreationTime"))


def _who(described: Mapping[str, Any]) -> str:
    by = described.get("LastModifiedBy") or {}
    identity = (by.get("IamIdentity") or {}).get("Arn") or by.get("UserProfileArn") or ""
    return str(identity)
