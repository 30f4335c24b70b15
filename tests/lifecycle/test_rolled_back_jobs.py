"""A stack on its way back finds the job that it had, and trains nothing."""

import pytest

from .cloudformation import CloudFormation, Resource
from .events import JOB, MORE_CANDIDATES
from .events import JOB_TYPE as TYPE
from .fake_aws import FakeAws
from .stack import STACK_ID, Stack

RENAMED = {"BaseName": "renamed"}
ROLLBACK = "UPDATE_ROLLBACK_IN_PROGRESS"


@pytest.fixture
def world():
    """An account in which others meddle, so that not all of the invariants hold at the end."""
    aws = FakeAws()
    return Stack(aws), aws


def named(name, more):
    return Resource(name, TYPE, lambda _: JOB | more)


def failing():
    properties = {"AutoMLJobName": "none", "ExecutionRoleArn": "r", "ProcessingUnit": "CPU"}
    return Resource("Late", "AutoMLModel", lambda _: properties, depends_on=("Job",))


def test_a_rollback_finds_a_job_whose_base_name_was_another(aws):
    cloudformation = CloudFormation(aws, STACK_ID)
    assert cloudformation.deploy([named("Job", {})])
    aws.wait(7200)
    assert cloudformation.deploy([named("Job", RENAMED)])

    assert not cloudformation.deploy([named("Job", RENAMED | {"Revision": "2"}), failing()])

    assert len(aws.jobs) == 2


def test_a_rollback_prefers_the_job_the_stack_had_to_one_of_a_stack_before(aws):
    before = CloudFormation(aws, STACK_ID)
    assert before.deploy([named("Job", {})])
    aws.wait(7200)
    before.delete()
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]
    aws.job_end = {"AutoMLJobStatus": "Failed"}
    stack = CloudFormation(aws, f"{STACK_ID}2")
    assert stack.deploy([named("Job", {})])
    aws.wait(7200)

    # CloudFormation asserts that the rollback answers with the job of before.
    assert not stack.deploy([named("Job", {"Revision": "2"}), failing()])


def test_a_rollback_prefers_a_good_job_to_a_later_one_that_has_failed(stack, aws):
    good = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]
    aws.job_end = {"AutoMLJobStatus": "Failed"}
    bad = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    other = stack.update(TYPE, bad, JOB, MORE_CANDIDATES)["PhysicalResourceId"]
    stack.status = ROLLBACK

    back = stack.update(TYPE, other, MORE_CANDIDATES, JOB)

    assert back["PhysicalResourceId"] == good != bad


def test_a_rollback_does_not_keep_a_failed_job_of_the_same_settings(stack, aws):
    good = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.wait(7200)
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]
    aws.job_end = {"AutoMLJobStatus": "Failed", "FailureReason": "bad data"}
    renamed = JOB | {"AutoMLJobName": "renamed"}
    failed = stack.update(TYPE, "renamed", renamed, JOB)["PhysicalResourceId"]
    aws.wait(7200)
    stack.status = ROLLBACK

    answer = stack.update(TYPE, failed, JOB, JOB)

    assert failed != good
    assert answer["PhysicalResourceId"] == good


def test_a_rollback_waits_for_a_job_that_is_listed_late(stack, aws):
    old = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    new = stack.update(TYPE, old, JOB, MORE_CANDIDATES)["PhysicalResourceId"]
    stack.status = ROLLBACK
    real, looks = aws._list_auto_ml_jobs, []

    def late(**request):
        looks.append(request)
        return real(**request) if len(looks) > 2 else {"AutoMLJobSummaries": []}

    aws._list_auto_ml_jobs = late

    assert stack.update(TYPE, new, MORE_CANDIDATES, JOB)["PhysicalResourceId"] == old


def test_a_rollback_does_not_take_the_job_of_another_resource(stack, aws):
    stack.create(TYPE, JOB, LogicalResourceId="Other")
    own = stack.create(TYPE, MORE_CANDIDATES)["PhysicalResourceId"]
    aws.now += 3600
    stack.status = ROLLBACK

    assert stack.update(TYPE, own, MORE_CANDIDATES, JOB)["Status"] == "FAILED"


def test_a_rollback_does_not_take_a_job_of_our_name_that_someone_else_owns(world):
    stack, aws = world
    old = stack.create(TYPE, JOB)["PhysicalResourceId"]
    aws.now += 3600
    new = stack.update(TYPE, old, JOB, MORE_CANDIDATES)["PhysicalResourceId"]
    aws.now += 3600
    aws.tags[aws.jobs[old]["AutoMLJobArn"]]["cdk-automlv2:owner"] = "abcde/another"
    stack.status = ROLLBACK

    assert stack.update(TYPE, new, MORE_CANDIDATES, JOB)["Status"] == "FAILED"
