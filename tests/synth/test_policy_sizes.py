"""IAM's limits hold whatever the number of jobs, and what cannot fit is refused at synth."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_automlv2 import AutoMLDataChannel, AutoMLEndpoint, AutoMLModel, AutoMLOutput, OptionsError
from tests.iam import Environment

from .helpers import ROLE_ARN, job, may, template

INLINE, MANAGED, MOST_MANAGED = 10_240, 6_144, 10


def check_limits(stack):
    """Every role: inline policies together, each managed one, and how many of these."""
    body = template(stack)
    found = body["Resources"]
    assert len(found) <= 500
    for role in [name for name, item in found.items() if item["Type"] == "AWS::IAM::Role"]:
        own = found[role]["Properties"].get("Policies", [])
        attached = [item for item in found.values() if {"Ref": role} in roles_of(item)]
        managed = [size(item) for item in attached if "Managed" in item["Type"]]
        inline = [size(item) for item in attached if "Managed" not in item["Type"]]
        inline += [len(json.dumps(policy["PolicyDocument"])) for policy in own]
        assert sum(inline) <= INLINE
        assert len(managed) <= MOST_MANAGED
        assert max(managed, default=0) <= MANAGED
        for document in Environment().documents_of(body, role):
            assert document["Statement"]


def roles_of(item):
    return item.get("Properties", {}).get("Roles", [])


def size(item):
    return len(json.dumps(item["Properties"]["PolicyDocument"]))


def test_forty_jobs_with_named_endpoints_fit():
    stack = cdk.Stack(cdk.App(), "Shop")
    for number in range(40):
        made = job(stack, f"Job{number}", output_path=f"s3://out/{number}/")
        served = AutoMLModel(stack, f"Model{number}", job=made, name=f"model-{number}")
        AutoMLEndpoint(
            stack,
            f"Endpoint{number}",
            model=served,
            instance_type="ml.m5.large",
            endpoint_name=f"a-long-name-of-an-endpoint-in-a-shop-{number}",
        )

    check_limits(stack)


@pytest.mark.parametrize("depth", ["in the stack", "in constructs of their own"])
def test_jobs_with_a_bucket_each_fit_and_may_all_be_listed(depth):
    stack = cdk.Stack(cdk.App(), "Shop")
    count = 60
    for number in range(count):
        scope = stack if depth == "in the stack" else Construct(stack, f"Pipeline{number}")
        bucket = s3.Bucket(scope, f"Bucket{number}")
        job(
            scope,
            f"Job{number}",
            inputs=AutoMLDataChannel.from_bucket(bucket, f"train-{number}/"),
            output=AutoMLOutput.from_bucket(bucket, "models/"),
        )

    check_limits(stack)
    body = template(stack)
    [documents] = [json.dumps(Environment().function_documents(body))]
    assert all(f'"train-{number}/*"' in documents for number in range(count))


def test_a_hundred_and_twenty_of_the_simplest_jobs_fit():
    stack = cdk.Stack(cdk.App(), "Shop")
    for number in range(120):
        job(stack, f"Job{number}")

    check_limits(stack)


@pytest.mark.parametrize("buckets", ["one", "one each"])
def test_forty_jobs_with_one_given_role_fit_and_it_may_read_for_all(buckets):
    stack = cdk.Stack(cdk.App(), "Shop")
    role = iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    for number in range(40):
        name = "data" if buckets == "one" else f"data-of-a-department-{number}"
        job(
            stack,
            f"Job{number}",
            inputs=AutoMLDataChannel("S3Prefix", f"s3://{name}/train-{number}/"),
            output_path=f"s3://{name}/models-{number}/",
            role=role,
        )

    check_limits(stack)
    for number in (0, 20, 39):
        name = "data" if buckets == "one" else f"data-of-a-department-{number}"
        assert may(stack, "Given", "s3:GetObject", f"s3://{name}/train-{number}/a.csv")
        assert may(stack, "Given", "s3:PutObject", f"s3://{name}/models-{number}/a")


def test_forty_given_roles_fit():
    stack = cdk.Stack(cdk.App(), "Shop")
    for number in range(100):
        job(stack, f"Job{number}", role=f"{ROLE_ARN}-of-a-department-{number}")

    check_limits(stack)


def test_the_longest_prefixes_of_one_job_fit_into_its_role():
    stack = cdk.Stack(cdk.App(), "Shop")
    channel = AutoMLDataChannel("S3Prefix", f"s3://in/{'*' * 900}/")
    more = AutoMLDataChannel("S3Prefix", f"s3://in/{'?' * 900}/", channel_type="validation")

    job(stack, inputs=[channel, more], output_path=f"s3://out/{'x' * 400}/")

    check_limits(stack)


def test_what_does_not_fit_is_refused_with_count_and_cause():
    stack = cdk.Stack(cdk.App(), "Shop")

    def declare():
        for number in range(200):
            channel = AutoMLDataChannel("S3Prefix", f"s3://in-{number}/{'x' * 700}/")
            job(stack, f"Job{number}", inputs=channel, role=ROLE_ARN)

    with pytest.raises(OptionsError, match=r"10 managed .*'\d+ of them'; split") as caught:
        declare()

    assert "FunctionRole" in str(caught.value)
