"""The weights of several variants: changed without another configuration, nor another fleet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers.domain.variants import VARIANTS, without

WEIGHT: Final = "InitialVariantWeight"
_DEFAULT: Final = 1.0


def content_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what identifies a configuration: all of it, but the weights of several variants."""
    return without(config, WEIGHT) if wanted(config) else dict(config)


def wanted(config: Mapping[str, Any]) -> dict[str, float]:
    """Return the weights by the variants' names; none where there is but one variant."""
    variants = config.get(VARIANTS) or []
    if len(variants) < 2:
        return {}
    return {item["VariantName"]: float(item.get(WEIGHT, _DEFAULT)) for item in variants}


def changes(
    weights: Mapping[str, float], endpoint: Mapping[str, Any]
) -> list[dict[str, str | float]]:
    """Return the ``DesiredWeightsAndCapacities`` that bring an endpoint to the weights.

    What the endpoint does not show is left alone.
    """
    shown = {
        item["VariantName"]: item.get("DesiredWeight", item.get("CurrentWeight"))
        for item in endpoint.get(VARIANTS) or []
    }
    return [
        {"VariantName": name, "DesiredWeight": weight}
        for name, weight in weights.items()
        if shown.get(name) is not None and not _is_same(weight, shown[name])
    ]


def _is_same(one: float, other: float) -> bool:
    """Compare as the service does, which keeps weights in single precision."""
    return abs(one - other) <= 1e-6 * max(abs(one), abs(other))
