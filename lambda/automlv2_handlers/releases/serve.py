"""The last step of a release: the model, and the endpoint that moves to it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers.domain.release_states import ReleaseState
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import REQUESTED, Context, Done, Outcome
from automlv2_handlers.releases.look import EndError, Found, Go, Look, Stay, lease
from automlv2_handlers.releases.records import Release
from automlv2_handlers.releases.store import written
from automlv2_handlers.resources import endpoint as endpoints
from automlv2_handlers.resources import endpoint_configs as configs
from automlv2_handlers.resources import model as models

_STEP: Final = "Serve"
MODEL: Final = "ServeModel"
_OF_STACKS: Final = frozenset({"MoreLinks", "Wait", "WaitSeconds"})
"""Properties that say how long a stack waits."""

_LONGEST_SECONDS: Final = 9 * 3600
"""An update by SageMaker's guardrails takes 8 hours at most."""


def step(look: Look) -> Found:
    """Make the model, then move the endpoint to it, while no other release may."""
    if not look.release.model:
        outcome = models.KIND.step(model_request(look.release), look.context(MODEL))
        if not isinstance(outcome, Done):
            return Stay(outcome.waiting_for)
        return Stay("the endpoint to move", {"model": outcome.physical_id})
    held = _hold(look)
    if isinstance(held, str):
        return Stay(held)
    context = held.context(_STEP)
    event = request(look.release, _former(look))
    try:
        outcome = move(event, context)
    except LifecycleError as error:
        raise _ended(look, context, str(error)) from error
    if isinstance(outcome, Done):
        return Go(ReleaseState.IN_SERVICE, _note(look), {"config": configs.name(event, context)})
    if context.age > _LONGEST_SECONDS:
        raise EndError(ReleaseState.FAILED, f"the endpoint has not moved: {outcome.waiting_for}")
    return Stay(outcome.waiting_for)


def move(event: LifecycleEvent, context: Context) -> Outcome:
    """Take one step of moving the endpoint; time is not the endpoint's to watch here."""
    return endpoints.KIND.step(event, replace(context, age=0.0))


def request(release: Release, former: Release | None) -> LifecycleEvent:
    """Return the request that moves the endpoint to a release.

    Args:
        release: With its model.
        former: The release that serves, whose tags may have to go.
    """
    part = {
        key: value
        for key, value in release.settings.part("Endpoint").items()
        if key not in _OF_STACKS
    }
    part["ProductionVariants"] = _serving(part.get("ProductionVariants"), release.model)
    old = dict(former.settings.part("Endpoint")) if former else {}
    return release.settings.request(
        "Endpoint",
        "Update",
        release.request_id,
        properties=part,
        old_properties=old,
        physical_id=release.settings.endpoint_name,
    )


def model_request(release: Release) -> LifecycleEvent:
    """Return the request that makes the model of a release's candidate."""
    candidate = {"AutoMLJobName": release.job, "CandidateName": release.candidate}
    return release.settings.request("Model", "Create", release.request_id, properties=candidate)


def _serving(variants: Any, model: str) -> list[dict[str, Any]]:
    """Return the variants with the release's model where they name none."""
    named: list[dict[str, Any]] = deepcopy(list(variants or []))
    return [{"ModelName": model, **variant} for variant in named]


def _former(look: Look) -> Release | None:
    return look.store.release(look.head.serving)


def _hold(look: Look) -> Look | str:
    """Hold the lease on moving; else return who does.

    It is renewed before each step that may move the endpoint; once SageMaker is at it, steps only
    look.
    """
    noted: Mapping[str, Any] = look.progress.get(_STEP) or {}
    if noted.get(REQUESTED) and look.head.mover == look.release.number:
        return look
    found = lease(look)
    if isinstance(found, str):
        return found
    look.store.save(found)
    return replace(look, head=written(found))


def _ended(look: Look, context: Context, reason: str) -> EndError:
    """Return how the move has ended: taken back by SageMaker, or never served."""
    name = look.release.settings.endpoint_name
    endpoint = look.gateway.find("describe_endpoint", EndpointName=name) or {}
    was_moved = bool(context.progress.get(REQUESTED)) and look.head.serving
    if was_moved and endpoint.get("EndpointStatus") == "InService":
        return EndError(ReleaseState.ROLLED_BACK, reason)
    return EndError(ReleaseState.FAILED, reason)


def _note(look: Look) -> str:
    serving = _former(look)
    release = look.release
    if serving is None or release.source:
        return f"serves release {release.source} again" if release.source else ""
    same = (serving.job, serving.candidate) == (release.job, release.candidate)
    return "settings or data have not changed: the same job and candidate" if same else ""
