"""How many instances the variants of an endpoint have after a request.

A count that the template has changed is set, be it by a request that failed before; so is that of
a variant whose scaling the template has ended. Whatever else an endpoint has is left to it:
scaling, and whoever scales outside the template, have set it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.domain import counts, tags, weights
from automlv2_handlers.domain import scaling_plan as plans
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import REQUESTED, Context, Pending
from automlv2_handlers.resources import endpoint_configs as configs
from automlv2_handlers.resources import looks, scaling

_RESIZED: Final = "Resized"
"""Variants whose count has been asked for."""

_OWED: Final = "Owed"
"""Whether an earlier request has asked for counts that have not come about."""

_MARKED: Final = "Marked"
"""Whether the endpoint bears the mark that says so."""


def know(event: LifecycleEvent, current_tags: Mapping[str, str], context: Context) -> None:
    """Take down whether an earlier request has left counts that it was to set.

    A request that has failed and was not rolled back leaves its properties as the old ones of the
    next, though its counts never came about. One that got as far has marked the endpoint; where
    none did, an update that changes nothing comes again for one that has failed.
    """
    marked = tags.COUNTS in current_tags
    again = event.properties == event.old_properties
    context.progress.update({_OWED: marked or again, _MARKED: marked})


def handed_on(context: Context) -> dict[str, Any]:
    """Return what an execution that goes on from a request has to know, for ``taken_over``."""
    return {key: True for key in (_OWED, _MARKED) if context.progress.get(key)}


def taken_over(properties: Mapping[str, Any], context: Context) -> None:
    """Know what ``handed_on`` has told, unless it is known."""
    for key in (_OWED, _MARKED):
        context.progress.setdefault(key, str(properties.get(key, "")).lower() == "true")


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
    _mark(endpoint, changed, context)
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
    changed = _changed(event, endpoint, context)
    _mark(endpoint, changed, context)
    for variant, count in changed.items():
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
    if not changed and context.progress.pop(_MARKED, False):
        context.gateway.remove_tags(endpoint["EndpointArn"], [tags.COUNTS])
    return None


def _mark(endpoint: Mapping[str, Any], changed: Mapping[str, int], context: Context) -> None:
    """Let the endpoint say, before they are asked for, that it does not have its counts yet."""
    if changed and not context.progress.get(_MARKED):
        words = " ".join(f"{name}={count}" for name, count in changed.items())
        current_tags = {tags.COUNTS: tags.as_value(words)}
        context.gateway.add_tags(endpoint["EndpointArn"], tags.to_list(current_tags))
        context.progress[_MARKED] = True


def _changed(
    event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context
) -> dict[str, int]:
    """Return the counts that the request changes, and that the endpoint does not have yet."""
    if event.request_type != "Update":
        return {}
    before, live = _before(event, context), counts.live(endpoint)
    owed = bool(context.progress.get(_OWED))
    scaled, were_scaled = (
        plans.scaled_counts(properties) for properties in (event.properties, event.old_properties)
    )
    changed = {
        name: count
        for name, count in counts.wanted(configs.content(event, context)).items()
        if name not in scaled
        and live.get(name, count) != count
        and (owed or name in were_scaled or before.get(name, count) != count)
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
