"""The number that a target scales: what it is, and how it is changed."""

from __future__ import annotations

from typing import Any

from cdk_automlv2.local.sagemaker.autoscaling.targets import COUNT, Key, Target
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.operations import capacities
from cdk_automlv2.local.sagemaker.state import Record, State


def variant_of(state: State, key: Key) -> Record | None:
    """Return what DescribeEndpoint shows of the variant; ``None`` if it is not there."""
    endpoint = state.endpoints.get(key.endpoint_arn, {})
    if endpoint.get("EndpointName") != key.endpoint:
        return None
    shown = endpoint.get("ProductionVariants", [])
    return next((item for item in shown if item["VariantName"] == key.variant), None)


def current(state: State, key: Key) -> int | None:
    """Return the capacity as desired now; ``None`` if the variant has none of that dimension."""
    shown = variant_of(state, key) or {}
    if key.dimension == COUNT:
        return shown.get("DesiredInstanceCount")
    config = shown.get("DesiredServerlessConfig")
    return None if config is None else int(config.get("ProvisionedConcurrency", 0))


def is_ready(state: State, key: Key) -> bool:
    """Whether the endpoint can be changed now; while it is updated, scaling is blocked."""
    endpoint = state.endpoints.get(key.endpoint_arn, {})
    return endpoint.get("EndpointStatus") == "InService"


def move(state: State, target: Target, wanted: int, cause: str) -> bool:
    """Begin to change a capacity; whether that has begun. Under the lock."""
    key, now = target.key, state.clock.now
    if not is_ready(state, key) or current(state, key) in (None, wanted):
        return False
    what = "instance count" if key.dimension == COUNT else "provisioned concurrency"
    activity = state.scaling.note(target, now(), f"Setting desired {what} to {wanted}.", cause)

    def ended() -> None:
        words = f"Successfully set desired {what} to {wanted}. Change successfully fulfilled by "
        activity.update(StatusCode="Successful", StatusMessage=f"{words}sagemaker.", EndTime=now())

    try:
        endpoint = state.endpoints[key.endpoint_arn]
        capacities.begin(state, endpoint, [_desired(key, wanted)], ended)
    except ServiceError as error:
        words = f"Failed to set desired {what} to {wanted}. Reason: {error.message}"
        activity.update(StatusCode="Failed", StatusMessage=words, EndTime=now())
        return False
    return True


def clamp(state: State, target: Target, cause: str) -> None:
    """Bring a capacity within the bounds of its target. Under the lock."""
    capacity = current(state, target.key)
    if capacity is not None:
        move(state, target, target.clamped(capacity), cause)


def _desired(key: Key, wanted: int) -> dict[str, Any]:
    if key.dimension == COUNT:
        return {"VariantName": key.variant, "DesiredInstanceCount": wanted}
    update = {"ProvisionedConcurrency": wanted}
    return {"VariantName": key.variant, "ServerlessUpdateConfig": update}
