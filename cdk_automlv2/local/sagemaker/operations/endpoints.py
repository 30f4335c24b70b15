"""Endpoints: created, updated, deleted, each through its statuses in a thread of its own."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.local.sagemaker import async_queue, fleets, rollout, variants
from cdk_automlv2.local.sagemaker.autoscaling import registration as scaling
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import not_found, validation
from cdk_automlv2.local.sagemaker.faults import ENDPOINT_FAILS, UPDATE_ROLLS_BACK
from cdk_automlv2.local.sagemaker.operations.tagging import check_tags
from cdk_automlv2.local.sagemaker.paging import Listing
from cdk_automlv2.local.sagemaker.state import CONFIG, ENDPOINT, Record, State

CREATE_SECONDS = 180
UPDATE_SECONDS = 240
DELETE_SECONDS = 30
ROLLING_BACK_SECONDS = 60
_NEVER = threading.Event()
_ENDPOINTS = Listing("Endpoints", "EndpointName", status="EndpointStatus")


def create_endpoint(state: State, caller: Caller, request: Record) -> Record:
    """Create an endpoint."""
    name, config = request["EndpointName"], request["EndpointConfigName"]
    arn = caller.arn(ENDPOINT.name, name)
    config_arn = caller.arn(CONFIG.name, config)
    state.require_create(caller, "CreateEndpoint", arn, request, config_arn)
    check_tags(request.get("Tags", []))
    now = state.clock.now()
    with state.lock:
        if config_arn not in state.configs:
            raise not_found(CONFIG.words, config_arn)
        if arn in state.endpoints:
            raise validation(f'Cannot create already existing endpoint "{arn}".')
        endpoint = state.endpoints[arn] = {
            "EndpointName": name,
            "EndpointArn": arn,
            "EndpointConfigName": state.configs[config_arn]["EndpointConfigName"],
            "EndpointStatus": "Creating",
            "PendingDeploymentSummary": variants.pending(state.configs[config_arn], now),
            "CreationTime": now,
            "LastModifiedTime": now,
        }
        state.keep_tags(arn, request)
        state.events.endpoint_changed(endpoint)
    _start(_move, state, caller, endpoint, config_arn, request, _CREATE)
    return {"EndpointArn": arn}


def update_endpoint(state: State, caller: Caller, request: Record) -> Record:
    """Move an endpoint to another configuration."""
    config_arn = caller.arn(CONFIG.name, request["EndpointConfigName"])
    state.require(caller, "UpdateEndpoint", config_arn)
    endpoint = state.find(caller, "UpdateEndpoint", ENDPOINT, request["EndpointName"])
    with state.lock:
        if config_arn not in state.configs:
            raise not_found(CONFIG.words, config_arn)
        if endpoint["EndpointStatus"] not in ("InService", "UpdateRollbackFailed"):
            raise validation(f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".')
        _refuse_serverless(endpoint, state.configs[config_arn])
        serving = state.serving.get(endpoint["EndpointArn"])
        before = serving.config if serving else {}
        scaling.refuse_changed(state, endpoint["EndpointArn"], before, state.configs[config_arn])
        pending = variants.pending(state.configs[config_arn], state.clock.now())
        _set(state, endpoint, EndpointStatus="Updating", PendingDeploymentSummary=pending)
    _start(_move, state, caller, endpoint, config_arn, request, _UPDATE)
    return {"EndpointArn": endpoint["EndpointArn"]}


def _refuse_serverless(endpoint: Record, config: Record) -> None:
    """Refuse the way from instances to serverless; the way back is allowed."""
    shown = endpoint.get("ProductionVariants", [])
    before = [item for item in shown if "CurrentInstanceCount" in item]
    if before and any("ServerlessConfig" in item for item in config["ProductionVariants"]):
        name = endpoint["EndpointName"]
        raise validation(f"Endpoint {name} has instances and cannot become serverless.")


def delete_endpoint(state: State, caller: Caller, request: Record) -> Record:
    """Delete an endpoint, which takes a moment; its scaling goes at once."""
    endpoint = state.find(caller, "DeleteEndpoint", ENDPOINT, request["EndpointName"])
    scaled = scaling.require_unscaled(state, caller, endpoint["EndpointArn"])
    allowed = ("InService", "Failed", "OutOfService", "UpdateRollbackFailed")
    with state.lock:
        if endpoint["EndpointStatus"] not in allowed:
            raise validation(f'Cannot delete in-progress endpoint "{endpoint["EndpointArn"]}".')
        _set(state, endpoint, EndpointStatus="Deleting")
    for target in scaled:
        scaling.forget(state, target)
    _start(_delete, state, endpoint)
    return {}


def describe_endpoint(state: State, caller: Caller, request: Record) -> Record:
    """Describe an endpoint."""
    return dict(state.find(caller, "DescribeEndpoint", ENDPOINT, request["EndpointName"]))


def list_endpoints(state: State, caller: Caller, request: Record) -> Record:
    """List endpoints."""
    state.require(caller, "ListEndpoints", "*")
    return _ENDPOINTS.page(state.mine(caller, ENDPOINT), request)


def _start(work: Any, *arguments: Any) -> None:
    threading.Thread(target=work, args=arguments, daemon=True).start()


@dataclass(frozen=True)
class _Move:
    """A way to another configuration: how long it takes, and what may become of it."""

    seconds: float
    fault: str
    failed_status: str


_CREATE = _Move(CREATE_SECONDS, ENDPOINT_FAILS, "Failed")
# As on AWS: an update that fails leaves the endpoint in service with its old configuration.
_UPDATE = _Move(UPDATE_SECONDS, UPDATE_ROLLS_BACK, "InService")


def _move(
    state: State, caller: Caller, endpoint: Record, config: str, request: Record, move: _Move
) -> None:
    fleet, failure = fleets.load(state, caller, config, endpoint["EndpointName"])
    state.clock.wait(move.seconds, _NEVER)
    planned = state.faults.take(move.fault)
    failure = planned.message if planned else failure
    taken_back = ""
    if move is _UPDATE and fleet is not None and not failure:
        taken_back = _bake(state, caller.region, endpoint, fleet, request)
    with state.lock:
        endpoint.pop("PendingDeploymentSummary", None)
        if taken_back:
            # As on AWS, an endpoint in service says nothing of why; its alarms do.
            _set(state, endpoint, EndpointStatus=move.failed_status)
        elif fleet is None or failure:
            _set(state, endpoint, EndpointStatus=move.failed_status, FailureReason=failure)
        else:
            _serve(state, endpoint, fleet, request)
    async_queue.wake(state, endpoint["EndpointArn"])


def _bake(state: State, region: str, endpoint: Record, fleet: fleets.Fleet, request: Record) -> str:
    """Go through the phases of a deployment; return the alarm that has taken it back, if any."""
    deployment = request.get("DeploymentConfig", {})
    role = next(iter(fleet.roles.values()))
    cloudwatch = state.iam.role_cloudwatch(role, region) if deployment else None
    shown = fleet.config["ProductionVariants"]
    instances = sum(variant.get("InitialInstanceCount", 1) for variant in shown)

    def show(words: str) -> None:
        status = {"Status": "Baking", "StatusMessage": words, "StartTime": state.clock.now()}
        with state.lock:
            pending = endpoint["PendingDeploymentSummary"]
            listed = [
                {**variant, "VariantStatus": [status]} for variant in pending["ProductionVariants"]
            ]
            endpoint["PendingDeploymentSummary"] = {**pending, "ProductionVariants": listed}

    name = rollout.watch(
        rollout.phases(deployment, instances),
        lambda: rollout.ringing(cloudwatch, deployment),
        show,
        state.clock,
    )
    if name:
        with state.lock:
            _set(state, endpoint, EndpointStatus="RollingBack")
        state.clock.wait(ROLLING_BACK_SECONDS, _NEVER)
    return name


def _delete(state: State, endpoint: Record) -> None:
    state.clock.wait(DELETE_SECONDS, _NEVER)
    with state.lock:
        for store in (state.endpoints, state.serving, state.queues, state.tags):
            store.pop(endpoint["EndpointArn"], None)


def _serve(state: State, endpoint: Record, fleet: fleets.Fleet, request: Record) -> None:
    shown = variants.summaries(fleet, state.clock.now())
    if request.get("RetainAllVariantProperties"):
        excluded = request.get("ExcludeRetainedVariantProperties", [])
        kinds = [item["VariantPropertyType"] for item in excluded]
        shown = variants.retained(shown, endpoint.get("ProductionVariants", []), kinds)
    weights = {variant["VariantName"]: variant["CurrentWeight"] for variant in shown}
    state.serving[endpoint["EndpointArn"]] = fleet.weighted(weights)
    endpoint.pop("FailureReason", None)
    for member in (*_OF_CONFIG, "DataCaptureConfig", variants.SHADOW):
        endpoint.pop(member, None)
    more = {key: fleet.config[key] for key in _OF_CONFIG if key in fleet.config}
    more |= variants.captured(fleet.config)
    if variants.SHADOW in fleet.config:
        more[variants.SHADOW] = variants.summaries(fleet, state.clock.now(), variants.SHADOW)
    if "DeploymentConfig" in request:
        more["LastDeploymentConfig"] = request["DeploymentConfig"]
    _set(
        state,
        endpoint,
        EndpointStatus="InService",
        EndpointConfigName=fleet.config["EndpointConfigName"],
        ProductionVariants=shown,
        **more,
    )


_OF_CONFIG = ("AsyncInferenceConfig", "ExplainerConfig", "MetricsConfig")
"""What an endpoint shows of its configuration."""


def _set(state: State, endpoint: Record, **members: Any) -> None:
    """Change what an endpoint shows, and publish its status if that is another; under the lock."""
    before = endpoint["EndpointStatus"]
    endpoint |= {**members, "LastModifiedTime": state.clock.now()}
    if endpoint["EndpointStatus"] != before:
        state.events.endpoint_changed(endpoint)
