"""A model of a lock file: exactly what was locked, or nothing."""

import pytest

from .events import ARTIFACT, FROM, TO, locked_properties

TYPE = "AutoMLModel"


@pytest.fixture
def locked(stack):
    return locked_properties(stack)


def test_the_artifacts_are_copied_before_the_model_is_made(stack, aws, locked):
    answer = stack.create(TYPE, locked)

    assert answer["Status"] == "SUCCESS"
    assert aws.written[TO] == ARTIFACT
    [made] = aws.models.values()
    assert made["Containers"] == [
        {"Image": "1.dkr.ecr/autogluon", "ModelDataUrl": TO, "Environment": {"A": "true"}}
    ]


def test_an_artifact_that_was_changed_since_is_refused(stack, aws, locked):
    aws.written[FROM] = b"something else"
    answer = stack.create(TYPE, locked)

    assert answer["Status"] == "FAILED"
    assert "s3://dev/out/model.tar.gz is not what was locked" in answer["Reason"]
    assert not aws.models
    assert TO not in aws.written


def test_artifacts_that_stay_where_they_are_are_compared(stack, aws, locked):
    locked["Artifacts"][0]["To"] = FROM
    locked["Containers"][0]["ModelDataUrl"] = FROM

    assert stack.create(TYPE, locked)["Status"] == "SUCCESS"

    aws.written[FROM] = b"something else"
    answer = stack.create(TYPE, {**locked, "EnableNetworkIsolation": True})
    assert "is not what was locked" in answer["Reason"]


def test_an_artifact_that_is_gone_is_named(stack, aws, locked):
    aws.written.clear()

    assert "does not exist" in stack.create(TYPE, locked)["Reason"]


def test_what_has_been_copied_is_not_copied_again(stack, aws, locked):
    name = stack.create(TYPE, locked)["PhysicalResourceId"]
    stack.update(TYPE, name, locked, {**locked, "EnableNetworkIsolation": True})

    assert aws.calls["copy"] == 1


def test_another_lock_makes_another_model(stack, aws, locked):
    first = stack.create(TYPE, locked)["PhysicalResourceId"]
    second = {**locked, "Containers": [{**locked["Containers"][0], "Environment": {"A": "no"}}]}

    assert stack.update(TYPE, first, locked, second)["PhysicalResourceId"] != first


def test_a_copy_that_somebody_has_changed_is_made_again(stack, aws, locked):
    name = stack.create(TYPE, locked)["PhysicalResourceId"]
    aws.written[TO] = b"something else"
    stack.update(TYPE, name, locked, {**locked, "EnableNetworkIsolation": True})

    assert aws.written[TO] == ARTIFACT


def test_a_copy_that_is_there_needs_its_source_no_more(stack, aws, locked):
    name = stack.create(TYPE, locked)["PhysicalResourceId"]
    del aws.written[FROM]
    answer = stack.update(TYPE, name, locked, {**locked, "EnableNetworkIsolation": True})

    assert answer["Status"] == "SUCCESS"


def test_the_copy_is_encrypted_with_the_key_of_the_target(stack, aws, locked):
    locked["Artifacts"][0]["KmsKeyId"] = "arn:aws:kms:eu-west-1:111122223333:key/1"
    stack.create(TYPE, locked)

    assert aws.copied_with[TO]["SSEKMSKeyId"] == "arn:aws:kms:eu-west-1:111122223333:key/1"


def test_an_image_of_another_region_is_refused_by_name(stack, aws, locked):
    locked["Containers"][0]["Image"] = "763104351884.dkr.ecr.us-east-1.amazonaws.com/autogluon:1"
    reason = stack.create(TYPE, locked)["Reason"]

    assert "is of Region us-east-1, this stack is in eu-west-1: name that of eu-west-1" in reason
    assert not aws.models


def test_artifacts_that_stay_in_another_region_are_refused_by_name(stack, locked):
    locked["Artifacts"][0].update(To=FROM, Region="us-east-1")

    assert f"{FROM} lies in Region us-east-1" in stack.create(TYPE, locked)["Reason"]


def test_who_may_not_read_is_told_who_can_change_that(stack, aws, locked):
    aws.fail("get_object", "AccessDenied", times=100)
    reason = stack.create(TYPE, locked)["Reason"]

    assert f"the function may not read {FROM} of the lock file" in reason
    assert "grant_promotion lets another account read it" in reason


def test_a_model_that_cannot_read_its_artifacts_is_not_said_to_be_of_a_job(stack, aws, locked):
    words = "Could not find model data at s3://prod/automlv2/model.tar.gz."
    aws.fail("create_model", "ValidationException", words)

    assert "The model's role may not read" in stack.create(TYPE, locked)["Reason"]


def test_what_s3_denies_because_it_is_missing_is_said_to_be_missing(stack, aws, locked):
    del aws.written[FROM]
    aws.fail("get_object", "AccessDenied", times=100)

    assert f"{FROM} of the lock file does not exist" in stack.create(TYPE, locked)["Reason"]
