"""A location carries its key: whoever is granted the one may use the other."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import (
    AutoMLCandidates,
    AutoMLDataChannel,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLOutput,
    AutoMLTabularConfig,
    AutoMLV2,
    LocalAutoMLDataChannel,
    OptionsError,
)

from .helpers import endpoint, job, may, model, properties, resources, template

JOB = "Custom::AutoMLJobV2"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0f0f"
ID = "0f0f0f0f-1111-2222-3333-444455556666"


def given(stack, way):
    """The options of a job whose output has that key, and the key's ARN."""
    match way:
        case "output_kms_key":
            return {"output_kms_key": KEY, "output_path": "s3://out/models/"}
        case "key of the default bucket's objects":
            return {"output_kms_key": KEY}
        case "output of a bucket":
            key = kms.Key.from_key_arn(stack, "Key", KEY)
            bucket = s3.Bucket(stack, "Out", encryption_key=key)
            return {"output": AutoMLOutput.from_bucket(bucket, "models")}
        case "bucket":
            key = kms.Key.from_key_arn(stack, "Key", KEY)
            return {"output": s3.Bucket(stack, "Out", encryption_key=key)}
    return {"output": AutoMLOutput("s3://out/models", kms_key=KEY)}


WAYS = [
    "output_kms_key",
    "key of the default bucket's objects",
    "output of a bucket",
    "bucket",
    "output as text",
]


@pytest.mark.parametrize("way", WAYS)
def test_the_key_of_the_output_is_granted_to_whom_the_output_is(stack, way, tmp_path):
    (tmp_path / "a.csv").write_text("x,churn\n1,2\n")
    inputs = LocalAutoMLDataChannel("S3Prefix", str(tmp_path))
    made = job(stack, inputs=inputs, **given(stack, way))
    model(stack, job=made)
    reader = iam.Role(stack, "Reader", assumed_by=iam.AccountRootPrincipal())
    made.grant_read_output(reader)

    for role in ("function", "ChurnRole"):
        assert may(stack, role, "kms:GenerateDataKey", KEY)
        assert may(stack, role, "kms:Decrypt", KEY)
    for role in ("ChurnModelRole", "Reader"):
        assert may(stack, role, "kms:Decrypt", KEY)
        assert not may(stack, role, "kms:Encrypt", KEY)


def test_the_function_may_not_use_keys_of_outputs_that_it_does_not_write_to(stack):
    model(stack, job=job(stack, output_kms_key=KEY))

    assert not may(stack, "function", "kms:Decrypt", KEY)


def test_a_list_of_candidates_is_written_with_the_key(stack):
    AutoMLCandidates(stack, "Candidates", job=job(stack, output_kms_key=KEY))

    assert may(stack, "function", "kms:GenerateDataKey", KEY)


@pytest.mark.parametrize("way", ["output_kms_key", "output as text"])
def test_the_model_of_an_attached_job_decrypts_its_artifacts(stack, way):
    old = AutoMLJobV2.from_auto_ml_job_name(stack, "Old", "old", **given(stack, way))
    AutoMLModel(stack, "OldModel", job=old)

    assert may(stack, "OldModelRole", "kms:Decrypt", KEY)


def test_attach_takes_the_key_of_the_output(stack):
    automl = AutoMLV2.attach(stack, "Old", "old", output_path="s3://b/p", output_kms_key=KEY)
    automl.deploy(1, "ml.m5.large")

    assert may(stack, "OldEndpointModelRole", "kms:Decrypt", KEY)


def test_fit_takes_an_output_with_its_key(stack):
    output = AutoMLOutput("s3://out/models", kms_key=KEY)
    AutoMLV2(stack, "Churn", AutoMLTabularConfig("y"), output=output).fit("s3://in/train/")

    assert properties(stack, JOB)["OutputDataConfig"] == {"S3OutputPath": "s3://out/models"}
    assert may(stack, "ChurnJobRole", "kms:GenerateDataKey", KEY)


def test_an_output_is_given_once(stack):
    with pytest.raises(OptionsError, match="output_path: cannot be used with output"):
        job(stack, output_path="s3://out/a", output=AutoMLOutput("s3://out/b"))


@pytest.mark.parametrize(
    ("key", "arn"),
    [
        (KEY, KEY),
        (ID, f"arn:aws:kms:eu-west-1:111122223333:key/{ID}"),
    ],
)
def test_a_key_given_by_arn_or_id_is_granted(stack, key, arn):
    job(stack, output_kms_key=key, volume_kms_key=key)

    assert may(stack, "ChurnRole", "kms:GenerateDataKey", arn)
    aws = {"kms__GrantIsForAWSResource": "true"}
    for role in ("function", "ChurnRole"):
        assert may(stack, role, "kms:CreateGrant", arn, **aws)
    assert not may(stack, "ChurnRole", "kms:Decrypt", f"{arn}-other")


@pytest.mark.parametrize("place", ["", "arn:aws:kms:eu-west-1:111122223333:"])
def test_a_key_given_by_alias_is_granted_by_its_alias(stack, place):
    job(stack, output_kms_key=f"{place}alias/ml")

    assert may(stack, "ChurnRole", "kms:Decrypt", KEY, kms__ResourceAliases=["alias/ml"])
    assert not may(stack, "ChurnRole", "kms:Decrypt", KEY, kms__ResourceAliases=["alias/x"])
    assert not may(stack, "ChurnRole", "kms:Decrypt", KEY)


@pytest.mark.parametrize("given_as", ["text", "bucket"])
def test_the_key_of_the_input_is_granted_to_the_job_alone(stack, given_as):
    if given_as == "text":
        channel = AutoMLDataChannel("S3Prefix", "s3://in/train/", kms_key=KEY)
    else:
        key = kms.Key.from_key_arn(stack, "Key", KEY)
        channel = AutoMLDataChannel.from_bucket(
            s3.Bucket(stack, "In", encryption_key=key), "train/"
        )
    model(stack, job=job(stack, inputs=channel))

    assert may(stack, "ChurnRole", "kms:Decrypt", KEY)
    assert not may(stack, "ChurnRole", "kms:Encrypt", KEY)
    assert not may(stack, "ChurnModelRole", "kms:Decrypt", KEY)


def volume_keys(stack):
    served = model(stack, job=job(stack, volume_kms_key=KEY))
    endpoint(stack, model=served, volume_kms_key=KEY)


def test_grants_on_the_key_of_volumes_are_for_aws_services_only(stack):
    volume_keys(stack)

    for role in ("function", "ChurnRole", "ChurnModelRole"):
        assert may(stack, role, "kms:DescribeKey", KEY)
        assert may(stack, role, "kms:CreateGrant", KEY, kms__GrantIsForAWSResource="true")
        assert not may(stack, role, "kms:CreateGrant", KEY)


def test_the_condition_on_grants_can_be_turned_off():
    app = cdk.App(context={"cdk-automlv2:kms-grant-condition": False})
    stack = cdk.Stack(app, "Shop")
    volume_keys(stack)

    for role in ("function", "ChurnRole", "ChurnModelRole"):
        assert may(stack, role, "kms:CreateGrant", KEY)


@pytest.mark.parametrize("part", ["job", "model"])
def test_a_given_role_has_its_rights_before_what_runs_as_it(stack, part):
    role = iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    key = kms.Key(stack, "Key")
    made = job(stack, role=role if part == "job" else None, output_kms_key=key)
    if part == "model":
        model(stack, job=made, role=role)

    found = template(stack)["Resources"]
    policies = {
        name
        for name, item in found.items()
        if item["Type"] == "AWS::IAM::Policy" and "Given" in str(item["Properties"]["Roles"])
    }
    assert policies
    [user] = resources(stack, JOB if part == "job" else "Custom::AutoMLModel")
    assert policies <= set(user["DependsOn"])


def test_a_given_role_of_a_model_may_do_all_that_containers_need(stack):
    role = iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    vpc = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    made = job(stack, output_path="s3://out/models/", output_kms_key=KEY)
    endpoint(stack, model=model(stack, job=made, role=role, vpc_config=vpc), volume_kms_key=KEY)

    place = "eu-west-1:111122223333"
    for action, resource in (
        ("s3:GetObject", "s3://out/models/a/model.tar.gz"),
        ("kms:Decrypt", KEY),
        ("ecr:GetAuthorizationToken", "*"),
        ("ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:444455556666:repository/autogluon"),
        ("logs:PutLogEvents", f"arn:aws:logs:{place}:log-group:/aws/sagemaker/Endpoints/x"),
        ("ec2:CreateNetworkInterface", "*"),
    ):
        assert may(stack, "Given", action, resource)
    metrics = {"cloudwatch__namespace": "AWS/SageMaker"}
    assert may(stack, "Given", "cloudwatch:PutMetricData", "*", **metrics)
    assert may(stack, "Given", "kms:CreateGrant", KEY, kms__GrantIsForAWSResource="true")


def test_what_is_granted_to_a_job_by_others_comes_before_it(stack):
    bucket = s3.Bucket(stack, "More")
    bucket.grant_read(job(stack))

    [user] = resources(stack, JOB)
    assert any("ChurnRoleDefaultPolicy" in name for name in user["DependsOn"])
