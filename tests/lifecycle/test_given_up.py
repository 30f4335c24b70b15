"""CloudFormation gives a request up at any moment: what the request makes late does not stay.

Models and folders of updates given up are records and files that cost nothing; they may stay until
the stack is deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from automlv2_handlers.errors import BusyError, DeniedError

from . import invariants
from .cloudformation import GivenUp
from .events import FOLDER, JOB, MORE_CANDIDATES, NEW, OLD, made_by_a_job
from .fake_aws import Crash, FakeAws
from .stack import Stack
from .world import World

Event = dict[str, Any]

CREATIONS: dict[str, Callable[[Stack], Event]] = {
    "AutoMLJobV2": lambda stack: JOB,
    "AutoMLModel": made_by_a_job,
    "AutoMLEndpoint": lambda stack: OLD,
    "AutoMLInput": lambda stack: FOLDER,
}
UPDATES: dict[str, tuple[Event, Event]] = {
    "AutoMLJobV2": (JOB, MORE_CANDIDATES),
    "AutoMLEndpoint": (OLD, NEW),
}
HOW = ["while it goes on", "after it has died"]


def world() -> tuple[FakeAws, Stack]:
    aws = FakeAws()
    aws.has_models("churn-1", "churn-2")
    return aws, Stack(aws)


def play(aws: FakeAws, stack: Stack, event: Event, number: int, then: Callable[[], None]) -> None:
    """Deliver the event, and let ``then`` happen at its ``number``-th call."""
    aws.interrupt_at, aws.interrupt = aws.entered + number, then
    stack.invoke(event)
    aws.run()
    aws.interrupt = None


def calls_of(arrange: Callable[[Stack], Event]) -> int:
    aws, stack = world()
    event = arrange(stack)
    before = aws.entered
    stack.invoke(event)
    aws.run()
    return aws.entered - before


@pytest.mark.parametrize("kind", CREATIONS)
@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("status", ["ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS"])
def test_a_creation_given_up_at_any_call_leaves_nothing(kind, how, status):
    def arrange(stack: Stack) -> Event:
        return stack.event("Create", kind, CREATIONS[kind](stack))

    for number in range(1, calls_of(arrange) + 1):
        aws, stack = world()
        event = arrange(stack)
        kept = set(aws.models)

        def give_up(stack=stack, event=event):
            stack.status = status
            properties = event["ResourceProperties"]
            gone = stack.event("Delete", kind, properties, PhysicalResourceId="Shop-Churn-ABC")
            stack.invoke(gone)
            if how == "after it has died":
                raise Crash

        play(aws, stack, event, number, give_up)

        where = f"given up at call {number}"
        assert set(aws.models) == kept, where
        assert not aws.endpoints, where
        assert not aws.configs, where
        assert not aws.written, where
        assert not invariants.running_jobs(aws), where
        invariants.check_answers(stack)


@pytest.mark.parametrize("kind", ["AutoMLModel", "AutoMLEndpoint"])
def test_a_creation_given_up_leaves_nothing_that_it_took_over_from_an_earlier_one(kind):
    def arrange(stack: Stack) -> Event:
        stack.create(kind, CREATIONS[kind](stack))
        return stack.event("Create", kind, CREATIONS[kind](stack))

    left = []
    for number in range(1, calls_of(arrange) + 1):
        aws, stack = world()
        event = arrange(stack)

        def give_up(aws=aws, stack=stack):
            aws.set_status(stack.stack_id, "ROLLBACK_IN_PROGRESS")

        play(aws, stack, event, number, give_up)
        if stack.answer(event)["Status"] == "FAILED":
            left.append(len(aws.endpoints) + len(aws.models) - len({"churn-1", "churn-2"}))

    assert left[-1] == 0, "given up after it had taken it over"
    assert set(left) == {0, 1}, "given up before it had taken it over"


@pytest.mark.parametrize("kind", UPDATES)
@pytest.mark.parametrize("how", HOW)
def test_an_update_given_up_at_any_call_ends_where_it_began(kind, how):
    old, new = UPDATES[kind]

    def arrange(stack: Stack) -> Event:
        name = stack.create(kind, old)["PhysicalResourceId"]
        stack.aws.now += 3600
        before = stack.event("Update", kind, old)["ResourceProperties"]
        event = stack.event("Update", kind, new, PhysicalResourceId=name)
        return event | {"OldResourceProperties": before}

    for number in range(1, calls_of(arrange) + 1):
        aws, stack = world()
        event = arrange(stack)
        before = footprint(aws)
        back = event | {
            "RequestId": "back",
            "ResponseURL": "https://cfn.example/back",
            "ResourceProperties": event["OldResourceProperties"],
            "OldResourceProperties": event["ResourceProperties"],
        }
        stack.answers["back"] = []

        def give_up(stack=stack, back=back):
            stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"
            stack.invoke(back)
            if how == "after it has died":
                raise Crash

        aws.interrupt_at, aws.interrupt = aws.entered + number, give_up
        stack.invoke(event)
        stack.run(until=lambda stack=stack: bool(stack.answers["back"]))
        stack.status = aws.status = "UPDATE_ROLLBACK_COMPLETE"
        aws.run()

        [answer] = stack.answers["back"]
        assert answer["Status"] == "SUCCESS", number
        assert answer["PhysicalResourceId"] == event["PhysicalResourceId"], number
        assert footprint(aws) == before, f"given up at call {number}"
        assert aws.misdeeds == []
        invariants.check_answers(stack)


@pytest.mark.parametrize("after", [1, 40, 250])
def test_the_model_of_a_renamed_endpoint_that_is_given_up_goes_too(after):
    world = World(forgets=False, compares=True)
    assert world.deploy("Shop")
    before = set(world.aws.models)
    world.change("Shop", [("endpoint_name", "renamed"), ("revision", "2")])

    assert not world.deploy("Shop", given_up=GivenUp("Endpoint", after))
    world.aws.run()

    assert set(world.aws.models) == before


def footprint(aws: FakeAws) -> dict[str, Any]:
    """What there is, and what runs."""
    serving = {name: aws.seen_endpoint(name) for name in list(aws.endpoints)}
    return {
        "endpoints": {
            name: (found or {}).get("EndpointConfigName") for name, found in serving.items()
        },
        "configs": set(aws.configs),
        "running": invariants.running_jobs(aws),
    }


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "CREATE_FAILED"])
def test_an_update_that_comes_when_all_is_over_does_nothing(stack, aws, status):
    name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
    aws.now += 3600
    stack.status = status

    answer = stack.update("AutoMLJobV2", name, JOB, MORE_CANDIDATES)

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == (f"request abandoned: the stack is now {status}")
    assert len(aws.jobs) == 1


def test_a_status_read_too_early_stops_nothing(stack, aws):
    stack.status = "UPDATE_COMPLETE"
    event = stack.event("Create", "AutoMLJobV2", JOB)
    stack.deliver(event)
    aws.status = "UPDATE_IN_PROGRESS"
    stack.run()

    assert stack.answer(event)["Status"] == "SUCCESS"


def test_a_status_that_cannot_be_read_stops_nothing(stack, aws):
    stack.status = ""
    aws.failures["stack_status"] = [BusyError("Rate exceeded")] * 99

    assert stack.create("AutoMLJobV2", JOB)["Status"] == "SUCCESS"


@pytest.mark.parametrize("kind", CREATIONS)
def test_a_delete_with_an_invented_id_spares_what_the_next_creation_has_made(kind):
    aws, stack = world()
    name, properties = made(aws, stack, kind)
    aws.physical_ids[stack.stack_id, "Churn"] = name
    before = all_there_is(aws)

    assert stack.delete(kind, "Shop-Churn-INVENTED", properties)["Status"] == "SUCCESS"
    assert all_there_is(aws) == before


@pytest.mark.parametrize("kind", CREATIONS)
def test_a_delete_with_an_invented_id_leaves_nothing_though_the_stack_cannot_be_read(kind):
    aws, stack = world()
    _, properties = made(aws, stack, kind)
    aws.failures["physical_id"] = [DeniedError("no")] * 99

    assert stack.delete(kind, "Shop-Churn-INVENTED", properties)["Status"] == "SUCCESS"
    assert not any(all_there_is(aws).values())


def made(aws: FakeAws, stack: Stack, kind: str) -> tuple[str, Event]:
    """Make something; return its name and its properties."""
    properties = CREATIONS[kind](stack)
    if kind == "AutoMLJobV2":
        aws.job_seconds = 1e9
    return stack.create(kind, properties)["PhysicalResourceId"], properties


def all_there_is(aws: FakeAws) -> dict[str, Any]:
    """What there is of ours, and what runs."""
    models = {name for name in aws.models if invariants.is_ours(aws, "model", name)}
    return {**footprint(aws), "models": models, "written": set(aws.written)}


def test_a_delete_of_old_times_spares_what_the_stack_has_again(stack, aws):
    aws.has_models("churn-1")
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    aws.physical_ids[stack.stack_id, "Churn"] = name

    answer = stack.delete("AutoMLEndpoint", name, OLD)

    assert answer["Status"] == "SUCCESS"
    assert set(aws.endpoints) == {name}
    stack.status = "DELETE_IN_PROGRESS"
    stack.delete("AutoMLEndpoint", name, OLD)
    assert not aws.endpoints


def test_a_creation_that_comes_again_when_all_is_over_spares_what_it_made(stack, aws):
    aws.has_models("churn-1")
    event = stack.event("Create", "AutoMLEndpoint", OLD)
    name = stack.send(event)["PhysicalResourceId"]
    aws.executions.clear()  # Step Functions forgets the name of an execution after 90 days.
    stack.status = "UPDATE_COMPLETE"
    aws.failures["physical_id"] = [DeniedError("no")] * 99

    stack.deliver(event)
    aws.run()

    assert set(aws.endpoints) == {name}
    stack.answers[event["RequestId"]].pop()  # CloudFormation takes the first answer alone.


@pytest.mark.parametrize("kind", CREATIONS)
def test_deleting_the_stack_takes_what_deployments_without_rollback_have_left(kind):
    aws, stack = world()
    kept = set(aws.models)
    properties = CREATIONS[kind](stack)
    if kind == "AutoMLJobV2":
        aws.job_seconds = 1e9
    changed = properties | {"Revision": "2", "EnableNetworkIsolation": True, "ModelName": "x"}
    if kind == "AutoMLEndpoint":
        changed = properties | {"EndpointName": "renamed"}
    if kind == "AutoMLInput":
        changed = properties | {"S3Uri": f"{FOLDER['Folder']}2/"}
    first = stack.create(kind, properties)["PhysicalResourceId"]
    aws.now += 60
    last = stack.update(kind, first, properties, changed)["PhysicalResourceId"]
    stack.status = "DELETE_IN_PROGRESS"

    stack.delete(kind, last, changed)

    assert not aws.endpoints
    assert not aws.configs
    assert not invariants.running_jobs(aws)
    assert set(aws.models) == kept
    assert not aws.written


@pytest.mark.parametrize("kind", ["AutoMLModel", "AutoMLEndpoint"])
def test_deleting_the_stack_spares_what_was_retained_when_it_was_replaced(kind):
    aws, stack = world()
    retained = CREATIONS[kind](stack) | {"Retained": True}
    first = stack.create(kind, retained)["PhysicalResourceId"]
    changed = retained | {"EnableNetworkIsolation": True, "EndpointName": "renamed"}
    last = stack.update(kind, first, retained, changed)["PhysicalResourceId"]
    not_retained = {key: value for key, value in changed.items() if key != "Retained"}
    stack.update(kind, last, changed, not_retained)
    kept = (set(aws.models) | set(aws.endpoints)) - {last}
    stack.status = "DELETE_IN_PROGRESS"

    stack.delete(kind, last, not_retained)

    assert first != last
    assert first in kept
    assert set(aws.models) | set(aws.endpoints) == kept
    invariants.check_endpoints(aws)


def test_a_job_that_a_later_request_has_stays_its_own_when_the_one_given_up_goes_on():
    team_a, team_b = (
        MORE_CANDIDATES | {"Tags": [{"Key": "team", "Value": name}]} for name in ("a", "b")
    )

    def arrange(stack: Stack) -> Event:
        return stack.event("Create", "AutoMLJobV2", JOB)

    for number in range(1, calls_of(arrange) + 1):
        aws, stack = world()
        name = stack.create("AutoMLJobV2", JOB)["PhysicalResourceId"]
        aws.wait(4000)
        update = {"OldResourceProperties": JOB, "PhysicalResourceId": name}
        first, later = (
            stack.event("Update", "AutoMLJobV2", wanted, **update) for wanted in (team_a, team_b)
        )

        def ask_again(aws=aws, stack=stack, later=later):
            aws.interrupt = None
            aws.now += 2
            stack.invoke(later)

        play(aws, stack, first, number, ask_again)

        job = stack.answer(later)["PhysicalResourceId"]
        tags = aws.tags[aws.jobs[job]["AutoMLJobArn"]]
        assert tags["team"] == "b", f"given up at call {number}"
        assert tags["cdk-automlv2:request"] == later["RequestId"], f"given up at call {number}"


def test_a_rollback_goes_back_though_the_update_given_up_took_itself_for_it():
    aws, stack = world()
    name = stack.create("AutoMLEndpoint", OLD)["PhysicalResourceId"]
    served = aws.endpoints[name]["EndpointConfigName"]
    aws.wait(3600)
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"  # It is that already at the first look.
    given_up = stack.event("Update", "AutoMLEndpoint", NEW, PhysicalResourceId=name)
    back = stack.event("Update", "AutoMLEndpoint", OLD, PhysicalResourceId=name)
    old, new = back["ResourceProperties"], given_up["ResourceProperties"]

    stack.invoke(given_up | {"OldResourceProperties": old})
    aws.wait(600)  # Where calls are throttled, the next request looks so late.
    stack.invoke(back | {"OldResourceProperties": new})
    aws.run()

    assert stack.answer(back)["Status"] == "SUCCESS"
    assert aws.endpoints[name]["EndpointConfigName"] == served
