"""Keys of a classifier's inference response: checked and set on the containers of a candidate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_INPUT = "SAGEMAKER_INFERENCE_INPUT"
_OUTPUT = "SAGEMAKER_INFERENCE_OUTPUT"
_SUPPORTED = "SAGEMAKER_INFERENCE_SUPPORTED"


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
    supported = _supported(inference_containers[-1]) if inference_containers else []
    missing = [key for key in keys if key not in supported]
    if missing:
        has = f"it supports {', '.join(supported)}" if supported else "it supports none"
        raise ValueError(
            f"inference_response_keys: the candidate does not support {', '.join(missing)}; {has}"
        )
    handed_on = ""
    for container in inference_containers:
        returned = ",".join(key for key in keys if key in _supported(container))
        if handed_on and _supported(container):
            container["Environment"][_INPUT] = handed_on
        if returned:
            container["Environment"][_OUTPUT] = returned
        handed_on = returned
    return inference_containers


def _supported(container: dict[str, Any]) -> list[str]:
    listed = (container.get("Environment") or {}).get(_SUPPORTED, "")
    return [key.strip() for key in listed.split(",") if key.strip()]
