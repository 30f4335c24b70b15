"""The candidate's inference containers, in its order, with the response the user asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any

from automlv2_handlers.errors import LifecycleError

INPUT = "SAGEMAKER_INFERENCE_INPUT"
OUTPUT = "SAGEMAKER_INFERENCE_OUTPUT"
SUPPORTED = "SAGEMAKER_INFERENCE_SUPPORTED"
_ADDED_LAST = "labels"


def choose(candidate: Mapping[str, Any], unit: str) -> list[dict[str, Any]]:
    """Return the candidate's containers for a processing unit.

    Args:
        candidate: An ``AutoMLCandidate``.
        unit: ``CPU`` or ``GPU``; only image and text candidates tell them apart.

    Raises:
        LifecycleError: If the candidate has none for that unit, or none at all.
    """
    name = candidate["CandidateName"]
    by_unit = candidate.get("InferenceContainerDefinitions") or {}
    if by_unit:
        if unit not in by_unit:
            raise LifecycleError(
                f"candidate {name!r} has containers for {', '.join(sorted(by_unit))}, "
                f"not for {unit}; choose another instance_type"
            )
        return deepcopy(list(by_unit[unit]))
    containers = candidate.get("InferenceContainers") or []
    if not containers:
        raise LifecycleError(f"candidate {name!r} has no inference containers to deploy")
    return deepcopy(list(containers))


def respond_with(
    containers: Sequence[Mapping[str, Any]], keys: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the containers set to answer with ``keys``, in that order.

    Each container hands on the keys it supports; ``labels`` comes from the last one alone.

    Raises:
        LifecycleError: If the candidate does not support a key; names those it does.
    """
    changed = [{**item, "Environment": dict(item.get("Environment") or {})} for item in containers]
    if not keys:
        return changed
    speaking = [item["Environment"] for item in changed if SUPPORTED in item["Environment"]]
    supported = _split(speaking[-1][SUPPORTED]) if speaking else []
    missing = [key for key in keys if key not in supported]
    if missing:
        raise LifecycleError(
            f"inference_response_keys: the candidate does not support {', '.join(missing)}; "
            + (f"it supports {', '.join(supported)}" if supported else "it supports none")
        )
    between = [key for key in keys if key != _ADDED_LAST]
    for before, after in pairwise(speaking):
        before[OUTPUT] = after[INPUT] = ",".join(between)
    speaking[-1][OUTPUT] = ",".join(keys)
    return changed


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
