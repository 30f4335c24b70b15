"""The function serves its own stack alone, and lets no other wait."""

from __future__ import annotations

from dataclasses import replace

import pytest
from automlv2_handlers import entry
from automlv2_handlers.errors import BusyError, RefusedError

from .events import FOLDER, JOB, LINK, OLD
from .fake_aws import FakeAws
from .stack import STACK_ID, Stack

OTHER_ID = "arn:aws:cloudformation:eu-west-1:111122223333:stack/Shop/another"
REQUESTS = {"AutoMLJobV2": JOB, "AutoMLEndpoint": OLD, "AutoMLInput": FOLDER, "AutoMLWait": LINK}


@pytest.fixture
def foreign():
    """A stack that asks the function of another one."""
    aws = FakeAws()
    aws.has_models("churn-1")
    stack = Stack(aws, OTHER_ID)
    stack.environment = replace(stack.environment, stack_id=STACK_ID)
    return stack


@pytest.mark.parametrize("kind", REQUESTS)
@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_another_stack_is_refused_at_once_and_nothing_is_called(foreign, kind, request_type):
    more = {} if request_type == "Create" else {"PhysicalResourceId": "theirs"}

    answer = foreign.send(foreign.event(request_type, kind, REQUESTS[kind], **more))

    assert answer["Status"] == "FAILED"
    assert "belongs to another stack" in answer["Reason"]
    assert not foreign.aws.calls
    assert answer["PhysicalResourceId"]


@pytest.mark.parametrize("kind", REQUESTS)
@pytest.mark.parametrize("name", ["theirs", "s3://out/inputs/1/"])
def test_a_delete_of_another_stack_succeeds_untouched(foreign, kind, name):
    foreign.aws.written["s3://out/inputs/1/a.csv"] = b""

    answer = foreign.delete(kind, name, REQUESTS[kind])

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", name)
    assert not foreign.aws.calls
    assert foreign.aws.written


@pytest.mark.parametrize("task", ["Poll", "Respond"])
@pytest.mark.parametrize("settled", [True, False])
def test_a_state_of_another_stack_is_refused_by_every_task(foreign, task, settled):
    event = foreign.event("Create", "AutoMLJobV2", JOB)
    foreign.sent[event["RequestId"]] = (event, foreign.aws.now)
    state = {"Event": event, "StartedAt": foreign.aws.now, "Progress": {}, "Settled": settled}
    if settled:
        state["Answer"] = {"Status": "SUCCESS", "PhysicalResourceId": "mine", "Reason": ""}

    after = entry.serve({"Task": task, "State": state}, foreign.environment)

    if task == "Poll":
        assert after["Settled"]
        entry.serve({"Task": "Respond", "State": after}, foreign.environment)
    assert foreign.answer(event)["Status"] == "FAILED"
    assert not foreign.aws.calls


def test_its_own_stack_is_served(aws):
    stack = Stack(aws)
    stack.environment = replace(stack.environment, stack_id=STACK_ID)

    assert stack.create("AutoMLJobV2", JOB)["Status"] == "SUCCESS"


GONE = [RefusedError("StartExecution: StateMachineDoesNotExist"), BusyError("Rate exceeded")]


@pytest.mark.parametrize("error", GONE, ids=lambda error: type(error).__name__)
def test_a_delete_without_a_state_machine_deletes_all_the_same(aws, error):
    aws.has_models("churn-1")
    stack = Stack(aws)
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    aws.now += 3600
    aws.failures["start_execution"] = [error] * 99
    stack.status = "DELETE_IN_PROGRESS"

    answer = stack.delete("AutoMLEndpoint", name, OLD)

    aws.failures["start_execution"] = []
    assert answer["Status"] == "SUCCESS"
    assert not aws.endpoints
    assert not aws.configs


def test_what_is_being_deleted_when_the_invocation_ends_counts_as_gone(aws):
    aws.has_models("churn-1")
    stack = Stack(aws)
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    aws.now += 3600
    began = aws.now
    limited = replace(stack.environment, seconds_left=lambda: 300 - (aws.now - began))
    stack.environment = limited
    aws.failures["start_execution"] = [GONE[0]] * 99
    stack.status = "DELETE_IN_PROGRESS"

    answer = stack.delete("AutoMLEndpoint", name, OLD)

    aws.failures["start_execution"] = []
    assert answer["Status"] == "SUCCESS"
    assert aws.now - began < 200
    assert not aws.configs
    aws.wait(3600)
    assert aws.seen_endpoint(name) is None


def test_a_delete_without_a_state_machine_stops_a_job(aws):
    stack = Stack(aws)
    aws.job_seconds = 1e6
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.failures["start_execution"] = [GONE[0]] * 99
    stack.status = "DELETE_IN_PROGRESS"

    assert stack.delete("AutoMLJobV2", name, JOB)["Status"] == "SUCCESS"
    aws.failures["start_execution"] = []


def test_a_delete_that_names_no_state_machine_deletes_all_the_same(aws):
    aws.has_models("churn-1")
    stack = Stack(aws)
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    aws.now += 3600
    stack.status = "DELETE_IN_PROGRESS"
    event = stack.event("Delete", "AutoMLEndpoint", OLD, PhysicalResourceId=name)
    del event["ResourceProperties"]["StateMachineArn"]

    assert stack.send(event)["Status"] == "SUCCESS"
    assert not aws.endpoints


def test_a_delete_that_can_not_be_done_in_one_invocation_says_so(aws):
    aws.has_models("churn-1")
    stack = Stack(aws)
    aws.endpoint_seconds = 5000
    event = stack.event("Create", "AutoMLEndpoint", OLD)
    stack.deliver(event)
    aws.run(lambda: bool(aws.endpoints))
    [name] = aws.endpoints
    aws.failures["start_execution"] = [GONE[0]] * 99
    stack.status = "DELETE_IN_PROGRESS"
    gone = stack.event("Delete", "AutoMLEndpoint", OLD, PhysicalResourceId=name)

    stack.deliver(gone)

    aws.failures["start_execution"] = []
    assert stack.answer(gone)["Status"] == "FAILED"
    assert "no state machine to go on" in stack.answer(gone)["Reason"]
    aws.wait(9000)
    stack.delete("AutoMLEndpoint", name, OLD)
