"""A failed update without rollback leaves its own properties beside the id of before.

Once the construct leaves the template, its Delete comes with both.
"""

import pytest

from . import invariants
from .events import JOB, OLD, made_by_a_job
from .fake_aws import FakeAws
from .stack import Stack


def test_an_endpoint_whose_renaming_failed_is_deleted_with_its_construct():
    aws = FakeAws()
    aws.has_models("churn-1")
    stack = Stack(aws)
    stack.create("AutoMLEndpoint", OLD | {"EndpointName": "shop"})

    answer = stack.delete("AutoMLEndpoint", "shop", OLD)
    aws.run()

    assert answer["Status"] == "SUCCESS"
    assert not aws.endpoints
    assert not aws.configs


def test_a_job_whose_renaming_failed_is_stopped_with_its_construct():
    aws = FakeAws()
    stack = Stack(aws)
    stack.create("AutoMLJobV2", JOB | {"AutoMLJobName": "first"})

    answer = stack.delete("AutoMLJobV2", "first", JOB)
    aws.run()

    assert answer["Status"] == "SUCCESS"
    assert not invariants.running_jobs(aws)


def test_a_model_whose_renaming_failed_is_deleted_with_its_construct():
    aws = FakeAws()
    stack = Stack(aws)
    properties = made_by_a_job(stack)
    stack.create("AutoMLModel", properties | {"ModelName": "prod"})

    answer = stack.delete("AutoMLModel", "prod", properties)

    assert answer["Status"] == "SUCCESS"
    assert not aws.models


@pytest.mark.parametrize("kind", ["AutoMLEndpoint", "AutoMLJobV2", "AutoMLModel"])
@pytest.mark.parametrize("invented", ["Shop-Churn-1A2B3C", "-", "a" * 200, "a b"])
def test_an_id_that_no_name_can_be_is_deleted_at_once(kind, invented):
    aws = FakeAws()
    stack = Stack(aws)

    assert stack.delete(kind, invented, {})["Status"] == "SUCCESS"
