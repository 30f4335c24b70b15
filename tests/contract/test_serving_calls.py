"""Every member of the serving calls is an option, the handler's, or left out on purpose.

A new botocore that knows a member more fails here until somebody has decided.
"""

from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from automlv2_handlers.resources import known_members
from aws_cdk import aws_sns as sns

from cdk_automlv2 import (
    AsyncInference,
    AutoMLEndpoint,
    AutoMLModel,
    AutoMLTabularConfig,
    DataCapture,
    Deployment,
    InstanceVariant,
    ServerlessVariant,
)
from cdk_automlv2._core import service_model
from tests.contract.members import members
from tests.synth.helpers import job, template

CALLS = ("CreateModel", "CreateEndpointConfig", "CreateEndpoint", "UpdateEndpoint")
KEY = "arn:aws:kms:eu-west-1:111122223333:key/k"

HANDLER = {
    "Containers": "the candidate's, with inference_response_keys",
    "EndpointConfigName": "made of the endpoint's name and the content",
    "EndpointName": "given or generated",
    "ModelName": "given or generated",
    "Tags": "the user's and the owner's",
}
"""Members that the handler makes, or takes from SageMaker."""

LEFT_OUT = {
    "CreateModel": {
        "PrimaryContainer": "Containers says the same, of one container too",
        "InferenceExecutionConfig": "direct invocation of one container breaks a candidate's chain",
    },
    "CreateEndpointConfig": {
        "CrossRegionTrafficConfig": "new; the owner of another Region's capacity must ask for it",
        "EnableNetworkIsolation": "for inference components; the model says it for itself",
        "ExecutionRoleArn": "for inference components; the model has its own role",
        "ExplainerConfig": "Clarify is closed to new customers",
        "MetricsConfig": "costs custom metrics; by add_property_override",
        "ProductionVariants[].AcceleratorPartitionLayouts": "for inference components",
        "ProductionVariants[].AcceleratorType": "Elastic Inference is gone",
        "ProductionVariants[].CoreDumpConfig": "AutoML's containers are AWS's to debug",
        "ProductionVariants[].InstancePools": "pools may need other containers; by override",
        "ProductionVariants[].ManagedInstanceScaling": "refused for variants with a model",
        "ProductionVariants[].RoutingConfig.PrefixAwareRoutingConfig": "for vLLM's containers",
        "ShadowProductionVariants[].AcceleratorPartitionLayouts": "for inference components",
        "ShadowProductionVariants[].AcceleratorType": "Elastic Inference is gone",
        "ShadowProductionVariants[].CoreDumpConfig": "AutoML's containers are AWS's to debug",
        "ShadowProductionVariants[].InstancePools": "pools may need other containers; by override",
        "ShadowProductionVariants[].ManagedInstanceScaling": "refused for variants with a model",
        "ShadowProductionVariants[].RoutingConfig.PrefixAwareRoutingConfig": "for vLLM",
        "ShadowProductionVariants[].ServerlessConfig": "a shadow needs instances",
        "VpcConfig": "for inference components; the model has its own VPC",
    },
    "CreateEndpoint": {
        "DeploymentConfig": "goes with updates: at first there is nothing to return to",
    },
    "UpdateEndpoint": {
        "ExcludeRetainedVariantProperties": "weights are set after the move, counts are kept",
        "RetainDeploymentConfig": "the deployment is sent each time",
    },
}
"""Members that no option reaches, and why; by override they all are."""


NEWER = {
    "CrossRegionTrafficConfig",
    "ProductionVariants[].AcceleratorPartitionLayouts",
    "ShadowProductionVariants[].AcceleratorPartitionLayouts",
}
"""Of these, members that botocore knows from 1.44 on."""


def given(value: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of what a template gives."""
    if isinstance(value, dict) and not any(key.startswith(("Fn::", "Ref")) for key in value):
        for name, item in value.items():
            yield from given(item, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from given(item, f"{path}[]")
    else:
        yield path


@pytest.fixture(scope="module")
def reached() -> dict[str, set[str]]:
    """The paths that a stack with every option gives, by the call they are for."""
    stack = cdk.Stack(cdk.App(), "Shop")
    config = AutoMLTabularConfig("y", mode="ENSEMBLING")
    trained = job(stack, problem_config=config)
    vpc = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    AutoMLModel(stack, "Apart", job=trained, vpc_config=vpc, enable_network_isolation=True)
    model = AutoMLModel(stack, "Model", job=trained, name="m", tags={"a": "b"})
    whole = {
        "volume_size": 20,
        "model_data_download_timeout": 600,
        "container_startup_health_check_timeout": 600,
        "variant_instance_provision_timeout": 600,
        "routing_strategy": "RANDOM",
        "inference_ami_version": "al2-ami-sagemaker-inference-gpu-3-1",
        "ml_reservation_arn": "arn:aws:sagemaker:eu-west-1:111122223333:training-plan/plan",
        "enable_ssm_access": True,
        "initial_variant_weight": 1,
    }
    minute = cdk.Duration.minutes(1)
    timeout = {"maximum_execution_timeout": cdk.Duration.hours(3), "errors": 1}
    AutoMLEndpoint(
        stack,
        "Watched",
        variants=[InstanceVariant(model, "ml.m5.large", 2, **whole)],
        shadow_variant=InstanceVariant(model, "ml.m5.large", **whole),
        data_capture=DataCapture("s3://seen/", kms_key=KEY),
        volume_kms_key=KEY,
        endpoint_name="e",
        retain_all_variant_properties=True,
        deployment=Deployment.canary(percent=50, wait=minute, termination_wait=minute, **timeout),
    )
    serverless = ServerlessVariant(model, provisioned_concurrency=1)
    AutoMLEndpoint(
        stack,
        "Serverless",
        variants=[serverless],
        deployment=Deployment.linear(percent=50, wait=minute, **timeout),
    )
    topic = sns.Topic(stack, "Topic")
    queued = AsyncInference(
        "s3://answers/",
        success_topic=topic,
        error_topic=topic,
        include_inference_response_in=["SUCCESS_NOTIFICATION_TOPIC"],
        max_concurrent_invocations_per_instance=2,
        kms_key=KEY,
    )
    AutoMLEndpoint(
        stack,
        "Queued",
        model=model,
        instance_type="ml.m5.large",
        async_inference=queued,
        deployment=Deployment.rolling(percent=50, wait=minute, rollback_percent=50, **timeout),
    )
    found = template(stack)["Resources"].values()
    paths: dict[str, set[str]] = {"Custom::AutoMLModel": set(), "Custom::AutoMLEndpoint": set()}
    for item in found:
        if item["Type"] in paths:
            paths[item["Type"]] |= set(given(item["Properties"]))
    kinds = {call: "Model" if call == "CreateModel" else "Endpoint" for call in CALLS}
    return {call: paths[f"Custom::AutoML{kind}"] for call, kind in kinds.items()}


@pytest.mark.parametrize("kind", ["Model", "Endpoint"])
def test_the_function_knows_every_property_that_is_no_member_of_a_call(kind, reached):
    named = f"Custom::AutoML{kind}"
    known = {*known_members.OWN[named]}
    for call in known_members.CALLS[named]:
        known |= service_model.input_shape(call).members.keys()

    given = reached["CreateModel" if kind == "Model" else "CreateEndpoint"]
    assert {path.partition(".")[0].removesuffix("[]") for path in given} - known == set()


def is_below(path: str, tops: Any) -> bool:
    return any(path == top or path.startswith((f"{top}.", f"{top}[")) for top in tops)


@pytest.mark.parametrize("call", CALLS)
def test_every_member_is_an_option_or_is_left_out_with_its_reason(call, reached):
    known = {*HANDLER, *LEFT_OUT[call]}

    missing = [
        path
        for path in members(service_model.input_shape(call))
        if path not in reached[call] and not is_below(path, known)
    ]

    assert missing == []


@pytest.mark.parametrize("call", CALLS)
def test_what_is_left_out_is_reached_by_no_option(call, reached):
    # UpdateEndpoint sends the DeploymentConfig that CreateEndpoint leaves out.
    own = {path for path in LEFT_OUT[call] if call != "CreateEndpoint"}

    assert [path for path in reached[call] if is_below(path, own)] == []


@pytest.mark.parametrize(
    ("call", "number"), [("CreateModel", 8), ("CreateEndpointConfig", 12), ("CreateEndpoint", 4)]
)
def test_a_call_with_no_members_passes(call, number):
    # As many as botocore knew when this was written, or more.
    assert (
        len({path.partition(".")[0] for path in members(service_model.input_shape(call))}) >= number
    )


@pytest.mark.parametrize("call", CALLS)
def test_what_no_call_has_any_more_is_still_left_out(call):
    shape = service_model.input_shape(call)
    whole = {*members(shape), *shape.members}
    left = LEFT_OUT[call].keys() - NEWER

    assert [path for path in left if not any(is_below(one, [path]) for one in whole)] == []


def test_what_no_call_has_any_more_is_still_the_handlers():
    known = {name for call in CALLS for name in service_model.input_shape(call).members}

    assert HANDLER.keys() - known == set()


def test_the_members_of_a_call_are_walked_down_to_the_last():
    paths = set(members(service_model.input_shape("UpdateEndpoint")))

    assert "DeploymentConfig.AutoRollbackConfiguration.Alarms[].AlarmName" in paths
    assert "EndpointName" in paths
