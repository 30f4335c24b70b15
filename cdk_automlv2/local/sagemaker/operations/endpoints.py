"""Endpoints: created, updated, deleted, each through its statuses in a thread of its own."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import not_found, validation
from cdk_automlv2.local.sagemaker.faults import ENDPOINT_FAILS, UPDATE_ROLLS_BACK
from cdk_automlv2.local.sagemaker.hosting import HostedModel
from cdk_automlv2.local.sagemaker.state import Record, State, arn_of

CREATE_SECONDS = 180
UPDATE_SECONDS = 240
DELETE_SECONDS = 30
_NEVER = threading.Event()


def create_endpoint(state: State, caller: Caller, request: Record) -> Record:
    """Create an endpoint."""
    name, config = request["EndpointName"], request["EndpointConfigName"]
    arn = arn_of("endpoint", name, caller.region)
    config_arn = arn_of("endpoint-config", config, caller.region)
    state.require_create(caller, "CreateEndpoint", arn, request, config_arn)
    now = state.clock.now()
    with state.lock:
        if config not in state.configs:
            raise not_found("endpoint configuration", config_arn)
        if name in state.endpoints:
            raise validation(f'Cannot create already existing endpoint "{arn}".')
        endpoint = state.endpoints[name] = {
            "EndpointName": name,
            "EndpointArn": arn,
            "EndpointConfigName": config,
            "EndpointStatus": "Creating",
            "CreationTime": now,
            "LastModifiedTime": now,
        }
        state.keep_tags(arn, request)
    _start(_move, state, endpoint, config, caller.region, _CREATE)
    return {"EndpointArn": arn}


def update_endpoint(state: State, caller: Caller, request: Record) -> Record:
    """Move an endpoint to another configuration."""
    name, config = request["EndpointName"], request["EndpointConfigName"]
    config_arn = arn_of("endpoint-config", config, caller.region)
    state.require(caller, "UpdateEndpoint", config_arn)
    endpoint = _find(state, caller, "UpdateEndpoint", name)
    with state.lock:
        if config not in state.configs:
            raise not_found("endpoint configuration", config_arn)
        if endpoint["EndpointStatus"] not in ("InService", "UpdateRollbackFailed"):
            raise validation(f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".')
        _set(state, endpoint, EndpointStatus="Updating")
    _start(_move, state, endpoint, config, caller.region, _UPDATE)
    return {"EndpointArn": endpoint["EndpointArn"]}


def delete_endpoint(state: State, caller: Caller, request: Record) -> Record:
    """Delete an endpoint; it takes a moment."""
    endpoint = _find(state, caller, "DeleteEndpoint", request["EndpointName"])
    allowed = ("InService", "Failed", "OutOfService", "UpdateRollbackFailed")
    with state.lock:
        if endpoint["EndpointStatus"] not in allowed:
            raise validation(f'Cannot delete in-progress endpoint "{endpoint["EndpointArn"]}".')
        _set(state, endpoint, EndpointStatus="Deleting")
    _start(_delete, state, endpoint)
    return {}


def describe_endpoint(state: State, caller: Caller, request: Record) -> Record:
    """Describe an endpoint."""
    return dict(_find(state, caller, "DescribeEndpoint", request["EndpointName"]))


def list_endpoints(state: State, caller: Caller, request: Record) -> Record:
    """List endpoints."""
    state.iam.require(caller, "sagemaker:ListEndpoints", "*")
    part = request.get("NameContains", "")
    with state.lock:
        found = [dict(thing) for name, thing in state.endpoints.items() if part in name]
    return {"Endpoints": found}


def _find(state: State, caller: Caller, action: str, name: str) -> Record:
    arn = arn_of("endpoint", name, caller.region)
    state.require(caller, action, arn)
    with state.lock:
        endpoint = state.endpoints.get(name)
    if endpoint is None:
        raise not_found("endpoint", arn)
    return endpoint


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


def _move(state: State, endpoint: Record, config: str, region: str, move: _Move) -> None:
    hosted, failure = _load(state, config, region)
    state.clock.wait(move.seconds, _NEVER)
    planned = state.faults.take(move.fault)
    failure = planned.message if planned else failure
    with state.lock:
        if hosted is None or failure:
            _set(state, endpoint, EndpointStatus=move.failed_status, FailureReason=failure)
        else:
            _serve(state, endpoint, config, hosted)


def _delete(state: State, endpoint: Record) -> None:
    state.clock.wait(DELETE_SECONDS, _NEVER)
    with state.lock:
        state.endpoints.pop(endpoint["EndpointName"], None)
        state.serving.pop(endpoint["EndpointName"], None)
        state.tags.pop(endpoint["EndpointArn"], None)


def _serve(state: State, endpoint: Record, config: str, hosted: HostedModel) -> None:
    state.serving[endpoint["EndpointName"]] = hosted
    variants = [
        {
            "VariantName": variant["VariantName"],
            "CurrentWeight": variant.get("InitialVariantWeight", 1.0),
            "CurrentInstanceCount": variant.get("InitialInstanceCount", 1),
            "DesiredInstanceCount": variant.get("InitialInstanceCount", 1),
        }
        for variant in state.configs[config]["ProductionVariants"]
    ]
    endpoint.pop("FailureReason", None)
    _set(
        state,
        endpoint,
        EndpointStatus="InService",
        EndpointConfigName=config,
        ProductionVariants=variants,
    )


def _load(state: State, config: str, region: str) -> tuple[HostedModel | None, str]:
    """Fetch the model that a configuration names, with its own role; or say why not."""
    try:
        with state.lock:
            variant = state.configs[config]["ProductionVariants"][0]
            model = state.models[variant["ModelName"]]
            key = state.configs[config].get("KmsKeyId")
        if key:
            state.iam.require_grant(model["ExecutionRoleArn"], region, key)
        s3 = state.iam.role_s3(model["ExecutionRoleArn"], region)
        containers = model.get("Containers") or [model["PrimaryContainer"]]
        return HostedModel.fetch(containers, s3), ""
    except Exception as error:
        return None, f"The model could not be loaded: {error}"[:1024]


def _set(state: State, endpoint: Record, **members: Any) -> None:
    endpoint |= {**members, "LastModifiedTime": state.clock.now()}
