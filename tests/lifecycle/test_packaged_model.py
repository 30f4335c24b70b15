"""A model of the registry: an approved version with the containers that were looked at, or none."""

import pytest
from automlv2_handlers.domain import packages

from .events import MODEL_TYPE
from .services.account import PLACE

CONTAINER = {
    "Image": "1.dkr.ecr/autogluon",
    "ModelDataUrl": "s3://models/m.tar.gz",
    "Environment": {"A": "true"},
}
DIGEST = packages.containers_digest([CONTAINER])
FOLDER = {"S3Uri": "s3://models/m/", "S3DataType": "S3Prefix", "CompressionType": "None"}
UNPACKED = {
    "Image": "1.dkr.ecr/autogluon",
    "ModelDataSource": {"S3DataSource": {**FOLDER, "ETag": "1"}},
    "ImageDigest": "sha256:1",
}


@pytest.fixture
def version(aws):
    def version(status="Approved", containers=(CONTAINER,), noted=DIGEST):
        said = {packages.DIGEST: noted} if noted else {}
        return aws.client("sagemaker").create_model_package(
            ModelPackageGroupName="churn",
            ClientToken=str(len(aws.packages)),
            ModelApprovalStatus=status,
            InferenceSpecification={"Containers": list(containers)},
            CustomerMetadataProperties=said,
        )["ModelPackageArn"]

    return version


def model(arn, **more):
    role = "arn:aws:iam::111122223333:role/host"
    return {"ModelPackage": arn, "ExecutionRoleArn": role, "BaseName": "churn", **more}


def test_an_approved_version_is_served_with_its_own_containers(stack, aws, version):
    assert stack.create(MODEL_TYPE, model(version()))["Status"] == "SUCCESS"

    [made] = aws.models.values()
    assert made["Containers"] == [CONTAINER]


@pytest.mark.parametrize("status", ["PendingManualApproval", "Rejected"])
def test_a_version_that_is_not_approved_is_refused_with_the_command(stack, aws, version, status):
    arn = version(status)
    answer = stack.create(MODEL_TYPE, model(arn))

    assert answer["Status"] == "FAILED"
    assert f"{arn} is {status}" in answer["Reason"]
    assert f"update-model-package --model-package-arn {arn}" in answer["Reason"]
    assert not aws.models


@pytest.mark.parametrize("specification", [None, {"SupportedContentTypes": ["text/csv"]}])
def test_a_version_without_containers_is_refused_by_name(stack, aws, version, specification):
    arn = version(noted="")
    aws.packages[arn].pop("InferenceSpecification")
    if specification:
        aws.packages[arn]["InferenceSpecification"] = specification
    answer = stack.create(MODEL_TYPE, model(arn))

    assert answer["Status"] == "FAILED"
    assert f"{arn} has no containers" in answer["Reason"]
    assert not aws.models


@pytest.mark.parametrize("by", ["the version", "the app"])
@pytest.mark.parametrize("change", [{"Image": "evil"}, {"Environment": {"A": "false"}}])
def test_containers_that_were_changed_are_refused_with_both_digests(
    stack, aws, version, by, change
):
    arn = version(noted=DIGEST if by == "the version" else "")
    other = {**CONTAINER, **change}
    aws.change_package(arn, InferenceSpecification={"Containers": [other]})
    pinned = {"ContainersDigest": DIGEST} if by == "the app" else {}
    answer = stack.create(MODEL_TYPE, model(arn, **pinned))

    assert answer["Status"] == "FAILED"
    assert DIGEST in answer["Reason"]
    assert packages.containers_digest([other]) in answer["Reason"]
    assert not aws.models


def test_the_apps_digest_is_believed_more_than_the_versions(stack, version):
    arn = version(noted="a" * 32)

    assert stack.create(MODEL_TYPE, model(arn, ContainersDigest=DIGEST))["Status"] == "SUCCESS"


def test_a_version_without_a_digest_is_refused_with_the_one_to_set(stack, aws, version):
    answer = stack.create(MODEL_TYPE, model(version(noted="")))

    assert answer["Status"] == "FAILED"
    assert f"set containers_digest={DIGEST!r}" in answer["Reason"]


def test_artifacts_that_are_no_archive_are_served_and_compared(stack, aws, version):
    digest = packages.containers_digest([UNPACKED])
    arn = version(containers=[UNPACKED], noted=digest)
    assert stack.create(MODEL_TYPE, model(arn))["Status"] == "SUCCESS"

    [made] = aws.models.values()
    [container] = made["Containers"]
    assert container["ModelDataSource"] == {"S3DataSource": FOLDER}
    moved = {**UNPACKED, "ModelDataSource": {"S3DataSource": {**FOLDER, "S3Uri": "s3://x/"}}}
    assert packages.containers_digest([moved]) != digest


def test_a_version_of_another_region_or_that_is_gone_is_named(stack):
    elsewhere = f"{PLACE}:model-package/churn/1".replace("eu-west-1", "us-east-1")
    assert "is of Region us-east-1" in stack.create(MODEL_TYPE, model(elsewhere))["Reason"]

    gone = f"{PLACE}:model-package/churn/9"
    assert f"{gone} does not exist" in stack.create(MODEL_TYPE, model(gone))["Reason"]


def test_another_version_is_another_model_and_the_old_one_goes(stack, aws, version):
    first, second = version(), version()
    made = stack.create(MODEL_TYPE, model(first))["PhysicalResourceId"]
    stack.update(MODEL_TYPE, made, model(first), model(second))
    [replaced] = aws.models.keys() - {made}
    stack.delete(MODEL_TYPE, made, model(first))

    assert set(aws.models) == {replaced}


def test_what_is_decided_later_changes_nothing_that_serves(stack, aws, version):
    arn = version()
    made = stack.create(MODEL_TYPE, model(arn))["PhysicalResourceId"]
    aws.approve(arn, "Rejected")
    tagged = model(arn, Tags=[{"Key": "a", "Value": "b"}])
    answer = stack.update(MODEL_TYPE, made, model(arn), tagged)

    assert answer["Status"] == "SUCCESS"
    assert set(aws.models) == {made}
