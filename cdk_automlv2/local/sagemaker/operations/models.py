"""Models and endpoint configurations: records that cannot be changed."""

from __future__ import annotations

from cdk_automlv2.local.sagemaker import hosting_rules, registry
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import not_found, validation
from cdk_automlv2.local.sagemaker.operations.tagging import check_tags
from cdk_automlv2.local.sagemaker.paging import Listing
from cdk_automlv2.local.sagemaker.state import CONFIG, MODEL, Kind, Record, State

_MODELS = Listing("Models", "ModelName")
_CONFIGS = Listing("EndpointConfigs", "EndpointConfigName")


def create_model(state: State, caller: Caller, request: Record) -> Record:
    """Create a model."""
    arn = caller.arn(MODEL.name, request["ModelName"])
    state.require_create(caller, "CreateModel", arn, request)
    check_tags(request.get("Tags", []))
    hosting_rules.check_model(request)
    state.iam.require_pass_role(caller, request["ExecutionRoleArn"])
    containers = hosting_rules.containers_of(request)
    if any("ModelPackageName" in container for container in containers):
        resolved = [one for given in containers for one in _resolved(state, caller, given)]
        request = {**request, hosting_rules.RESOLVED: resolved}
    _keep(state, MODEL, "ModelArn", arn, request)
    state.events.model_changed(state.models[arn])
    return {"ModelArn": arn}


def _resolved(state: State, caller: Caller, container: Record) -> list[Record]:
    """Return what a container stands for: itself, or those of its package with its variables."""
    if "ModelPackageName" not in container:
        return [container]
    found = registry.deployable_containers(state, caller, container["ModelPackageName"])
    given = container.get("Environment", {})
    if given and len(found) > 1:
        raise validation("Environment cannot be given for a model package of several containers.")
    return [{**one, "Environment": {**one.get("Environment", {}), **given}} for one in found]


def create_endpoint_config(state: State, caller: Caller, request: Record) -> Record:
    """Create an endpoint configuration."""
    arn = caller.arn(CONFIG.name, request["EndpointConfigName"])
    state.require_create(caller, "CreateEndpointConfig", arn, request)
    check_tags(request.get("Tags", []))
    variants, shadows = request["ProductionVariants"], request.get("ShadowProductionVariants", [])
    hosting_rules.check_variants(variants)
    hosting_rules.check_shadows(variants, shadows)
    hosting_rules.check_capture(request)
    hosting_rules.check_asynchronous(request)
    with state.lock:
        for variant in (*variants, *shadows):
            model = caller.arn(MODEL.name, variant["ModelName"])
            if model not in state.models:
                raise not_found(MODEL.words, model)
            hosting_rules.check_variant_of_model(variant, state.models[model])
    weighted: Record = {
        member: [{"InitialVariantWeight": 1.0, **variant} for variant in request[member]]
        for member in ("ProductionVariants", "ShadowProductionVariants")
        if member in request
    }
    body = {**request, **weighted}
    return {"EndpointConfigArn": _keep(state, CONFIG, "EndpointConfigArn", arn, body)}


def describe_model(state: State, caller: Caller, request: Record) -> Record:
    """Describe a model."""
    return state.find(caller, "DescribeModel", MODEL, request["ModelName"])


def describe_endpoint_config(state: State, caller: Caller, request: Record) -> Record:
    """Describe an endpoint configuration."""
    name = request["EndpointConfigName"]
    return state.find(caller, "DescribeEndpointConfig", CONFIG, name)


def delete_model(state: State, caller: Caller, request: Record) -> Record:
    """Delete a model's record; artifacts stay."""
    found = state.find(caller, "DeleteModel", MODEL, request["ModelName"])
    state.events.model_changed(found)
    return _forget(state, MODEL, found["ModelArn"])


def delete_endpoint_config(state: State, caller: Caller, request: Record) -> Record:
    """Delete an endpoint configuration; as on AWS, even one in use."""
    name = request["EndpointConfigName"]
    found = state.find(caller, "DeleteEndpointConfig", CONFIG, name)
    return _forget(state, CONFIG, found["EndpointConfigArn"])


def list_models(state: State, caller: Caller, request: Record) -> Record:
    """List models."""
    state.require(caller, "ListModels", "*")
    return _MODELS.page(state.mine(caller, MODEL), request)


def list_endpoint_configs(state: State, caller: Caller, request: Record) -> Record:
    """List endpoint configurations."""
    state.require(caller, "ListEndpointConfigs", "*")
    return _CONFIGS.page(state.mine(caller, CONFIG), request)


def _keep(state: State, kind: Kind, member: str, arn: str, request: Record) -> str:
    store = state.store_of(kind)
    with state.lock:
        if arn in store:
            raise validation(f'Cannot create already existing {kind.words} "{arn}".')
        body = {key: value for key, value in request.items() if key != "Tags"}
        store[arn] = {**body, member: arn, "CreationTime": state.clock.now()}
        state.keep_tags(arn, request)
    return arn


def _forget(state: State, kind: Kind, arn: str) -> Record:
    with state.lock:
        state.store_of(kind).pop(arn, None)
        state.tags.pop(arn, None)
    return {}
