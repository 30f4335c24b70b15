"""``Custom::AutoMLRelease``: starts a release, answers at once; deleted, takes all of it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers import stack_phase
from automlv2_handlers.domain.names import digest, endpoint_arn
from automlv2_handlers.domain.release_states import ReleaseState
from automlv2_handlers.errors import DeniedError, LifecycleError, NotFoundError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context, Done, Outcome, Pending
from automlv2_handlers.releases import begin
from automlv2_handlers.releases.records import Head, Settings, Trigger
from automlv2_handlers.releases.store import Store
from automlv2_handlers.releases.tell import tell_all
from automlv2_handlers.resources import endpoint, job, model
from automlv2_handlers.resources.kind import Kind

_NOTED: Final = "Noted"
_LEAVING: Final = "Leaving"
_PARTS: Final = (("Endpoint", endpoint.KIND), ("Model", model.KIND), ("Job", job.KIND))
"""What is deleted, in that order."""


def physical_id(event: LifecycleEvent) -> str:
    """Return the id: of the key, which never changes."""
    return event.physical_id or f"release-{digest(_key(event), length=16)}"


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Carry the request on as far as it goes now."""
    if event.request_type == "Delete":
        return _delete(event, context)
    settings = Settings.of(event)
    if settings.part("Job").get("AutoMLJobName"):
        raise LifecycleError(
            "a release trains more than one job: leave job_name out, or use base_job_name"
        )
    release = begin.asked_by_stack(
        _store(event, context),
        settings,
        Trigger("stack", event.request_id),
        context.now,
        rolling_back=stack_phase.is_rolling_back(context),
    )
    name = settings.endpoint_name
    data = {
        "EndpointName": name,
        "EndpointArn": endpoint_arn(event.stack_id, name),
        "Release": str(release.number if release is not None else 0),
    }
    return Done(physical_id(event), data)


def _key(event: LifecycleEvent) -> str:
    return str(event.properties.get("Key") or event.logical_id)


def _store(event: LifecycleEvent, context: Context) -> Store:
    return Store(context.gateway, str(event.properties["TableName"]), _key(event))


def _delete(event: LifecycleEvent, context: Context) -> Outcome:
    """Let every release lose first; then delete what serves, and stop what trains."""
    if _NOTED not in context.progress:
        context.progress[_NOTED] = _take_over(event, context)
    until = float(context.progress[_NOTED])
    left = _take_away(event, context)
    if left:
        return Pending(event.physical_id, left)
    if context.now < until:
        # A function in flight may make something still: it is looked at once more.
        context.progress.pop(_LEAVING, None)
        return Pending(event.physical_id, "the lease on moving the endpoint to be over")
    return Done(event.physical_id)


def _take_over(event: LifecycleEvent, context: Context) -> float:
    """Record that the construct has gone; return until when a release may still move."""
    if "TableName" not in event.properties:
        return 0.0
    store = _store(event, context)
    try:
        head = store.head()
        if head is None:
            return 0.0
        gone = replace(head, generation=head.generation + 1, active=0, serving=0, gone=True)
        loser = store.release(head.active)
        ended = []
        if loser is not None and not loser.is_over:
            ended.append(loser.becomes(ReleaseState.DELETED, context.now, "the construct has gone"))
        store.save(replace(gone, next=None, approved=""), *ended)
        tell_all(store)
        _delete_versions(store, Settings.of(event))
    except (NotFoundError, DeniedError):
        return 0.0  # A Delete does not fail for lack of a table, which may have gone before it.
    return head.mover_until if _moves(head) else 0.0


def _delete_versions(store: Store, settings: Settings) -> None:
    """Delete what has been registered, unless that is to stay."""
    if settings.registration.get("Retain", "true") == "true":
        return
    for package in {one.package for one in store.releases() if one.package}:
        store.gateway.find("delete_model_package", ModelPackageName=package)


def _moves(head: Head) -> bool:
    return bool(head.mover) and bool(head.active)


def _take_away(event: LifecycleEvent, context: Context) -> str:
    """Take a step of deleting each part; return what is waited for."""
    settings = Settings.of(event)
    for name, kind in _PARTS:
        progress = _progress_of(name, context)
        part = settings.request(name, "Delete", event.request_id, physical_id=_id(name, settings))
        outcome = kind.step(part, replace(context, progress=progress))
        if not isinstance(outcome, Done):
            return outcome.waiting_for
    return ""


def _progress_of(name: str, context: Context) -> dict[str, Any]:
    """Return the progress of one part; nothing of the resource may stay, whatever its name."""
    progress: dict[str, Any] = context.progress.setdefault(name, {})
    progress.setdefault(_LEAVING, True)
    return progress


def _id(name: str, settings: Settings) -> str:
    """Return what a part is known by; jobs and models are found by the names that they contain."""
    part: Mapping[str, Any] = settings.part(name)
    return str(part.get("EndpointName") or f"{settings.logical_id}-{name.lower()}")


KIND: Final = Kind(
    type="Custom::AutoMLRelease",
    step=step,
    physical_id=physical_id,
    makes_things=True,
)
