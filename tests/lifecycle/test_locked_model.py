"""A model of a lock file: exactly what was locked, or nothing."""

import hashlib

import pytest

TYPE = "AutoMLModel"
ARTIFACT = b"what the job has learnt"
FROM, TO = "s3://dev/out/model.tar.gz", "s3://prod/automlv2/model.tar.gz"


@pytest.fixture
def locked(stack, aws):
    stack.enforces_rights = False
    aws.written[FROM] = ARTIFACT
    digest = hashlib.sha256(ARTIFACT).hexdigest()
    return {
        "ExecutionRoleArn": "arn:aws:iam::111122223333:role/host",
        "ProcessingUnit": "CPU",
        "BaseName": "churn",
        "Containers": [
            {"Image": "1.dkr.ecr/autogluon", "ModelDataUrl": TO, "Environment": {"A": "true"}}
        ],
        "Artifacts": [{"From": FROM, "To": TO, "Sha256": digest}],
    }


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
