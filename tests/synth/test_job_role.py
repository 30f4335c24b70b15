import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLImageClassificationConfig,
    AutoMLTabularConfig,
    LocalAutoMLDataChannel,
)

from .helpers import (
    ROLE_ARN,
    actions,
    job,
    may,
    properties,
    resources,
    statement_for,
    statements,
)

JOB = "Custom::AutoMLJobV2"


def test_the_role_reads_its_input_and_writes_its_output_and_no_more(stack):
    job(stack, output_path="s3://out/models/")

    touched = [
        line
        for line in statements(stack, "ChurnRole")
        if any(action.startswith("s3:") for action in actions(line))
    ]
    arns = [str(line["Resource"]) + str(line.get("Condition", "")) for line in touched]
    assert len(touched) == 4
    assert all("in/train/*" in arn or "out/models/*" in arn or "s3:prefix" in arn for arn in arns)
    write = statement_for(stack, "ChurnRole", "s3:PutObject")
    assert "out/models/*" in str(write["Resource"])


def test_the_role_may_pass_itself_to_sagemaker_only(stack):
    job(stack)

    passing = statement_for(stack, "ChurnRole", "iam:PassRole")
    [role] = [
        item for item in resources(stack, "AWS::IAM::Role") if "RoleName" in item["Properties"]
    ]
    name = role["Properties"]["RoleName"]["Fn::Join"][1][0]
    assert name in str(passing["Resource"])
    assert passing["Condition"] == {
        "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
    }


def test_no_role_has_a_managed_policy(stack):
    job(stack)

    for role in resources(stack, "AWS::IAM::Role"):
        assert "ManagedPolicyArns" not in role["Properties"]


def test_a_given_role_is_granted_what_the_job_needs(stack):
    role = iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))

    job(stack, "One", role=role, output_path="s3://out/")
    job(stack, "Two", role=role, output_path="s3://out/")

    assert len(resources(stack, "AWS::IAM::Role")) == 3
    reading = [line for line in statements(stack, "Given") if "s3:PutObject" in actions(line)]
    assert len(reading) == 1


def test_a_role_given_as_an_arn_is_passed_and_not_granted(stack):
    made = job(stack, role=ROLE_ARN)

    sagemaker = {"iam__PassedToService": "sagemaker.amazonaws.com"}
    assert may(stack, "function", "iam:PassRole", ROLE_ARN, **sagemaker)
    policies = [item["Properties"] for item in resources(stack, "AWS::IAM::Policy")]
    assert not any("given" in str(policy["Roles"]) for policy in policies)
    assert made.node.try_find_child("GivenRole") is None


def test_a_bucket_can_grant_to_the_job(stack):
    bucket = s3.Bucket(stack, "More")

    bucket.grant_read(job(stack))

    assert statement_for(stack, "ChurnRoleDefaultPolicy", "s3:GetObject*")


def test_a_channel_of_a_bucket_with_a_key_may_decrypt(stack):
    key = kms.Key(stack, "Key")
    bucket = s3.Bucket(stack, "Data", encryption_key=key)

    job(stack, inputs=AutoMLDataChannel.from_bucket(bucket, "train/"))

    uri = properties(stack, JOB)["AutoMLJobInputDataConfig"][0]["DataSource"]["S3DataSource"]
    assert uri["S3Uri"]["Fn::Join"][1][-1] == "/train/"
    assert statement_for(stack, "ChurnRole", "kms:Decrypt")


def test_keys_reach_the_request_and_the_roles(stack):
    key = kms.Key(stack, "Key")

    job(stack, output_kms_key=key, volume_kms_key="arn:aws:kms:eu-west-1:1:key/v")

    found = properties(stack, JOB)
    assert found["OutputDataConfig"]["KmsKeyId"]["Fn::GetAtt"][1] == "Arn"
    assert found["SecurityConfig"]["VolumeKmsKeyId"] == "arn:aws:kms:eu-west-1:1:key/v"
    assert statement_for(stack, "ChurnRole", "kms:CreateGrant")["Resource"].endswith("key/v")
    assert statement_for(stack, "FunctionPolicy", "kms:CreateGrant")["Resource"].endswith("key/v")


def test_a_job_in_a_vpc_may_make_network_interfaces(stack):
    job(stack, vpc_config={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]})

    assert statement_for(stack, "ChurnRole", "ec2:CreateNetworkInterface")


def test_the_role_reads_the_uploaded_file_and_no_other_asset(stack, tmp_path):
    path = tmp_path / "train.csv"
    path.write_text("a,churn\n1,2\n")

    job(stack, inputs=LocalAutoMLDataChannel("S3Prefix", str(path)), output_path="s3://out/")

    reading = [line for line in statements(stack, "ChurnRole") if actions(line) == {"s3:GetObject"}]
    assert len(reading) == 1
    assert ".csv*" in str(reading[0]["Resource"])
    listing = [
        line for line in statements(stack, "FunctionPolicy") if actions(line) == {"s3:ListBucket"}
    ]
    assert any(".csv*" in str(line["Condition"]) for line in listing)


def test_the_role_reads_the_feature_specification(stack):
    config = AutoMLTabularConfig("y", feature_specification_s3_uri="s3://spec/features.json")

    job(stack, problem_config=config)

    readable = str(
        [line for line in statements(stack, "ChurnRole") if "s3:GetObject" in actions(line)]
    )
    assert "spec/features.json*" in readable
    assert "spec" in str(statements(stack, "FunctionPolicy"))


@pytest.mark.parametrize("kind", ["ManifestFile", "AugmentedManifestFile"])
def test_the_role_reads_the_bucket_of_a_manifest(stack, kind):
    channel = AutoMLDataChannel(kind, "s3://in/lists/train.manifest")

    job(stack, problem_config=AutoMLImageClassificationConfig(), inputs=channel)

    reading = [line for line in statements(stack, "ChurnRole") if actions(line) == {"s3:GetObject"}]
    assert str(reading[0]["Resource"]).endswith(":s3:::in/*']]}")
