"""Our tables say what the service's model and the constructs say."""

import re

import aws_cdk as cdk
import pytest
from automlv2_handlers import endpoint as endpoint_handler
from automlv2_handlers import model as model_handler
from automlv2_handlers.update_policy import JOB, Change
from botocore import xform_name

from cdk_automlv2 import AutoMLTabularConfig, checks, problem_configs, service_model
from cdk_automlv2._jsii import is_token
from tests.synth.helpers import endpoint, job, model, properties

EVERYTHING = {
    "problem_config": AutoMLTabularConfig("y", problem_type="Regression"),
    "job_objective": {"MetricName": "MSE"},
    "validation_fraction": 0.2,
    "volume_kms_key": "arn:aws:kms:eu-west-1:1:key/v",
    "job_name": "churn",
    "revision": "1",
    "tags": {"a": "b"},
}
PROVIDED = {"ServiceToken", "StateMachineArn", "NameScope", "BaseName", "Tags", "ServiceTimeout"}


@pytest.fixture
def stack():
    return cdk.Stack(cdk.App(), "Shop")


def test_every_property_of_a_job_has_an_update_policy(stack):
    job(stack, **EVERYTHING)

    assert set(properties(stack, "Custom::AutoMLJobV2")) <= JOB.keys()


def test_every_member_of_the_request_has_an_update_policy():
    assert set(service_model.input_shape("CreateAutoMLJobV2").members) <= JOB.keys()


def test_tags_are_the_only_thing_changed_in_place():
    assert [key for key, change in JOB.items() if change is Change.IN_PLACE] == ["Tags"]


def test_every_property_of_a_model_is_part_of_its_content(stack):
    vpc = {"SecurityGroupIds": ["sg-1"], "Subnets": ["s-1"]}
    model(
        stack,
        candidate_name="c",
        inference_response_keys=["labels"],
        vpc_config=vpc,
        enable_network_isolation=True,
        name="m",
    )

    found = set(properties(stack, "Custom::AutoMLModel")) - PROVIDED
    assert found == set(model_handler.CONTENT)


def test_every_property_of_an_endpoint_is_of_its_configuration_or_of_its_update(stack):
    endpoint(
        stack,
        endpoint_name="e",
        volume_kms_key="arn:aws:kms:eu-west-1:1:key/v",
        retain_all_variant_properties=True,
        timeout=cdk.Duration.hours(2),
    )

    found = set(properties(stack, "Custom::AutoMLEndpoint")) - PROVIDED - {"MoreLinks"}
    update = set(service_model.input_shape("UpdateEndpoint").members)
    assert found <= set(endpoint_handler.CONFIG) | update


def test_the_algorithms_of_each_mode_are_known_to_the_service():
    known = service_model.shape_at(
        "CreateAutoMLJobV2",
        "AutoMLProblemTypeConfig.TabularJobConfig.CandidateGenerationConfig"
        ".AlgorithmsConfig[].AutoMLAlgorithms[]",
    ).enum

    assert set(problem_configs.ENSEMBLING_ALGORITHMS) <= set(known)
    assert set(problem_configs.HYPERPARAMETER_TUNING_ALGORITHMS) <= set(known)


def test_metrics_and_problem_types_are_those_of_the_service():
    metrics = service_model.shape_at("CreateAutoMLJobV2", "AutoMLJobObjective.MetricName").enum
    kinds = service_model.shape_at(
        "CreateAutoMLJobV2", "AutoMLProblemTypeConfig.TabularJobConfig.ProblemType"
    ).enum

    assert set(checks.TABULAR_METRICS) == set(kinds)
    assert {name for names in checks.TABULAR_METRICS.values() for name in names} <= set(metrics)


@pytest.mark.parametrize("operation", ["DescribeAutoMLJobV2"])
def test_every_status_of_a_job_is_told_apart(operation):
    statuses = set(service_model.output_shape(operation).members["AutoMLJobStatus"].enum)

    assert statuses == {"Completed", "Failed", "Stopped", "InProgress", "Stopping"}


def test_every_status_of_an_endpoint_is_either_moving_or_deletable():
    statuses = set(service_model.output_shape("DescribeEndpoint").members["EndpointStatus"].enum)

    assert statuses == endpoint_handler._MOVING | endpoint_handler._DELETABLE


def test_fields_are_named_as_boto3_spells_them_but_for_the_sdks_own_words():
    sdk_words = {
        "algorithms_config": "auto_ml_algorithms",
        "max_total_job_runtime_in_seconds": "max_auto_ml_job_runtime_in_seconds",
    }
    for field, path in AutoMLTabularConfig.paths.items():
        last = re.split(r"\.", path)[-1]
        assert xform_name(last) == sdk_words.get(field, field)


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        "",
        0,
        -1,
        1.5,
        None,
        True,
        ["a", "b"],
        {"a": 1},
        cdk.Aws.REGION,
        f"s3://{cdk.Aws.ACCOUNT_ID}/x",
        cdk.Token.as_number(cdk.Fn.ref("X")),
        cdk.Token.as_list(cdk.Fn.ref("X")),
        cdk.Fn.get_att("X", "Y"),
    ],
    ids=str,
)
def test_is_token_agrees_with_the_cdk(value):
    assert is_token(value) is (False if value is None else cdk.Token.is_unresolved(value))
