"""What the stack that trains grants to the account that serves, and what it cannot grant."""

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import AutoMLJobV2, AutoMLOutput, AutoMLRelease, AutoMLTabularConfig
from cdk_automlv2.errors import OptionsError

from .helpers import CHANNEL, properties, resources

THERE = "444455556666"


def job(stack, **options):
    config = AutoMLTabularConfig("y", max_total_job_runtime_in_seconds=600)
    return AutoMLJobV2(stack, "Job", problem_config=config, inputs=CHANNEL, **options)


def warnings(stack):
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    return " ".join(str(item.entry.data) for item in found if "promotion" in str(item.entry.data))


def granted(document, account=THERE):
    """What an account is allowed by a policy, as actions and resources."""
    return {
        statement["Action"]: statement["Resource"]
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        and f":iam::{account}:root" in str(statement["Principal"].get("AWS"))
    }


def test_the_bucket_of_the_stack_lets_the_account_read_what_jobs_write_and_no_more():
    stack = cdk.Stack(cdk.App(), "Dev")
    job(stack).grant_promotion(THERE)

    allowed = granted(properties(stack, "AWS::S3::BucketPolicy")["PolicyDocument"])
    assert set(allowed) == {"s3:ListBucket", "s3:GetObject"}
    assert "/job/*" in str(allowed["s3:GetObject"])
    assert warnings(stack) == ""


def test_a_key_of_the_app_lets_the_account_decrypt_whoever_named_it():
    stack = cdk.Stack(cdk.App(), "Dev")
    bucket = s3.Bucket(stack, "Models", encryption_key=kms.Key(stack, "BucketKey"))
    own = kms.Key(stack, "OutputKey")
    path = f"s3://{bucket.bucket_name}/churn/"
    job(stack, output_path=path, output_kms_key=own).grant_promotion(THERE)

    for key in resources(stack, "AWS::KMS::Key"):
        assert "kms:Decrypt" in granted(key["Properties"]["KeyPolicy"])
    assert warnings(stack) == ""


def test_what_has_a_policy_of_its_own_is_named_with_what_it_has_to_allow():
    stack = cdk.Stack(cdk.App(), "Dev")
    output = AutoMLOutput("s3://models/churn/", kms_key="arn:aws:kms:eu-west-1:1:key/1")
    job(stack, output=output).grant_promotion(THERE)

    told = warnings(stack)
    assert f"allow account {THERE}: the policy of its bucket s3:ListBucket" in told
    assert "s3:GetObject below churn/" in told
    assert "the policy of key arn:aws:kms:eu-west-1:1:key/1 kms:Decrypt" in told


def test_a_role_may_be_granted_alone():
    stack = cdk.Stack(cdk.App(), "Dev")
    role = iam.Role.from_role_arn(stack, "There", f"arn:aws:iam::{THERE}:role/prod")
    job(stack).grant_promotion(role)

    [first, *_] = [
        statement
        for statement in properties(stack, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert first["Principal"] == {"AWS": f"arn:aws:iam::{THERE}:role/prod"}


@pytest.mark.parametrize("wrong", ["prod", "44445555666", "arn:aws:iam::444455556666:root", 12])
def test_what_is_no_account_is_refused(wrong):
    with pytest.raises(OptionsError, match="grantee"):
        job(cdk.Stack(cdk.App(), "Dev")).grant_promotion(wrong)


def test_a_release_grants_as_its_job_does():
    stack = cdk.Stack(cdk.App(), "Dev")
    release = AutoMLRelease(
        stack,
        "Churn",
        problem_config=AutoMLTabularConfig("y"),
        inputs=CHANNEL,
        instance_type="ml.m5.large",
    )
    release.grant_promotion(THERE)

    allowed = granted(properties(stack, "AWS::S3::BucketPolicy")["PolicyDocument"])
    assert set(allowed) == {"s3:ListBucket", "s3:GetObject"}


def test_a_function_imported_without_its_role_cannot_be_granted_anything_and_is_named():
    stack = cdk.Stack(cdk.App(), "Dev")
    arn = f"arn:aws:lambda:us-east-1:{THERE}:function:deploy"
    function = lambda_.Function.from_function_arn(stack, "Deploy", arn)

    with pytest.raises(OptionsError, match="imported without a role"):
        job(stack).grant_promotion(function)
