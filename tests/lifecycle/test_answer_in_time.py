"""Whatever a kind does, its request is answered in time, and what it made is cleaned up."""

from __future__ import annotations

import json
import math

import pytest
from automlv2_handlers import entry
from automlv2_handlers.errors import (
    BusyError,
    DeniedError,
    NotFoundError,
    OutOfTimeError,
    RefusedError,
)
from automlv2_handlers.outcomes import MADE, Done, Pending
from automlv2_handlers.resources.kind import Kind
from automlv2_handlers.resources.registry import KINDS

from .events import JOB, LINK, NEW, OLD
from .fake_aws import Crash, FakeAws
from .stack import Stack

MODELS = ("churn-1", "churn-2")
NOVELTY = "AutoMLNovelty"


@pytest.fixture
def novelty(monkeypatch):
    """Register a kind of resource whose step is given."""

    def register(step, **more):
        kind = Kind(f"Custom::{NOVELTY}", step, lambda event: event.physical_id or "novel", **more)
        monkeypatch.setitem(KINDS, kind.type, kind)

    return register


def raises(error):
    def step(event, context):
        raise error

    return step


def keeps(value):
    def step(event, context):
        context.progress["Kept"] = value
        return Pending("novel", "the end")

    return step


FAULTS = {
    "raises": (raises(ZeroDivisionError("division\nby zero")), "ZeroDivisionError: division by"),
    "raises a text that is no text": (raises(ValueError("\ud800\x00")), "ValueError: ?"),
    "raises a text without end": (raises(ValueError("x" * 300_000)), "ValueError: xxx"),
    "recurses": (raises(RecursionError()), "RecursionError"),
    "returns nothing": (lambda event, context: None, "returned NoneType"),
    "returns a dict": (lambda event, context: {"Status": "SUCCESS"}, "returned dict"),
    "returns no name": (lambda event, context: Done(""), "no physical id"),
    "returns a number": (lambda event, context: Done(7), "no physical id"),
    "returns a long name": (lambda event, context: Done("x" * 9999), "has 9999 bytes"),
    "returns what json lacks": (lambda event, context: Done("n", {"a": object()}), "of JSON"),
    "returns too much": (lambda event, context: Done("n", {"a": "x" * 9999}), "too long"),
    "keeps what json lacks": (keeps({1, 2}), "not a value of JSON"),
    "keeps too much": (keeps("x" * 300_000), "bytes of progress"),
    "keeps no number": (keeps(math.nan), "not a value of JSON"),
    "waits for ever": (keeps("x"), "no end in 56 min; waited for: the end"),
    "is busy for ever": (raises(BusyError("Rate exceeded")), "waited for: Rate exceeded"),
    "is broken off for ever": (raises(OutOfTimeError("broken off")), "waited for: broken off"),
}


@pytest.mark.parametrize("request_type", ["Create", "Update", "Delete"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("makes_things", [True, False])
def test_a_kind_that_goes_wrong_is_answered(stack, novelty, fault, request_type, makes_things):
    step, why = FAULTS[fault]
    novelty(step, makes_things=makes_things)
    more = {} if request_type == "Create" else {"PhysicalResourceId": "novel"}

    answer = stack.send(stack.event(request_type, NOVELTY, {}, **more))

    assert answer["Status"] == "FAILED"
    assert why in answer["Reason"]
    assert "\n" not in answer["Reason"]
    assert answer["PhysicalResourceId"] == "novel"


@pytest.mark.parametrize("fault", ["keeps what json lacks", "returns too much", "returns no name"])
def test_what_a_kind_made_before_it_went_wrong_is_cleaned_up(stack, novelty, fault):
    deleted = []

    def step(event, context):
        if event.request_type == "Delete":
            deleted.append(event.physical_id)
            return Done(event.physical_id)
        context.progress[MADE] = "made"
        return FAULTS[fault][0](event, context)

    novelty(step)

    assert stack.create(NOVELTY, {})["Status"] == "FAILED"
    assert deleted == ["made"]


@pytest.mark.parametrize(("made", "gone"), [("novel", []), ("beside", ["beside"]), ("", [])])
def test_an_update_that_fails_cleans_up_only_what_it_made_beside_the_old(
    stack, novelty, made, gone
):
    deleted = []

    def step(event, context):
        if event.request_type == "Delete":
            deleted.append(event.physical_id)
            return Done(event.physical_id)
        context.progress[MADE] = made
        raise RefusedError("no")

    novelty(step)

    answer = stack.update(NOVELTY, "novel", {}, {"New": "1"})

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "novel")
    assert deleted == gone


def test_cleaning_up_has_its_end_too(stack, aws, novelty):
    def step(event, context):
        if event.request_type == "Delete":
            return Pending(event.physical_id, "never gone")
        context.progress[MADE] = "made"
        raise RefusedError("no")

    novelty(step)
    began = aws.now

    answer = stack.create(NOVELTY, {})

    assert answer["Reason"] == "no"
    assert 3300 < aws.now - began < 3500


def test_a_resource_with_little_time_is_answered_within_it(stack, aws, novelty):
    novelty(keeps("x"))
    began = aws.now

    answer = stack.create(NOVELTY, {"ServiceTimeout": 245})

    assert answer["Status"] == "FAILED"
    assert aws.now - began < 245


def test_cleaning_up_that_is_denied_is_given_up_after_a_minute(stack, aws, novelty):
    def step(event, context):
        if event.request_type == "Delete":
            raise DeniedError("not authorized")
        context.progress[MADE] = "made"
        raise RefusedError("no")

    novelty(step)
    began = aws.now

    assert stack.create(NOVELTY, {})["Reason"] == "no"
    assert 45 <= aws.now - began < 180


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("update_endpoint", "Could not find endpoint configuration"),
        ("create_endpoint_config", "Could not find model"),
        ("describe_endpoint_config", "Rate exceeded"),
    ],
)
def test_an_update_that_never_finds_its_parts_is_answered(stack, aws, call, message):
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    aws.now += 3600
    kind = BusyError if message == "Rate exceeded" else NotFoundError
    aws.failures[call] = [kind(message)] * 5000
    began = aws.now

    event = stack.event("Update", "AutoMLEndpoint", NEW, PhysicalResourceId=name)
    before = stack.event("Update", "AutoMLEndpoint", OLD)["ResourceProperties"]
    stack.deliver(event | {"OldResourceProperties": before})
    aws.run(lambda: bool(stack.answers[event["RequestId"]]))

    took = aws.now - began
    aws.failures[call].clear()
    assert message in stack.answer(event)["Reason"]
    assert took < (3600 if kind is BusyError else 600)
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    assert stack.update("AutoMLEndpoint", name, NEW, OLD)["Status"] == "SUCCESS"


def test_a_configuration_not_seen_for_a_while_does_not_end_an_update(stack, aws):
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    aws.now += 3600
    aws.shows_late("update_endpoint", "Could not find configuration", 8)

    assert stack.update("AutoMLEndpoint", name, OLD, NEW)["Status"] == "SUCCESS"


def test_a_function_that_dies_at_every_poll_is_answered_in_time(stack, aws):
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.job_seconds = 1e6
    event = stack.event("Create", "AutoMLWait", LINK | {"AutoMLJobName": name})
    stack.deliver(event)
    began = aws.now
    real = aws.call

    def dies(operation, **request):
        raise Crash

    aws.call = dies
    stack.run()
    aws.call = real

    assert stack.answer(event)["Reason"].startswith("polling broke down: Crash")
    assert 3000 < aws.now - began < 3540
    assert stack.longest_history < 5000


def test_a_link_whose_function_dies_until_its_end_hands_over(stack, aws):
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.job_seconds = 1e6
    event = stack.event("Create", "AutoMLWait", LINK | {"AutoMLJobName": name, "Last": False})
    stack.deliver(event)
    real, began = aws.call, aws.now

    def dies(operation, **request):
        if aws.now - began > 600:
            raise Crash
        return real(operation, **request)

    aws.call = dies
    stack.run()
    aws.call = real

    assert stack.answer(event)["Status"] == "SUCCESS"
    assert not stack.answer(event)["Data"]


def test_a_link_that_is_throttled_until_its_end_hands_over(stack, aws):
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.job_seconds = 1e6
    aws.failures["describe_auto_ml_job_v2"] = [BusyError("Rate exceeded")] * 5000
    link = LINK | {"AutoMLJobName": name, "Last": False}

    answer = stack.create("AutoMLWait", link)

    aws.failures.clear()
    assert answer["Status"] == "SUCCESS"
    assert not answer["Data"]


@pytest.mark.parametrize("minutes", [10, 30, 45])
def test_a_function_throttled_for_a_while_ends_no_wait(stack, aws, minutes):
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.job_seconds = 3000
    event = stack.event("Create", "AutoMLWait", LINK | {"AutoMLJobName": name})
    stack.deliver(event)
    real, began = aws.call, aws.now

    def throttled(operation, **request):
        if 300 < aws.now - began < 300 + minutes * 60:
            raise Crash
        return real(operation, **request)

    aws.call = throttled
    stack.run()
    aws.call = real

    assert stack.answer(event)["Status"] == "SUCCESS"


@pytest.mark.parametrize("size", [180_000, 200_000, 400_000])
def test_a_request_of_any_size_is_answered(aws, size):
    stack = Stack(aws)
    aws.has_models("churn-3")

    answer = stack.create("AutoMLEndpoint", OLD | {"Ballast": "x" * size})

    assert answer["Status"] == ("SUCCESS" if size < 190_000 else "FAILED")
    if answer["Status"] == "FAILED":
        assert "the request has" in answer["Reason"]


def test_an_execution_of_an_earlier_version_is_carried_on(stack, aws):
    event = stack.event("Create", "AutoMLJobV2", JOB)
    old = {
        "Event": event,
        "StartedAt": aws.now,
        "WaitSeconds": 15,
        "Denials": 2,
        "Progress": {},
        "Settled": False,
    }

    state = entry.serve({"Task": "Poll", "State": old}, stack.environment)

    assert state["Settled"] is True
    assert state["Answer"]["Status"] == "SUCCESS"
    stack.sent[event["RequestId"]] = (event, aws.now)
    entry.serve({"Task": "Respond", "State": state}, stack.environment)
    assert len(stack.answers[event["RequestId"]]) == 1


def test_what_an_execution_carries_is_what_json_says():
    aws = FakeAws()
    stack = Stack(aws)
    stack.deliver(stack.event("Create", "AutoMLEndpoint", OLD))

    [state] = aws.executions.values()
    assert json.loads(json.dumps(state, allow_nan=False)) == state
    assert state["AnswerBy"].endswith("Z")
