"""Models and endpoint configurations: records that cannot be changed."""

from __future__ import annotations

from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import not_found, validation
from cdk_automlv2.local.sagemaker.state import Record, State, arn_of


def create_model(state: State, caller: Caller, request: Record) -> Record:
    """Create a model."""
    name = request["ModelName"]
    arn = arn_of("model", name, caller.region)
    state.require_create(caller, "CreateModel", arn, request)
    state.iam.require_pass_role(caller, request["ExecutionRoleArn"])
    if ("Containers" in request) == ("PrimaryContainer" in request):
        raise validation("Exactly one of Containers and PrimaryContainer must be given.")
    return {"ModelArn": _keep(state, state.models, "model", name, arn, request)}


def create_endpoint_config(state: State, caller: Caller, request: Record) -> Record:
    """Create an endpoint configuration."""
    name = request["EndpointConfigName"]
    arn = arn_of("endpoint-config", name, caller.region)
    state.require_create(caller, "CreateEndpointConfig", arn, request)
    with state.lock:
        for variant in request["ProductionVariants"]:
            if variant.get("ModelName") not in state.models:
                missing = arn_of("model", variant.get("ModelName", ""), caller.region)
                raise not_found("model", missing)
    kind = "endpoint configuration"
    return {"EndpointConfigArn": _keep(state, state.configs, kind, name, arn, request)}


def describe_model(state: State, caller: Caller, request: Record) -> Record:
    """Describe a model."""
    return _find(state, caller, "DescribeModel", "model", request["ModelName"])


def describe_endpoint_config(state: State, caller: Caller, request: Record) -> Record:
    """Describe an endpoint configuration."""
    name = request["EndpointConfigName"]
    return _find(state, caller, "DescribeEndpointConfig", "endpoint-config", name)


def delete_model(state: State, caller: Caller, request: Record) -> Record:
    """Delete a model's record; artifacts stay."""
    _find(state, caller, "DeleteModel", "model", request["ModelName"])
    with state.lock:
        state.models.pop(request["ModelName"], None)
    return {}


def delete_endpoint_config(state: State, caller: Caller, request: Record) -> Record:
    """Delete an endpoint configuration; as on AWS, even one in use."""
    name = request["EndpointConfigName"]
    _find(state, caller, "DeleteEndpointConfig", "endpoint-config", name)
    with state.lock:
        state.configs.pop(name, None)
    return {}


def list_models(state: State, caller: Caller, request: Record) -> Record:
    """List models."""
    state.iam.require(caller, "sagemaker:ListModels", "*")
    part = request.get("NameContains", "")
    with state.lock:
        return {"Models": [thing for name, thing in state.models.items() if part in name]}


def list_endpoint_configs(state: State, caller: Caller, request: Record) -> Record:
    """List endpoint configurations."""
    state.iam.require(caller, "sagemaker:ListEndpointConfigs", "*")
    part = request.get("NameContains", "")
    with state.lock:
        return {"EndpointConfigs": [thing for name, thing in state.configs.items() if part in name]}


def _keep(
    state: State, store: dict[str, Record], kind: str, name: str, arn: str, request: Record
) -> str:
    member = "ModelArn" if store is state.models else "EndpointConfigArn"
    with state.lock:
        if name in store:
            raise validation(f'Cannot create already existing {kind} "{arn}".')
        body = {key: value for key, value in request.items() if key != "Tags"}
        store[name] = {**body, member: arn, "CreationTime": state.clock.now()}
        state.keep_tags(arn, request)
    return arn


def _find(state: State, caller: Caller, action: str, kind: str, name: str) -> Record:
    arn = arn_of(kind, name, caller.region)
    state.require(caller, action, arn)
    with state.lock:
        thing = (state.models if kind == "model" else state.configs).get(name)
    if thing is None:
        words = "model" if kind == "model" else "endpoint configuration"
        raise not_found(words, arn)
    return thing
