"""A batch transform of a release: each run uses the model that serves when it begins."""

import pytest
from automlv2_handlers.errors import RefusedError

from .events import transform
from .releases import KEY, User, minimum

BATCH = "AutoMLBatchTransform"


@pytest.fixture
def user(stack):
    return User(stack)


def properties(user):
    given = transform(Once=False, Release={"Key": KEY, "TableName": user.stack.table})
    del given["ModelName"]
    return given


@pytest.fixture
def batch(user):
    """Let there be a batch transform beside the release; return how to run it once more."""
    stack, aws = user.stack, user.aws
    wanted = properties(user)
    event = stack.event("Create", BATCH, wanted, LogicalResourceId="Nightly")
    stack.deliver(event)
    aws.run(lambda: bool(stack.answers[event["RequestId"]]))
    answer = stack.answer(event)
    assert answer["Status"] == "SUCCESS"
    aws.physical_ids[stack.stack_id, "Nightly"] = answer["PhysicalResourceId"]
    aws.resource_statuses[stack.stack_id, "Nightly"] = "CREATE_COMPLETE"
    begun = []

    def run():
        begun.append(1)
        task = {
            "Task": "StartTransform",
            "Trigger": {"Kind": "schedule", "Id": str(len(begun))},
            "Run": {
                "StackId": stack.stack_id,
                "LogicalId": "Nightly",
                "Properties": {**wanted, "NameScope": "abcde"},
            },
        }
        stack._serve(task)
        user.run()
        return [event for event in aws.events if "run" in event][-1]

    return run


def used(user):
    return [job["ModelName"] for job in user.aws.transforms.values()]


def test_a_run_does_not_use_the_model_that_serves(user, batch):
    user.deploy()
    user.run()

    told = batch()

    model = user.release(user.head.serving).model
    assert model
    assert used(user) == [model]
    assert (told["state"], told["model"]) == ("completed", model)


def test_a_run_after_the_next_release_uses_the_former_model(user, batch):
    user.deploy()
    user.run()
    batch()
    user.deploy(Job={"Revision": "2"})
    user.run()
    batch()

    former, now = used(user)
    assert now == user.release(user.head.serving).model != former


def test_a_run_before_anything_serves_is_not_told_to_have_failed(user, batch):
    user.deploy(Gates=[minimum(0.99)])
    user.run()

    told = batch()

    assert told["state"] == "failed"
    assert told["reason"].startswith("not started: no candidate of release Churn serves yet")
    assert not user.aws.transforms


def test_a_release_that_moves_on_between_look_and_start_fails_the_run(user, batch):
    user.deploy()
    user.run()
    user.aws.failures["create_transform_job"] = [RefusedError("Could not find model")] * 2

    assert batch()["state"] == "completed"


def test_a_run_that_is_refused_for_another_reason_is_tried_for_ever(user, batch):
    user.deploy()
    user.run()
    user.aws.failures["create_transform_job"] = [RefusedError("no such instance type")] * 99

    told = batch()

    assert told["state"] == "failed"
    assert "no such instance type" in told["reason"]
