"""Weights and counts of variants, changed without another configuration."""

from __future__ import annotations

import threading
from collections.abc import Callable

from cdk_automlv2.local.sagemaker import async_queue, variants
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import validation
from cdk_automlv2.local.sagemaker.state import ENDPOINT, Record, State

UPDATE_SECONDS = 60
_NEVER = threading.Event()


def update_endpoint_weights_and_capacities(state: State, caller: Caller, request: Record) -> Record:
    """Change weights, counts or concurrency of variants; all of them or none."""
    operation, name = "UpdateEndpointWeightsAndCapacities", request["EndpointName"]
    endpoint = state.find(caller, operation, ENDPOINT, name)
    begin(state, endpoint, request["DesiredWeightsAndCapacities"])
    return {"EndpointArn": endpoint["EndpointArn"]}


def begin(
    state: State,
    endpoint: Record,
    desired: list[Record],
    ended: Callable[[], None] = lambda: None,
) -> None:
    """Begin to change an endpoint, for whoever may.

    Args:
        state: Of the service.
        endpoint: What changes.
        desired: ``DesiredWeightsAndCapacities``.
        ended: Called under the lock once all has changed.

    Raises:
        ServiceError: ``ValidationException`` where nothing has changed.
    """
    with state.lock:
        if endpoint["EndpointStatus"] != "InService":
            raise validation(f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".')
        _check(endpoint, desired)
        endpoint["LastModifiedTime"] = state.clock.now()
        _status(state, endpoint, "Updating")
    arguments = (state, endpoint, desired, ended)
    threading.Thread(target=_carry_out, args=arguments, daemon=True).start()


def _check(endpoint: Record, desired: list[Record]) -> None:
    known = {item["VariantName"]: item for item in endpoint["ProductionVariants"]}
    for item in desired:
        shown = known.get(item["VariantName"])
        if shown is None:
            raise validation(f"Variant {item['VariantName']} does not exist.")
        if "DesiredInstanceCount" in item and "CurrentInstanceCount" not in shown:
            raise validation(f"Variant {item['VariantName']} is serverless and has no instances.")
        if "ServerlessUpdateConfig" in item and "CurrentServerlessConfig" not in shown:
            raise validation(f"Variant {item['VariantName']} is not serverless.")
        if item.get("DesiredInstanceCount") == 0 and "AsyncInferenceConfig" not in endpoint:
            words = "needs an instance at least; only an asynchronous endpoint may have none"
            raise validation(f"Variant {item['VariantName']} {words}.")
    if sum("DesiredInstanceCount" in item for item in desired) > 1:
        raise validation("The capacity of one variant can be changed at a time.")


def _carry_out(
    state: State, endpoint: Record, desired: list[Record], ended: Callable[[], None]
) -> None:
    state.clock.wait(UPDATE_SECONDS, _NEVER)
    with state.lock:
        shown = variants.reweighted(endpoint["ProductionVariants"], desired)
        weights = {item["VariantName"]: item["CurrentWeight"] for item in shown}
        arn = endpoint["EndpointArn"]
        state.serving[arn] = state.serving[arn].weighted(weights)
        for item in shown:
            state.serving[arn].resize(item["VariantName"], item.get("CurrentServerlessConfig"))
        endpoint |= {"ProductionVariants": shown, "LastModifiedTime": state.clock.now()}
        _status(state, endpoint, "InService")
        ended()
    async_queue.wake(state, arn)


def _status(state: State, endpoint: Record, status: str) -> None:
    endpoint["EndpointStatus"] = status
    state.events.endpoint_changed(endpoint)
