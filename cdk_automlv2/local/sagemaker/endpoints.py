"""Endpoints: created, updated, deleted, each through its statuses in a thread of its own."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import not_found, validation
from cdk_automlv2.local.sagemaker.faults import ENDPOINT_FAILS, UPDATE_ROLLS_BACK
from cdk_automlv2.local.sagemaker.hosting import HostedModel
from cdk_automlv2.local.sagemaker.world import Thing, World, arn_of

CREATE_SECONDS = 180
UPDATE_SECONDS = 240
DELETE_SECONDS = 30
_NEVER = threading.Event()


def create_endpoint(world: World, caller: Caller, request: Thing) -> Thing:
    """Create an endpoint."""
    name, config = request["EndpointName"], request["EndpointConfigName"]
    arn = arn_of("endpoint", name, caller.region)
    config_arn = arn_of("endpoint-config", config, caller.region)
    world.require_create(caller, "CreateEndpoint", arn, request, config_arn)
    now = world.clock.now()
    with world.lock:
        if config not in world.configs:
            raise not_found("endpoint configuration", config_arn)
        if name in world.endpoints:
            raise validation(f'Cannot create already existing endpoint "{arn}".')
        endpoint = world.endpoints[name] = {
            "EndpointName": name,
            "EndpointArn": arn,
            "EndpointConfigName": config,
            "EndpointStatus": "Creating",
            "CreationTime": now,
            "LastModifiedTime": now,
        }
        world.keep_tags(arn, request)
    _start(_move, world, endpoint, config, caller.region, _CREATE)
    return {"EndpointArn": arn}


def update_endpoint(world: World, caller: Caller, request: Thing) -> Thing:
    """Move an endpoint to another configuration."""
    name, config = request["EndpointName"], request["EndpointConfigName"]
    config_arn = arn_of("endpoint-config", config, caller.region)
    world.iam.require(caller, "sagemaker:UpdateEndpoint", config_arn)
    endpoint = _find(world, caller, "UpdateEndpoint", name)
    with world.lock:
        if config not in world.configs:
            raise not_found("endpoint configuration", config_arn)
        if endpoint["EndpointStatus"] not in ("InService", "UpdateRollbackFailed"):
            raise validation(f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".')
        _set(world, endpoint, EndpointStatus="Updating")
    _start(_move, world, endpoint, config, caller.region, _UPDATE)
    return {"EndpointArn": endpoint["EndpointArn"]}


def delete_endpoint(world: World, caller: Caller, request: Thing) -> Thing:
    """Delete an endpoint; it takes a moment."""
    endpoint = _find(world, caller, "DeleteEndpoint", request["EndpointName"])
    allowed = ("InService", "Failed", "OutOfService", "UpdateRollbackFailed")
    with world.lock:
        if endpoint["EndpointStatus"] not in allowed:
            raise validation(f'Cannot delete in-progress endpoint "{endpoint["EndpointArn"]}".')
        _set(world, endpoint, EndpointStatus="Deleting")
    _start(_delete, world, endpoint)
    return {}


def describe_endpoint(world: World, caller: Caller, request: Thing) -> Thing:
    """Describe an endpoint."""
    return dict(_find(world, caller, "DescribeEndpoint", request["EndpointName"]))


def list_endpoints(world: World, caller: Caller, request: Thing) -> Thing:
    """List endpoints."""
    world.iam.require(caller, "sagemaker:ListEndpoints", "*")
    part = request.get("NameContains", "")
    with world.lock:
        found = [dict(thing) for name, thing in world.endpoints.items() if part in name]
    return {"Endpoints": found}


def _find(world: World, caller: Caller, action: str, name: str) -> Thing:
    arn = arn_of("endpoint", name, caller.region)
    world.iam.require(caller, f"sagemaker:{action}", arn)
    with world.lock:
        endpoint = world.endpoints.get(name)
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


def _move(world: World, endpoint: Thing, config: str, region: str, move: _Move) -> None:
    hosted, failure = _load(world, config, region)
    world.clock.wait(move.seconds, _NEVER)
    planned = world.faults.take(move.fault)
    failure = planned.message if planned else failure
    with world.lock:
        if hosted is None or failure:
            _set(world, endpoint, EndpointStatus=move.failed_status, FailureReason=failure)
        else:
            _serve(world, endpoint, config, hosted)


def _delete(world: World, endpoint: Thing) -> None:
    world.clock.wait(DELETE_SECONDS, _NEVER)
    with world.lock:
        world.endpoints.pop(endpoint["EndpointName"], None)
        world.serving.pop(endpoint["EndpointName"], None)
        world.tags.pop(endpoint["EndpointArn"], None)


def _serve(world: World, endpoint: Thing, config: str, hosted: HostedModel) -> None:
    world.serving[endpoint["EndpointName"]] = hosted
    variants = [
        {
            "VariantName": variant["VariantName"],
            "CurrentWeight": variant.get("InitialVariantWeight", 1.0),
            "CurrentInstanceCount": variant.get("InitialInstanceCount", 1),
            "DesiredInstanceCount": variant.get("InitialInstanceCount", 1),
        }
        for variant in world.configs[config]["ProductionVariants"]
    ]
    endpoint.pop("FailureReason", None)
    _set(
        world,
        endpoint,
        EndpointStatus="InService",
        EndpointConfigName=config,
        ProductionVariants=variants,
    )


def _load(world: World, config: str, region: str) -> tuple[HostedModel | None, str]:
    """Fetch the model that a configuration names, with its own role; or say why not."""
    try:
        with world.lock:
            variant = world.configs[config]["ProductionVariants"][0]
            model = world.models[variant["ModelName"]]
        s3 = world.iam.role_s3(model["ExecutionRoleArn"], region)
        containers = model.get("Containers") or [model["PrimaryContainer"]]
        return HostedModel.fetch(containers, s3), ""
    except Exception as error:
        return None, f"The model could not be loaded: {error}"[:1024]


def _set(world: World, endpoint: Thing, **members: Any) -> None:
    endpoint |= {**members, "LastModifiedTime": world.clock.now()}
