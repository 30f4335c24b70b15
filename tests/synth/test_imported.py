"""Jobs, models and endpoints that exist already, by name, ARN and attributes."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from cdk_automlv2 import (
    AutoMLCandidates,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLTextGenerationConfig,
    AutoMLV2,
    IAutoMLEndpoint,
    IAutoMLJob,
    IAutoMLModel,
    OptionsError,
)
from cdk_automlv2._core.annotations import has_members

from .helpers import endpoint, job, may, model, properties, resources

ENV = cdk.Environment(account="111122223333", region="eu-west-1")
ARN = "arn:aws:sagemaker:eu-west-1:111122223333"


@pytest.fixture
def placed():
    """A stack whose account and Region are known."""
    return cdk.Stack(cdk.App(), "Placed", env=ENV)


def faults(make):
    with pytest.raises(OptionsError) as caught:
        make()
    return [str(fault) for fault in caught.value.problems]


BY_NAME = [
    (AutoMLJobV2.from_auto_ml_job_name, "auto_ml_job_name", "automl-job"),
    (AutoMLModel.from_model_name, "model_name", "model"),
    (AutoMLEndpoint.from_endpoint_name, "endpoint_name", "endpoint"),
]
BY_ARN = [
    (AutoMLJobV2.from_auto_ml_job_arn, "auto_ml_job_arn", "automl-job"),
    (AutoMLModel.from_model_arn, "model_arn", "model"),
    (AutoMLEndpoint.from_endpoint_arn, "endpoint_arn", "endpoint"),
]


@pytest.mark.parametrize(("make", "option", "kind"), BY_NAME)
def test_an_empty_name_is_imported(stack, make, option, kind):
    assert faults(lambda: make(stack, "Old", "")) == [f"{option}: must not be empty, got ''"]


@pytest.mark.parametrize(("make", "option", "kind"), BY_NAME)
def test_an_arn_is_taken_for_a_name(stack, make, option, kind):
    [fault] = faults(lambda: make(stack, "Old", f"{ARN}:{kind}/old"))

    assert fault.startswith(f"{option}: must be a name, got 'arn:aws:sagemaker")
    assert f".from_{option.replace('_name', '_arn')}" in fault


@pytest.mark.parametrize(("make", "option", "kind"), BY_NAME)
def test_a_name_that_cannot_be_is_imported(stack, make, option, kind):
    [fault] = faults(lambda: make(stack, "Old", "a b*"))

    assert fault.startswith(f"{option}: must match")


@pytest.mark.parametrize(("make", "option", "kind"), BY_ARN)
@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("old", "must be an ARN such as arn:aws:sagemaker:REGION:ACCOUNT:{kind}/NAME"),
        ("", "must be an ARN such as"),
        ("arn:aws:sagemaker:eu-west-1:111122223333:{kind}/", "must be an ARN such as"),
        ("arn:aws:sagemaker:eu-west-1:111122223333:pipeline/p", "must be an ARN such as"),
        ("arn:aws:sagemaker:us-east-1:111122223333:{kind}/old", "this stack's region, eu-west-1"),
        ("arn:aws:sagemaker:eu-west-1:444455556666:{kind}/old", "this stack's account, 1111"),
    ],
)
def test_an_arn_that_cannot_be_used_is_imported(placed, make, option, kind, arn, expected):
    [fault] = faults(lambda: make(placed, "Old", arn.format(kind=kind)))

    assert fault.startswith(f"{option}: ")
    assert expected.format(kind=kind) in fault


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (AutoMLJobV2.from_auto_ml_job_attributes, "auto_ml_job"),
        (AutoMLModel.from_model_attributes, "model"),
        (AutoMLEndpoint.from_endpoint_attributes, "endpoint"),
    ],
)
def test_attributes_without_a_name_are_imported(stack, make, name):
    both = {f"{name}_name": "old", f"{name}_arn": f"{ARN}:{name.replace('auto_ml_', 'automl-')}/x"}

    found = [*faults(lambda: make(stack, "Old")), *faults(lambda: make(stack, "Old", **both))]

    words = f"{name}_name: must be given, or {name}_arn, and not both, got"
    assert found == [f"{words} 'neither'", f"{words} 'both'"]


def test_an_imported_model_is_served_by_its_name_and_not_deleted(placed):
    old = AutoMLModel.from_model_arn(placed, "Old", f"{ARN}:model/old-model")
    endpoint(placed, model=old)

    [variant] = properties(placed, "Custom::AutoMLEndpoint")["ProductionVariants"]
    assert variant["ModelName"] == "old-model"
    assert not resources(placed, "Custom::AutoMLModel")
    assert old.model_arn == f"{ARN}:model/old-model"


def test_what_is_known_of_an_imported_model_is_checked_of_its_endpoint(placed):
    old = AutoMLModel.from_model_attributes(
        placed, "Old", model_name="old", problem_config=AutoMLTextGenerationConfig()
    )

    [fault] = faults(lambda: endpoint(placed, model=old))
    assert fault.startswith("instance_type: must have a GPU to serve a language model")


def test_the_role_of_an_imported_model_may_use_the_endpoints_key(placed):
    role = iam.Role(placed, "Host", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    key = f"arn:aws:kms:eu-west-1:111122223333:key/{'0' * 8}"
    old = AutoMLModel.from_model_attributes(placed, "Old", model_name="old", role=role)
    endpoint(placed, model=old, volume_kms_key=key)

    assert may(placed, "Host", "kms:CreateGrant", key, kms__GrantIsForAWSResource="true")


def test_an_imported_endpoint_is_invoked_and_measured_by_its_own_variant(placed):
    old = AutoMLEndpoint.from_endpoint_attributes(
        placed, "Old", endpoint_arn=f"{ARN}:endpoint/shop", variant_name="blue"
    )
    role = iam.Role(placed, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    old.grant_invoke(role)

    assert may(placed, "Caller", "sagemaker:InvokeEndpoint", f"{ARN}:endpoint/shop")
    assert old.metric_model_latency().dimensions == {"EndpointName": "shop", "VariantName": "blue"}


def test_a_token_is_imported_by_name_and_by_arn(stack):
    text = cdk.Fn.import_value("Old")

    assert AutoMLModel.from_model_name(stack, "Name", text).model_name == text
    by_arn = AutoMLModel.from_model_arn(stack, "Arn", text)
    assert "Fn::Split" in str(stack.resolve(by_arn.model_name))


def test_what_is_known_of_an_imported_job_is_known_of_its_model(placed):
    role = iam.Role.from_role_name(placed, "Role", "trainer")
    old = AutoMLJobV2.from_auto_ml_job_attributes(
        placed,
        "Old",
        auto_ml_job_arn=f"{ARN}:automl-job/old",
        output_path="s3://out/",
        problem_config=AutoMLTextGenerationConfig(),
        role=role,
    )

    assert old.role is role
    assert model(placed, job=old).processing_unit == "GPU"


@pytest.mark.parametrize(
    ("make", "interface"),
    [
        (job, IAutoMLJob),
        (lambda s: AutoMLJobV2.from_auto_ml_job_name(s, "O", "o"), IAutoMLJob),
        (model, IAutoMLModel),
        (lambda s: AutoMLModel.from_model_name(s, "O", "o"), IAutoMLModel),
        (endpoint, IAutoMLEndpoint),
        (lambda s: AutoMLEndpoint.from_endpoint_name(s, "O", "o"), IAutoMLEndpoint),
    ],
)
def test_what_is_made_or_imported_has_all_that_its_interface_asks_for(stack, make, interface):
    assert has_members(make(stack), interface)


class SomebodysJob:
    """A job of another library, by what the interface asks for."""

    job_name = "theirs"
    job_arn = f"{ARN}:automl-job/theirs"
    best_candidate_name = objective_metric_name = objective_metric_value = "x"
    problem_config = None
    role = None

    def grant_describe(self, grantee):
        return self.grant_read_output(grantee)

    def grant_read_output(self, grantee):
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["s3:GetObject"], resource_arns=["arn:aws:s3:::theirs/*"]
        )


class SomebodysModel:
    """A model of another library."""

    model_name = "theirs"
    model_arn = f"{ARN}:model/theirs"
    problem_config = processing_unit = role = None


def test_a_job_of_another_class_is_waited_for_and_its_output_granted(placed):
    model(placed, job=SomebodysJob())
    AutoMLCandidates(placed, "Listed", job=SomebodysJob())

    waits = resources(placed, "Custom::AutoMLWait")
    assert {item["Properties"]["AutoMLJobName"] for item in waits} >= {"theirs"}
    assert may(placed, "ChurnModelRole", "s3:GetObject", "s3://theirs/model.tar.gz")


def test_a_model_of_another_class_is_served(placed):
    endpoint(placed, model=SomebodysModel())

    [variant] = properties(placed, "Custom::AutoMLEndpoint")["ProductionVariants"]
    assert variant["ModelName"] == "theirs"


def test_what_lacks_a_member_of_the_interface_is_refused_by_name(placed):
    [fault] = faults(lambda: model(placed, job=SomebodysModel()))

    assert fault.startswith("job: must be an IAutoMLJob, got a SomebodysModel")


def test_attach_takes_a_name_and_no_arn(stack):
    [fault] = faults(lambda: AutoMLV2.attach(stack, "Old", f"{ARN}:automl-job/old"))

    assert fault.startswith("auto_ml_job_name: must be a name")


def test_the_interface_of_an_endpoint_has_every_metric_of_one_that_is_made(stack):
    def metrics(kind):
        return {name for name in dir(kind) if name.startswith("metric")}

    assert metrics(IAutoMLEndpoint) == metrics(AutoMLEndpoint)
