"""Our tables say what the service's model and the constructs say."""

import dataclasses

import aws_cdk as cdk
import botocore.session
import pytest
from automlv2_handlers import stack_phase
from automlv2_handlers.domain import verdicts
from automlv2_handlers.domain.update_policy import JOB, MODEL_CONTENT, Change
from botocore import xform_name

from cdk_automlv2 import AutoMLTabularConfig
from cdk_automlv2._core import service_model
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.problem_configs import KINDS, tabular, time_series_forecasting
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
    assert found == set(MODEL_CONTENT) - {"Artifacts", "Containers"}  # Those of a lock file.


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
    assert found <= set(service_model.input_shape("CreateEndpointConfig").members) | update


ALGORITHMS = "CandidateGenerationConfig.AlgorithmsConfig[].AutoMLAlgorithms[]"


def problem_shape(path):
    return service_model.shape_at("CreateAutoMLJobV2", f"AutoMLProblemTypeConfig.{path}")


def test_the_algorithms_of_each_kind_are_all_that_the_service_knows():
    known = set(problem_shape(f"TabularJobConfig.{ALGORITHMS}").enum)

    ours = {*tabular.ENSEMBLING_ALGORITHMS, *tabular.HYPERPARAMETER_TUNING_ALGORITHMS}
    assert ours | set(time_series_forecasting.ALGORITHMS) == known


def test_metrics_and_problem_types_are_those_of_the_service():
    metrics = service_model.shape_at("CreateAutoMLJobV2", "AutoMLJobObjective.MetricName").enum

    assert set(tabular.METRICS) == set(problem_shape("TabularJobConfig.ProblemType").enum)
    ours = {name for names in tabular.METRICS.values() for name in names}
    assert ours | set(time_series_forecasting.METRICS) == set(metrics)


def test_every_kind_of_problem_of_the_service_has_a_class():
    members = service_model.shape_at("CreateAutoMLJobV2", "AutoMLProblemTypeConfig").members

    assert {kind.api_name for kind in KINDS} == set(members)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.api_name)
def test_every_member_of_a_problem_is_a_field(kind):
    def leaves(shape, path):
        if shape.type_name == "structure":
            for name, member in shape.members.items():
                yield from leaves(member, f"{path}.{name}".lstrip("."))
        elif shape.type_name == "list" and shape.member.type_name == "structure":
            yield from leaves(shape.member, path)
        else:
            yield path

    ours = {path.replace("[]", "").replace("[*]", "") for path in kind.paths.values()}
    assert ours == set(leaves(problem_shape(kind.api_name), ""))
    assert set(kind.paths) == {field.name for field in dataclasses.fields(kind)}


@pytest.mark.parametrize("operation", ["DescribeAutoMLJobV2"])
def test_every_status_of_a_job_is_told_apart(operation):
    statuses = set(service_model.output_shape(operation).members["AutoMLJobStatus"].enum)

    assert statuses == set(verdicts.JOB)


def test_every_status_of_an_endpoint_has_a_verdict():
    statuses = service_model.output_shape("DescribeEndpoint").members["EndpointStatus"].enum

    assert set(statuses) == set(verdicts.ENDPOINT)


def test_every_status_of_a_stack_has_a_phase():
    model = botocore.session.get_session().get_service_model("cloudformation")

    assert set(model.shape_for("StackStatus").enum) == set(stack_phase.PHASES)


SDK_WORDS = {
    "algorithms_config": "auto_ml_algorithms",
    "max_total_job_runtime_in_seconds": "max_auto_ml_job_runtime_in_seconds",
    "text_generation_hyper_params": "text_generation_hyper_parameters",
    "holiday_config": "country_code",
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.api_name)
def test_fields_are_named_as_boto3_spells_them_but_for_the_sdks_own_words(kind):
    for field, path in kind.paths.items():
        assert xform_name(path.split(".")[-1]) == SDK_WORDS.get(field, field)


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
        pytest.param(cdk.Aws.REGION, id="text"),
        pytest.param(f"s3://{cdk.Aws.ACCOUNT_ID}/x", id="part of a text"),
        pytest.param(cdk.Token.as_number(cdk.Fn.ref("X")), id="number"),
        pytest.param(cdk.Token.as_list(cdk.Fn.ref("X")), id="list"),
        pytest.param(cdk.Fn.get_att("X", "Y"), id="object"),
    ],
    ids=str,
)
def test_is_token_agrees_with_the_cdk(value):
    assert is_token(value) is (False if value is None else cdk.Token.is_unresolved(value))
