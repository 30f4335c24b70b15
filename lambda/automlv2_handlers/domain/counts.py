"""The numbers of instances of variants: changed without another configuration, nor another fleet.

Whoever scales an endpoint outside its template changes them too, so that what an endpoint has is
kept, unless its template has changed the number itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers.domain.variants import VARIANTS, without

COUNT: Final = "InitialInstanceCount"
RETAIN: Final = "RetainAllVariantProperties"
_EXCLUDE: Final = "ExcludeRetainedVariantProperties"
_TYPE: Final = "VariantPropertyType"
_SHOWN: Final = ("DesiredInstanceCount", "CurrentInstanceCount")


def content_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what identifies a configuration: all of it, but the counts of production variants.

    Those of a shadow stay, as the service changes capacities of production variants only.
    """
    return without(config, COUNT) if VARIANTS in config else dict(config)


def wanted(config: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts of a configuration by the variants' names; none of a serverless one."""
    variants = config.get(VARIANTS) or []
    return {item["VariantName"]: int(item[COUNT]) for item in variants if item.get(COUNT)}


def live(endpoint: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts that an endpoint shows: those it is on its way to."""
    shown = {
        item["VariantName"]: next((item[key] for key in _SHOWN if item.get(key) is not None), None)
        for item in endpoint.get(VARIANTS) or []
    }
    return {name: int(count) for name, count in shown.items() if count is not None}


def with_counts(config: Mapping[str, Any], counts: Mapping[str, int]) -> dict[str, Any]:
    """Return a configuration with other counts."""
    if not counts:
        return dict(config)
    variants = [
        {**item, COUNT: counts[item["VariantName"]]} if item["VariantName"] in counts else item
        for item in config[VARIANTS]
    ]
    return {**config, VARIANTS: variants}


def keeping(request: Mapping[str, Any], *excluded: str) -> dict[str, Any]:
    """Return a move that keeps the live counts and weights, but for those of ``excluded``.

    Args:
        request: Of UpdateEndpoint; what it excludes already stays excluded.
        excluded: Such as ``DesiredWeight``.
    """
    listed = list(request.get(_EXCLUDE) or [])
    known = {item.get(_TYPE) for item in listed}
    listed += [{_TYPE: kind} for kind in excluded if kind not in known]
    return {**request, RETAIN: True, **({_EXCLUDE: listed} if listed else {})}
