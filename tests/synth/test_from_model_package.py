"""A model of the model registry: what the function and the containers may, and what is refused."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import AutoMLEndpoint, AutoMLModel, AutoMLOutput
from cdk_automlv2.errors import OptionsError
from tests.synth.helpers import may, properties

ARN = "arn:aws:sagemaker:eu-west-1:444455556666:model-package/churn/3"
OTHER = "arn:aws:sagemaker:eu-west-1:444455556666:model-package/churn/4"
ARTIFACTS = AutoMLOutput("s3://their-models/churn/")
HERE = cdk.Environment(account="111122223333", region="eu-west-1")


@pytest.fixture
def stack():
    return cdk.Stack(cdk.App(), "Prod", env=HERE)


def test_the_version_is_named_and_may_be_another_accounts(stack):
    model = AutoMLModel.from_model_package(stack, "Model", ARN, artifacts=ARTIFACTS)
    AutoMLEndpoint(stack, "Endpoint", model=model, instance_type="ml.m5.large")

    found = properties(stack, "Custom::AutoMLModel")
    assert found["ModelPackage"] == ARN
    assert "AutoMLJobName" not in found
    assert may(stack, "ProviderFunction", "sagemaker:DescribeModelPackage", ARN)
    assert not may(stack, "ProviderFunction", "sagemaker:DescribeModelPackage", OTHER)
    assert may(stack, "ModelRole", "s3:GetObject", "arn:aws:s3:::their-models/churn/m.tar.gz")
    assert not may(stack, "ModelRole", "s3:GetObject", "arn:aws:s3:::their-models/other/m")


def test_a_bucket_with_a_key_grants_the_key_too(stack):
    key = "arn:aws:kms:eu-west-1:444455556666:key/1"
    AutoMLModel.from_model_package(
        stack, "Model", ARN, artifacts=AutoMLOutput("s3://their-models/", kms_key=key)
    )

    assert may(stack, "ModelRole", "kms:Decrypt", key)


def test_a_role_by_its_arn_needs_no_place(stack):
    role = "arn:aws:iam::111122223333:role/host"
    AutoMLModel.from_model_package(stack, "Model", ARN, role=role, containers_digest="a" * 32)

    assert properties(stack, "Custom::AutoMLModel")["ContainersDigest"] == "a" * 32


def test_without_a_place_the_containers_could_not_read(stack):
    with pytest.raises(OptionsError, match="artifacts: must be given"):
        AutoMLModel.from_model_package(stack, "Model", ARN)


@pytest.mark.parametrize(
    ("arn", "words"),
    [
        ("churn/3", "must be the ARN of a version"),
        (ARN.rpartition("/")[0], "must be the ARN of a version"),
        (ARN.replace("/3", "/0"), "must be the ARN of a version"),
        (ARN.replace("eu-west-1", "us-east-1"), "must be of this stack's Region, eu-west-1"),
    ],
)
def test_what_is_no_version_of_this_region_is_refused(stack, arn, words):
    with pytest.raises(OptionsError, match=words):
        AutoMLModel.from_model_package(stack, "Model", arn, artifacts=ARTIFACTS)


def test_a_digest_that_is_none_is_refused_with_where_to_find_it(stack):
    with pytest.raises(OptionsError, match="as a failed deployment prints it"):
        AutoMLModel.from_model_package(
            stack, "Model", ARN, containers_digest="sha256:1", artifacts=ARTIFACTS
        )


def test_a_version_may_be_known_at_deployment_only(stack):
    arn = cdk.CfnParameter(stack, "Version").value_as_string
    bucket = s3.Bucket.from_bucket_name(stack, "Models", "their-models")
    AutoMLModel.from_model_package(stack, "Model", arn, artifacts=bucket)

    assert properties(stack, "Custom::AutoMLModel")["ModelPackage"] == {"Ref": "Version"}
    assert may(stack, "ModelRole", "s3:GetObject", "arn:aws:s3:::their-models/m.tar.gz")
