"""How an endpoint's traffic comes to be shared between its variants as the template says."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.domain import weights
from automlv2_handlers.domain.coerce import is_true
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import REQUESTED, Context, Pending
from automlv2_handlers.resources import endpoint_configs as configs
from automlv2_handlers.resources import looks

_SHIFTED: Final = "Shifted"


def shift(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Pending | None:
    """Set the weights of an endpoint that serves its configuration; ``None`` if they are right.

    Raises:
        LifecycleError: If SageMaker has been asked, and has gone back.
    """
    name = endpoint["EndpointName"]
    wanted = weights.wanted(configs.content(event, context))
    different = weights.changes(wanted, endpoint)
    if not different or _keeps_live(event, wanted, context):
        return None
    if not context.progress.get(_SHIFTED):
        context.gateway.call(
            "update_endpoint_weights_and_capacities",
            EndpointName=name,
            DesiredWeightsAndCapacities=different,
        )
        context.progress.update({_SHIFTED: True, REQUESTED: True})
        logs.fact("weights of variants changed", endpoint=name)
    elif looks.has_ended(context, badly=True):
        raise LifecycleError(f"endpoint {name!r} did not take the weights of its variants")
    return Pending(name, "traffic to be shared by the new weights")


def _keeps_live(event: LifecycleEvent, wanted: Mapping[str, float], context: Context) -> bool:
    """Whether live weights stay, as was asked for; not if the template's have changed."""
    with suppress(ValueError):
        if is_true(event.properties.get("RetainAllVariantProperties", "false")):
            return event.request_type == "Update" and _before(event, context) == wanted
    return False


def _before(event: LifecycleEvent, context: Context) -> dict[str, float]:
    """Return the weights of the old properties; none if they cannot be read."""
    with suppress(LifecycleError, KeyError, TypeError, ValueError, AttributeError):
        old = replace(event, properties=event.old_properties)
        return weights.wanted(configs.content(old, context))
    return {}
