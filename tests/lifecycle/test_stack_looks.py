"""One look at the stack may show what was a moment ago: it decides nothing that stays."""

from __future__ import annotations

import pytest
from automlv2_handlers import stack_phase
from automlv2_handlers.errors import BusyError, DeniedError, RefusedError
from automlv2_handlers.stack_phase import Phase, phase_of

from . import invariants
from .events import FOLDER, JOB, MORE_CANDIDATES, NEW, OLD, config_of, made_by_a_job
from .fake_aws import FakeAws
from .stack import Stack

MODELS = ("churn-1", "churn-2")
BACK = "UPDATE_ROLLBACK_IN_PROGRESS"
FORWARD = "UPDATE_IN_PROGRESS"
UNREADABLE = [BusyError("Rate exceeded"), DeniedError("no"), RefusedError("no")]

REFUSED = [DeniedError("no")] * 4


@pytest.fixture
def looks(aws):
    """Let the first looks at the stack show something else than the truth."""

    def show(*first):
        real, left = aws.stack_status, list(first)

        def stack_status(stack_id):
            truth = real(stack_id)
            seen = left.pop(0) if left else truth
            if isinstance(seen, Exception):
                raise seen
            return seen

        aws.stack_status = stack_status

    return show


STALE = {
    "one look": [FORWARD],
    "one look, after another that shows nothing": [RefusedError("no"), FORWARD],
    "one look, before another that shows nothing": [FORWARD, BusyError("Rate exceeded")],
    "a look at the end of an earlier deployment": ["UPDATE_COMPLETE", FORWARD],
    "looks that differ": [FORWARD, BACK, FORWARD],
    "one look among many that are refused": [*REFUSED, FORWARD, *REFUSED],
}


@pytest.mark.parametrize("stale", STALE)
def test_a_stale_look_does_not_fail_the_rollback_of_an_endpoint(stack, aws, looks, stale):
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    before = config_of(aws, name)
    aws.wait(3600)
    stack.update("AutoMLEndpoint", name, OLD, NEW)
    aws.wait(3600)
    stack.status = BACK
    looks(*STALE[stale])

    assert stack.update("AutoMLEndpoint", name, NEW, OLD)["Status"] == "SUCCESS"
    assert config_of(aws, name) == before


@pytest.mark.parametrize("stale", STALE)
def test_a_stale_look_does_not_train_in_a_rollback(stack, aws, looks, stale):
    old = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.wait(3600)
    new = stack.update("AutoMLJobV2", old, JOB, MORE_CANDIDATES)["PhysicalResourceId"]
    aws.wait(3600)
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]
    stack.status = BACK
    looks(*STALE[stale])

    back = stack.update("AutoMLJobV2", new, MORE_CANDIDATES, JOB)

    assert (back["Status"], back["PhysicalResourceId"]) == ("SUCCESS", old)
    assert len(aws.jobs) == 2


def test_the_one_look_that_shows_a_rollback_has_to_do_where_no_other_is_to_be_had(
    stack, aws, looks
):
    old = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.wait(3600)
    new = stack.update("AutoMLJobV2", old, JOB, MORE_CANDIDATES)["PhysicalResourceId"]
    aws.wait(3600)
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]
    looks(BACK, *[DeniedError("no")] * 99)

    assert stack.update("AutoMLJobV2", new, MORE_CANDIDATES, JOB)["PhysicalResourceId"] == old
    assert len(aws.jobs) == 2


def test_the_second_look_at_an_update_comes_at_once(stack, aws):
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    aws.now += 3600
    began = aws.now
    event = stack.event("Update", "AutoMLEndpoint", NEW, PhysicalResourceId=name)
    old = stack.event("Update", "AutoMLEndpoint", OLD)["ResourceProperties"]

    stack.deliver(event | {"OldResourceProperties": old})
    aws.run(lambda: aws.calls["update_endpoint"] == 1)

    assert aws.now == began
    stack.run()


@pytest.mark.parametrize("seen", [BACK, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_a_look_at_an_earlier_rollback_does_not_stop_an_update(stack, aws, looks, seen):
    old = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.wait(3600)
    looks(seen)

    answer = stack.update("AutoMLJobV2", old, JOB, MORE_CANDIDATES)

    assert answer["Status"] == "SUCCESS"
    assert len(aws.jobs) == 2


@pytest.mark.parametrize("kind", ["AutoMLJobV2", "AutoMLEndpoint"])
@pytest.mark.parametrize("between", UNREADABLE, ids=lambda error: type(error).__name__)
def test_a_look_that_sees_nothing_takes_no_doubt_away(stack, aws, looks, kind, between):
    stack.status = "UPDATE_ROLLBACK_COMPLETE"
    looks("UPDATE_ROLLBACK_COMPLETE", between)

    answer = stack.create(kind, JOB if kind == "AutoMLJobV2" else OLD)

    assert answer["Status"] == "FAILED"
    assert "the stack is now" in answer["Reason"]
    assert not invariants.running_jobs(aws)
    assert not aws.endpoints


@pytest.mark.parametrize("wanted", [FORWARD, "CREATE_IN_PROGRESS"])
@pytest.mark.parametrize("kind", ["AutoMLJobV2", "AutoMLEndpoint"])
def test_a_look_that_sees_the_request_wanted_takes_the_doubt_away(stack, aws, looks, kind, wanted):
    over = "UPDATE_ROLLBACK_COMPLETE"
    stack.status = wanted
    looks(over, wanted, over, wanted)

    assert stack.create(kind, JOB if kind == "AutoMLJobV2" else OLD)["Status"] == "SUCCESS"


def test_an_unknown_status_takes_no_doubt_away(stack, aws, looks):
    properties = made_by_a_job(stack)
    stack.status = "UPDATE_ROLLBACK_COMPLETE"
    looks("UPDATE_ROLLBACK_COMPLETE", "SOMETHING_NEW_IN_PROGRESS")
    began = aws.now

    assert stack.create("AutoMLModel", properties)["Status"] == "FAILED"
    assert aws.now == began


@pytest.mark.parametrize("error", UNREADABLE, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("request_type", ["Create", "Update", "Delete"])
def test_a_stack_that_can_never_be_read_stops_nothing(stack, aws, error, request_type):
    first = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    aws.now += 3600
    aws.failures["stack_status"] = [error] * 999

    if request_type == "Create":
        answer = stack.create("AutoMLEndpoint", OLD, LogicalResourceId="Other")
    elif request_type == "Update":
        answer = stack.update("AutoMLEndpoint", first, OLD, NEW)
    else:
        answer = stack.delete("AutoMLEndpoint", first, OLD)

    aws.failures["stack_status"] = []
    assert answer["Status"] == "SUCCESS"


def test_a_right_to_see_the_stack_that_comes_late_is_waited_for(stack, aws, looks):
    old = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.wait(3600)
    new = stack.update("AutoMLJobV2", old, JOB, MORE_CANDIDATES)["PhysicalResourceId"]
    aws.wait(3600)
    aws.buckets["in"] = [("train/a.csv", "e2", 10)]
    stack.status = BACK
    looks(*[DeniedError("not yet")] * 4)

    assert stack.update("AutoMLJobV2", new, MORE_CANDIDATES, JOB)["PhysicalResourceId"] == old


def test_an_update_of_a_stack_that_has_turned_since_is_not_wanted(stack, aws):
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    aws.wait(3600)
    before = config_of(aws, name)
    stack.status = FORWARD
    event = stack.event("Update", "AutoMLEndpoint", NEW, PhysicalResourceId=name)
    old = stack.event("Update", "AutoMLEndpoint", OLD)["ResourceProperties"]
    looks = []
    real = aws.stack_status

    def turns_after_two(stack_id):
        looks.append(stack_id)
        return FORWARD if len(looks) <= 2 else BACK

    aws.stack_status = turns_after_two
    aws.failures["describe_endpoint"] = [BusyError("Rate exceeded")]
    stack.deliver(event | {"OldResourceProperties": old})
    stack.run()
    aws.stack_status = real

    assert "the stack is now" in stack.answer(event)["Reason"]
    assert config_of(aws, name) == before


@pytest.mark.parametrize("kind", ["AutoMLModel", "AutoMLInput"])
def test_a_stale_look_leaves_nothing_when_the_stack_is_deleted(kind):
    aws = FakeAws()
    stack = Stack(aws)
    properties = made_by_a_job(stack) if kind == "AutoMLModel" else FOLDER
    changed = properties | {"EnableNetworkIsolation": True, "S3Uri": f"{FOLDER['Folder']}2/"}
    first = stack.create(kind, properties)["PhysicalResourceId"]
    aws.now += 60
    last = stack.update(kind, first, properties, changed)["PhysicalResourceId"]
    assert first != last
    stack.status = "DELETE_IN_PROGRESS"
    seen = ["CREATE_COMPLETE"] * 3  # Two before it is deleted, one at the deletion.
    real = aws.stack_status
    aws.stack_status = lambda stack_id: seen.pop(0) if seen else real(stack_id)

    assert stack.delete(kind, last, changed)["Status"] == "SUCCESS"

    assert not aws.models
    assert not aws.written


def test_one_stale_look_does_not_delete_what_the_stack_has(stack, aws):
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    aws.physical_ids[stack.stack_id, "Churn"] = name
    real, seen = aws.physical_id, ["another"]
    aws.physical_id = lambda *which: seen.pop(0) if seen else real(*which)

    assert stack.delete("AutoMLEndpoint", name, OLD)["Status"] == "SUCCESS"
    assert set(aws.endpoints) == {name}
    stack.status = "DELETE_IN_PROGRESS"
    stack.delete("AutoMLEndpoint", name, OLD)


def test_one_stale_look_does_not_spare_what_the_stack_has_no_more(stack, aws):
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    seen = [name]
    aws.physical_id = lambda *which: seen.pop(0) if seen else "another"

    assert stack.delete("AutoMLEndpoint", name, OLD)["Status"] == "SUCCESS"
    assert not aws.endpoints


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("REVIEW_IN_PROGRESS", Phase.FORWARD),
        ("IMPORT_ROLLBACK_IN_PROGRESS", Phase.BACK),
        ("ROLLBACK_IN_PROGRESS", Phase.BACK),
        ("DELETE_IN_PROGRESS", Phase.LEAVING),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", Phase.OVER),
        ("UPDATE_ROLLBACK_FAILED", Phase.OVER),
        ("DELETE_COMPLETE", Phase.OVER),
        ("", Phase.UNKNOWN),
        ("SOMETHING_NEW_IN_PROGRESS", Phase.UNKNOWN),
    ],
)
def test_a_status_tells_what_the_stack_is_doing(status, phase):
    assert phase_of(status) is phase
    assert set(stack_phase.PHASES.values()) == set(Phase) - {Phase.UNKNOWN}
