"""Models and endpoint configurations: records that cannot be changed."""

from __future__ import annotations

from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import not_found, validation
from cdk_automlv2.local.sagemaker.world import Thing, World, arn_of


def create_model(world: World, caller: Caller, request: Thing) -> Thing:
    """Create a model."""
    name = request["ModelName"]
    arn = arn_of("model", name, caller.region)
    world.require_create(caller, "CreateModel", arn, request)
    world.iam.require_pass_role(caller, request["ExecutionRoleArn"])
    if ("Containers" in request) == ("PrimaryContainer" in request):
        raise validation("Exactly one of Containers and PrimaryContainer must be given.")
    return {"ModelArn": _keep(world, world.models, "model", name, arn, request)}


def create_endpoint_config(world: World, caller: Caller, request: Thing) -> Thing:
    """Create an endpoint configuration."""
    name = request["EndpointConfigName"]
    arn = arn_of("endpoint-config", name, caller.region)
    world.require_create(caller, "CreateEndpointConfig", arn, request)
    with world.lock:
        for variant in request["ProductionVariants"]:
            if variant.get("ModelName") not in world.models:
                missing = arn_of("model", variant.get("ModelName", ""), caller.region)
                raise not_found("model", missing)
    kind = "endpoint configuration"
    return {"EndpointConfigArn": _keep(world, world.configs, kind, name, arn, request)}


def describe_model(world: World, caller: Caller, request: Thing) -> Thing:
    """Describe a model."""
    return _find(world, caller, "DescribeModel", "model", request["ModelName"])


def describe_endpoint_config(world: World, caller: Caller, request: Thing) -> Thing:
    """Describe an endpoint configuration."""
    name = request["EndpointConfigName"]
    return _find(world, caller, "DescribeEndpointConfig", "endpoint-config", name)


def delete_model(world: World, caller: Caller, request: Thing) -> Thing:
    """Delete a model's record; artifacts stay."""
    _find(world, caller, "DeleteModel", "model", request["ModelName"])
    with world.lock:
        world.models.pop(request["ModelName"], None)
    return {}


def delete_endpoint_config(world: World, caller: Caller, request: Thing) -> Thing:
    """Delete an endpoint configuration; as on AWS, even one in use."""
    name = request["EndpointConfigName"]
    _find(world, caller, "DeleteEndpointConfig", "endpoint-config", name)
    with world.lock:
        world.configs.pop(name, None)
    return {}


def list_models(world: World, caller: Caller, request: Thing) -> Thing:
    """List models."""
    world.iam.require(caller, "sagemaker:ListModels", "*")
    part = request.get("NameContains", "")
    with world.lock:
        return {"Models": [thing for name, thing in world.models.items() if part in name]}


def list_endpoint_configs(world: World, caller: Caller, request: Thing) -> Thing:
    """List endpoint configurations."""
    world.iam.require(caller, "sagemaker:ListEndpointConfigs", "*")
    part = request.get("NameContains", "")
    with world.lock:
        return {"EndpointConfigs": [thing for name, thing in world.configs.items() if part in name]}


def _keep(
    world: World, store: dict[str, Thing], kind: str, name: str, arn: str, request: Thing
) -> str:
    member = "ModelArn" if store is world.models else "EndpointConfigArn"
    with world.lock:
        if name in store:
            raise validation(f'Cannot create already existing {kind} "{arn}".')
        body = {key: value for key, value in request.items() if key != "Tags"}
        store[name] = {**body, member: arn, "CreationTime": world.clock.now()}
        world.keep_tags(arn, request)
    return arn


def _find(world: World, caller: Caller, action: str, kind: str, name: str) -> Thing:
    arn = arn_of(kind, name, caller.region)
    world.iam.require(caller, f"sagemaker:{action}", arn)
    with world.lock:
        thing = (world.models if kind == "model" else world.configs).get(name)
    if thing is None:
        words = "model" if kind == "model" else "endpoint configuration"
        raise not_found(words, arn)
    return thing
