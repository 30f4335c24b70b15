"""How many instances the variants of an endpoint have after a request.

A count that the template has changed is set; so is that of a variant whose scaling the template has
ended. Whatever else an endpoint has is left to it: scaling, and whoever scales outside the
template, have set it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.domain import counts, weights
from automlv2_handlers.domain import scaling_plan as plans
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import REQUESTED, Context, Pending
from automlv2_handlers.resources import endpoint_configs as configs
from automlv2_handlers.resources import looks, scaling

_RESIZED: Final = "Resized"
"""Variants whose count has been asked for."""


def of_move(
    event: LifecycleEvent,
    endpoint: Mapping[str, Any],
    request: Mapping[str, Any],
    context: Context,
) -> tuple[dict[str, Any], dict[str, int]]:
    """Return an UpdateEndpoint request that brings the counts right, and those to begin with.

    Counts that nobody changes are kept by SageMaker. Where the template changes one of several, the
    configuration holds all of them as they are to be, since SageMaker keeps all or none. One that
    is there already may hold those of an earlier template: then all are kept, and set afterwards.
    """
    content, live = configs.content(event, context), counts.live(endpoint)
    found = context.gateway.find(
        "describe_endpoint_config", EndpointConfigName=request["EndpointConfigName"]
    )
    changed = _changed(event, endpoint, context)
    wanted = counts.wanted(content)
    first = {name: max(1, live.get(name, count)) for name, count in wanted.items()} | changed
    asked_for = bool(request.get(counts.RETAIN))
    if changed and (found is None or counts.wanted(found) == first):
        kept = counts.keeping(request, "DesiredInstanceCount") if asked_for else dict(request)
        return kept, first
    begins = counts.wanted(found or content)
    differs = any(live.get(name, count) != count for name, count in begins.items())
    if asked_for or not (differs or plans.keeps_counts(event.properties)):
        return dict(request), {}
    shifts = weights.changes(weights.wanted(content), endpoint)
    return counts.keeping(request, *(["DesiredWeight"] if shifts else [])), {}


def resize(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Pending | None:
    """Set the counts of an endpoint that serves its configuration; ``None`` if they are right.

    SageMaker changes the capacity of one variant at a time.

    Raises:
        LifecycleError: If SageMaker has been asked, and has gone back.
    """
    name = endpoint["EndpointName"]
    asked: list[str] = context.progress.get(_RESIZED) or []
    refused = ""
    for variant, count in _changed(event, endpoint, context).items():
        if variant not in asked:
            context.gateway.call(
                "update_endpoint_weights_and_capacities",
                EndpointName=name,
                DesiredWeightsAndCapacities=[
                    {"VariantName": variant, "DesiredInstanceCount": count}
                ],
            )
            context.progress.update({_RESIZED: [*asked, variant], REQUESTED: True})
            logs.fact("instances of a variant changed", endpoint=name, variant=variant, count=count)
        elif looks.has_ended(context, badly=True):
            refused = f"endpoint {name!r} did not take {count} instances of variant {variant!r}"
            continue
        return Pending(name, f"variant {variant!r} to have {count} instances")
    if refused:
        raise LifecycleError(refused)
    return None


def _changed(
    event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context
) -> dict[str, int]:
    """Return the counts that the request changes, and that the endpoint does not have yet."""
    if event.request_type != "Update":
        return {}
    before, live = _before(event, context), counts.live(endpoint)
    scaled, were_scaled = (
        plans.scaled_counts(properties) for properties in (event.properties, event.old_properties)
    )
    changed = {
        name: count
        for name, count in counts.wanted(configs.content(event, context)).items()
        if name not in scaled
        and live.get(name, count) != count
        and (name in were_scaled or before.get(name, count) != count)
    }
    if not changed or not stack_phase.is_rolling_back(context):
        return changed
    # What was to be left may never have come about: then the endpoint is as somebody else set it.
    ended = scaling.ended(context)
    return {
        name: count
        for name, count in changed.items()
        if (name in ended if name in were_scaled else live[name] == before.get(name))
    }


def _before(event: LifecycleEvent, context: Context) -> dict[str, int]:
    """Return the counts of the old properties; none if they cannot be read."""
    with suppress(LifecycleError, KeyError, TypeError, ValueError, AttributeError):
        old = replace(event, properties=event.old_properties)
        return counts.wanted(configs.content(old, context))
    return {}
