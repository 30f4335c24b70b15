"""The function's rights go by owner tag and generated names, which outlive a template."""

import aws_cdk as cdk
import pytest

from cdk_automlv2 import AutoMLCandidates, AutoMLTabularConfig, AutoMLV2, LocalAutoMLDataChannel

from .helpers import endpoint, job, may, model, scope_of

KINDS = ("automl-job", "model", "endpoint-config", "endpoint", "transform-job")
CREATE = {
    "automl-job": "CreateAutoMLJobV2",
    "model": "CreateModel",
    "endpoint-config": "CreateEndpointConfig",
    "endpoint": "CreateEndpoint",
    "transform-job": "CreateTransformJob",
}
DESCRIBE = {
    "automl-job": "DescribeAutoMLJobV2",
    "model": "DescribeModel",
    "endpoint-config": "DescribeEndpointConfig",
    "endpoint": "DescribeEndpoint",
    "transform-job": "DescribeTransformJob",
}
CHANGE = {
    "automl-job": ("StopAutoMLJob",),
    "model": ("DeleteModel",),
    "endpoint-config": ("DeleteEndpointConfig",),
    "endpoint": ("UpdateEndpoint", "DeleteEndpoint"),
    "transform-job": ("StopTransformJob",),
}


@pytest.fixture
def shop():
    stack = cdk.Stack(cdk.App(), "Shop")
    endpoint(stack)
    return stack


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_older_template_named_is_still_described_changed_and_deleted(shop, kind):
    owner = f"{scope_of(shop)}/old"

    assert may(shop, "function", f"sagemaker:{DESCRIBE[kind]}", f":{kind}/shop", owner=owner)
    for action in (*CHANGE[kind], "AddTags", "DeleteTags"):
        assert may(shop, "function", f"sagemaker:{action}", f":{kind}/shop", owner=owner)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_gone_is_not_found_rather_than_denied(shop, kind):
    assert may(shop, "function", f"sagemaker:{DESCRIBE[kind]}", f":{kind}/gone")
    assert may(shop, "function", "sagemaker:ListTags", f":{kind}/gone")


@pytest.mark.parametrize("kind", KINDS)
def test_a_foreign_resource_is_neither_changed_nor_tagged(shop, kind):
    scope = scope_of(shop)
    for owner in ({}, {"owner": "another/x"}, {"owner": f"x{scope}/x"}, {"owner": scope}):
        for action in (*CHANGE[kind], "AddTags", "DeleteTags"):
            name = f":{kind}/theirs"
            assert not may(shop, "function", f"sagemaker:{action}", name, **owner)


@pytest.mark.parametrize("kind", KINDS)
def test_a_foreign_resource_cannot_be_taken_over_by_tagging_it(shop, kind):
    mine = {"owner_asked": f"{scope_of(shop)}/mine"}
    theirs = f":{kind}/theirs"

    assert not may(shop, "function", "sagemaker:AddTags", theirs, **mine)
    assert not may(shop, "function", "sagemaker:AddTags", theirs, owner="another/x", **mine)
    creating = {"sagemaker__TaggingAction": CREATE[kind]}
    assert may(shop, "function", "sagemaker:AddTags", theirs, **mine, **creating)
    assert not may(shop, "function", "sagemaker:AddTags", theirs, **creating)


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_bears_the_owner_tag_of_the_stack_is_created(shop, kind):
    action = f"sagemaker:{CREATE[kind]}"

    assert may(shop, "function", action, f":{kind}/any", owner_asked=f"{scope_of(shop)}/x")
    assert not may(shop, "function", action, f":{kind}/any")
    assert not may(shop, "function", action, f":{kind}/any", owner_asked="another/x")


@pytest.mark.parametrize("kind", KINDS)
def test_a_tag_that_lags_does_not_keep_generated_names_from_being_deleted(shop, kind):
    name = f":{kind}/churn-{scope_of(shop)}abcdefgh"

    for action in (*CHANGE[kind], "AddTags", "DeleteTags"):
        assert may(shop, "function", f"sagemaker:{action}", name)


def test_an_endpoint_is_made_of_and_moved_to_a_configuration_whose_tags_lag(shop):
    config = f":endpoint-config/churn-{scope_of(shop)}abc-def"

    asked = {"owner_asked": f"{scope_of(shop)}/x"}
    assert may(shop, "function", "sagemaker:CreateEndpoint", config, **asked)
    assert may(shop, "function", "sagemaker:UpdateEndpoint", config)
    assert not may(shop, "function", "sagemaker:UpdateEndpoint", ":endpoint-config/theirs")


@pytest.mark.parametrize("kept", ["out/models/", "bucket-of-old/", "b/deep/er/path/"])
def test_a_folder_that_left_the_template_is_removed_wherever_it_lay(shop, kept):
    scope = scope_of(shop)
    bucket, _, prefix = kept.partition("/")
    folder = f"{prefix}inputs/{scope}-abcdefgh/"

    assert may(shop, "function", "s3:ListBucket", f"s3://{bucket}", s3__prefix=folder)
    assert may(shop, "function", "s3:DeleteObject", f"s3://{bucket}/{folder}0f0f/a.csv")
    theirs = f"{prefix}inputs/zzzzzzz-abcdefgh/"
    assert not may(shop, "function", "s3:ListBucket", f"s3://{bucket}", s3__prefix=theirs)
    assert not may(shop, "function", "s3:DeleteObject", f"s3://{bucket}/{theirs}0f0f/a.csv")
    assert not may(shop, "function", "s3:DeleteObject", f"s3://{bucket}/{prefix}model.tar.gz")


def test_a_folder_is_unpacked_below_the_output_and_nowhere_else(stack, tmp_path):
    (tmp_path / "a.csv").write_text("x,churn\n1,2\n")
    job(
        stack,
        inputs=LocalAutoMLDataChannel("S3Prefix", str(tmp_path)),
        output_path="s3://out/models",
    )

    folder = f"s3://out/models/inputs/{scope_of(stack)}-abcdefgh"
    for action in ("s3:PutObject", "s3:AbortMultipartUpload"):
        assert may(stack, "function", action, f"{folder}/0f0f/a.csv")
        assert not may(stack, "function", action, "s3://out/models/a.csv")


def test_a_list_of_candidates_is_written_to_its_folder_and_nowhere_else(stack):
    AutoMLCandidates(stack, "Candidates", job=job(stack, output_path="s3://out/models"))

    assert may(stack, "function", "s3:PutObject", "s3://out/models/candidates/a.json")
    for key in ("models/a.json", "models/candidates-x/a.json", "candidates/a.json"):
        assert not may(stack, "function", "s3:PutObject", f"s3://out/{key}")


def test_the_function_passes_the_roles_made_here_and_given_and_only_to_sagemaker(stack):
    given = "arn:aws:iam::111122223333:role/given"
    model(stack, job=job(stack), role=given)
    made = f"automl-{scope_of(stack)}-abcdefghijklmnop-eu-west-1"
    sagemaker = {"iam__PassedToService": "sagemaker.amazonaws.com"}

    for name in (made, f"acme-{made}", f"team/a/{made}"):
        role = f"arn:aws:iam::111122223333:role/{name}"
        assert may(stack, "function", "iam:PassRole", role, **sagemaker)
        assert not may(
            stack, "function", "iam:PassRole", role, iam__PassedToService="ec2.amazonaws.com"
        )
    assert may(stack, "function", "iam:PassRole", given, **sagemaker)
    assert not may(stack, "function", "iam:PassRole", f"{given}-other", **sagemaker)


def test_an_attached_job_is_looked_at_and_never_stopped(stack):
    config = AutoMLTabularConfig("y")
    AutoMLV2.attach(stack, "Old", "theirs", problem_config=config)

    assert may(stack, "function", "sagemaker:DescribeAutoMLJobV2", ":automl-job/theirs")
    assert not may(stack, "function", "sagemaker:StopAutoMLJob", ":automl-job/theirs")
