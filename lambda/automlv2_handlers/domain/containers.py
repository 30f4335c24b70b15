"""The candidate's inference containers, in its order, with the response the user asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from automlv2_handlers.errors import LifecycleError

INPUT = "SAGEMAKER_INFERENCE_INPUT"
OUTPUT = "SAGEMAKER_INFERENCE_OUTPUT"
SUPPORTED = "SAGEMAKER_INFERENCE_SUPPORTED"


def choose(candidate: Mapping[str, Any], unit: str) -> list[dict[str, Any]]:
    """Return the candidate's containers for a processing unit.

    Args:
        candidate: An ``AutoMLCandidate``.
        unit: ``CPU`` or ``GPU``; only image and text candidates have both.

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

    Each container returns those of the keys that it supports itself, and the next one expects
    just these. A container that supports none of them keeps what it returns, as does the input of
    the one after it: the keys are then made further down the pipeline.

    Raises:
        LifecycleError: If the last container does not support a key; names those it does.
    """
    changed = [{**item, "Environment": dict(item.get("Environment") or {})} for item in containers]
    if not keys:
        return changed
    supported = _supported(changed[-1]) if changed else []
    missing = [key for key in keys if key not in supported]
    if missing:
        raise LifecycleError(
            f"inference_response_keys: the candidate does not support {', '.join(missing)}; "
            + (f"it supports {', '.join(supported)}" if supported else "it supports none")
        )
    handed_on = ""
    for item in changed:
        environment = item["Environment"]
        returned = ",".join(key for key in keys if key in _supported(item))
        if handed_on and _supported(item):
            environment[INPUT] = handed_on
        if returned:
            environment[OUTPUT] = returned
        handed_on = returned
    return changed


def _supported(container: Mapping[str, Any]) -> list[str]:
    listed = container["Environment"].get(SUPPORTED, "")
    return [part.strip() for part in listed.split(",") if part.strip()]
