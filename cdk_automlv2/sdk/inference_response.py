"""Which keys a classifier answers with: checked and set on the containers of a candidate."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

_INPUT = "SAGEMAKER_INFERENCE_INPUT"
_OUTPUT = "SAGEMAKER_INFERENCE_OUTPUT"
_SUPPORTED = "SAGEMAKER_INFERENCE_SUPPORTED"
_MADE_LAST = "labels"


def validate_and_update_inference_response(
    inference_containers: list[dict[str, Any]], inference_response_keys: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Set the containers to answer with the keys, in their order, and return them.

    Args:
        inference_containers: ``InferenceContainers`` of a candidate; changed in place.
        inference_response_keys: predicted_label, probability, probabilities, labels.

    Raises:
        ValueError: If the candidate does not support a key; names those it does.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/autopilot-automate-model-development-container-output.html
    """
    keys = list(inference_response_keys or [])
    if not keys:
        return inference_containers
    environments = [container.get("Environment", {}) for container in inference_containers]
    speaking = [environment for environment in environments if _SUPPORTED in environment]
    supported = [key.strip() for key in speaking[-1][_SUPPORTED].split(",")] if speaking else []
    missing = [key for key in keys if key not in supported]
    if missing:
        has = f"it supports {', '.join(supported)}" if supported else "it supports none"
        raise ValueError(
            f"inference_response_keys: the candidate does not support {', '.join(missing)}; {has}"
        )
    handed_on = ",".join(key for key in keys if key != _MADE_LAST)
    for before, after in pairwise(speaking):
        before[_OUTPUT] = after[_INPUT] = handed_on
    speaking[-1][_OUTPUT] = ",".join(keys)
    return inference_containers
