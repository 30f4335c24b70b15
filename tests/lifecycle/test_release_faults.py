"""Releases under faults: dying functions, throttling, missing rights, late deliveries."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from automlv2_handlers.errors import BusyError, RefusedError
from automlv2_handlers.releases import machine
from automlv2_handlers.releases.store import Store

from .fake_aws import Crash
from .releases import KEY, User, endpoint, minimum


@pytest.fixture
def user(stack, aws):
    aws.winners_differ = True
    return User(stack)


def die():
    raise Crash


def look_at(user, number):
    """Return the state of an execution after one more look at a release."""
    state = {"Table": user.stack.table, "Key": KEY, "Number": number, "Part": 1, "Turn": 0}
    return machine.poll(state, user.aws, user.aws.now)


def calls_of_a_release():
    """Return how many calls two releases make, one after the other."""
    from .fake_aws import FakeAws
    from .stack import Stack

    aws = FakeAws()
    aws.winners_differ = True
    user = User(Stack(aws))
    user.deploy()
    user.run()
    user.deploy(Job={"Revision": "2"}, Gates=[minimum(0.9)])
    user.run()
    return aws.entered


@pytest.mark.parametrize("number", range(1, calls_of_a_release() + 1, 5))
def test_a_function_that_dies_at_any_call_loses_no_release(user, aws, number):
    def deploy(**more):
        event = user.stack.event("Create", "AutoMLRelease", user.properties(**more))
        if user.deployed is not None:
            event |= {"RequestType": "Update", "PhysicalResourceId": user.physical_id}
            event |= {"OldResourceProperties": event["ResourceProperties"]}
        user.stack.invoke(event)
        user.run()
        answer = user.stack.answers[event["RequestId"]][0]
        assert answer["Status"] == "SUCCESS", answer
        user.deployed, user.physical_id = more, answer["PhysicalResourceId"]

    aws.interrupt_at, aws.interrupt = number, die
    deploy()
    deploy(Job={"Revision": "2"}, Gates=[minimum(0.9)])

    assert user.states[-1] == "in-service"
    user.check_at_rest()


@pytest.mark.parametrize(
    "call",
    [
        *("create_auto_ml_job_v2", "describe_auto_ml_job_v2", "create_model", "create_endpoint"),
        *("describe_endpoint", "create_endpoint_config", "put_item", "transact_write_items"),
        *("get_item", "put_events", "list_models", "list_endpoint_configs"),
    ],
)
@pytest.mark.parametrize("code", ["ThrottlingException", "InternalFailure"])
def test_a_passing_error_ends_no_release(user, aws, call, code):
    user.deploy()
    aws.fail(call, code, times=3)
    user.run()

    assert user.states == ["in-service"]
    user.check_at_rest()


def test_a_record_that_somebody_else_has_written_first_is_read_again(user, aws):
    user.deploy()
    aws.run(lambda: user.release(1).state == "deploying" and bool(user.release(1).model))
    aws.fail("put_item", "ConditionalCheckFailedException", "ConditionalCheckFailed")

    assert not look_at(user, 1)["Settled"]
    assert user.release(1).state == "deploying"
    user.run()
    assert user.states == ["in-service"]
    user.check_at_rest()


def test_a_release_whose_lease_another_one_has_taken_waits(user, aws):
    user.deploy()
    aws.run(lambda: bool(user.release(1).progress.get("Serve", {}).get("Requested")))
    user.store.save(replace(user.head, mover=7, mover_until=aws.now + 900))

    look_at(user, 1)

    assert user.release(1).reason == "release 7, which may still move the endpoint"


@pytest.mark.parametrize(("age", "seconds"), [(0, 15), (800, 100), (7200, 300), (80_000, 300)])
@pytest.mark.parametrize("is_over", [False, True])
def test_a_release_is_looked_at_less_often_as_time_goes_on(user, aws, age, seconds, is_over):
    aws.job_seconds = 3 * 24 * 3600
    user.deploy()
    if is_over:
        aws.job_seconds = 60
        aws.run(lambda: user.release(1).is_over)
    since = user.release(1).since
    aws.fail("describe_auto_ml_job_v2", "ThrottlingException")
    aws.fail("describe_endpoint", "ThrottlingException")
    state = {"Table": user.stack.table, "Key": KEY, "Number": 1, "Part": 1, "Turn": 0}

    assert machine.poll(state, aws, since + age)["WaitSeconds"] == seconds


def test_a_right_that_never_comes_ends_the_release_with_the_right(user, aws):
    user.deploy()
    aws.fail("create_model", "AccessDeniedException", "not authorized: CreateModel", times=999)
    aws.run(lambda: user.release(1).is_over)

    assert user.release(1).state == "failed"
    assert "CreateModel" in user.release(1).reason


def test_a_release_whose_record_is_gone_does_not_block_the_next(user, aws):
    user.deploy(Gates=[minimum(0.99)])
    user.run()
    aws.rows = {place: row for place, row in aws.rows.items() if not place[2].startswith("R#")}

    user.deploy(Gates=[minimum(0.9)])
    user.run()

    assert user.states == ["in-service"]
    assert user.served_job() == user.release(2).job


def test_events_tell_every_state_once_and_in_order(user, aws):
    user.deploy()
    user.run()

    assert [event["state"] for event in aws.events] == [
        *("started", "trained", "deploying", "in-service"),
    ]
    assert [event["sequence"] for event in aws.events] == [1, 2, 3, 4]
    last = aws.events[-1]
    assert last["serving-release"] == 1
    assert last["candidate"]["value"] == 0.97
    assert last["stack"] == "Shop"
    assert last["id"] == KEY


def test_an_event_that_could_not_be_sent_is_sent_later(user, aws):
    user.deploy()
    aws.wait(300)
    aws.fail("put_events", "ThrottlingException", times=2)
    user.run()

    assert [event["state"] for event in aws.events][-1] == "in-service"


def test_a_superseded_release_is_told_by_its_successor(user, aws):
    user.deploy()
    aws.wait(120)
    user.deploy(Job={"Revision": "2"})

    assert ("superseded", 1) in [(event["state"], event["release"]) for event in aws.events]
    assert user.release(2).state == "started"


def test_a_late_move_by_a_release_that_has_lost_is_put_right(user, aws):
    """Its function was in flight when the successor began, and calls after that has ended."""
    user.deploy()
    user.run()
    user.deploy(Job={"Revision": "2"})
    user.run()
    first, second = (user.release(number) for number in (1, 2))
    late = first.settings.request("Endpoint", "Update", first.request_id)
    variants = [{**late.properties["ProductionVariants"][0], "ModelName": second.model}]
    variants[0]["InitialInstanceCount"] = 7

    user.deploy(Job={"Revision": "3"})
    aws.run(lambda: user.release(3).state == "deploying")
    aws.run(lambda: user.release(3).state == "in-service")
    config = {"EndpointConfigName": "late", "ProductionVariants": variants}
    aws.call("create_endpoint_config", **config)
    name = first.settings.endpoint_name
    aws.call("update_endpoint", EndpointName=name, EndpointConfigName="late")
    user.run()

    assert user.served_job() == user.release(3).job
    found = aws.find("describe_endpoint", EndpointName=name)
    assert found["EndpointConfigName"] == user.release(3).config


def test_an_execution_of_fifteen_hundred_looks_hands_on_to_a_fresh_one(user, aws):
    aws.job_seconds = 6 * 24 * 3600
    user.deploy()
    user.run()

    assert user.states == ["in-service"]
    assert user.stack.longest_history < 25_000
    parts = {name.rpartition("-")[2] for name in aws.executions}
    assert parts - {"request"} == {"1", "2"}


def test_a_request_that_comes_late_starts_no_release(user, aws):
    user.deploy()
    user.run()
    stale = user.stack.event("Update", "AutoMLRelease", user.properties(Job={"Revision": "2"}))
    stale |= {
        "PhysicalResourceId": user.physical_id,
        "OldResourceProperties": stale["ResourceProperties"],
    }
    user.stack.status = "UPDATE_ROLLBACK_COMPLETE"
    user.stack.deliver(stale)
    user.run()

    assert user.stack.answer(stale)["Status"] == "FAILED"
    assert user.states == ["in-service"]


def test_a_request_delivered_twice_starts_one_release(user, aws):
    event = user.stack.event("Create", "AutoMLRelease", user.properties())
    user.stack.deliver(event)
    user.stack._serve(event)
    user.run()

    assert user.states == ["in-service"]
    assert aws.calls["create_auto_ml_job_v2"] == 1


def test_two_releases_of_one_stack_do_not_meet(user, aws, stack):
    other = SimpleNamespace(key="Other", name="other-abcdeaaabbbb")
    event = stack.event(
        "Create",
        "AutoMLRelease",
        user.properties(Key=other.key, Endpoint=endpoint(other.name)),
        LogicalResourceId="Other",
    )
    user.deploy()
    stack.deliver(event)
    user.run()
    user.deploy(Job={"Revision": "2"})
    user.run()

    assert set(aws.endpoints) == {other.name, user.head.settings.endpoint_name}
    assert user.states == ["in-service", "in-service"]
    assert user.delete()["Status"] == "SUCCESS"
    user.run()
    assert set(aws.endpoints) == {other.name}


def in_flight(user, number):
    """Let release 2 begin, and time pass, while a function of release 1 is at its n-th call."""
    aws = user.aws
    user.deploy()
    aws.run(lambda: user.release(1).state == "deploying")

    def meanwhile():
        caller, aws.caller = aws.caller, None
        user.deploy(Endpoint=endpoint(InitialInstanceCount=2))
        aws.wait(290)
        aws.caller = caller

    aws.interrupt_at, aws.interrupt = aws.entered + number, meanwhile


@pytest.mark.parametrize("number", range(1, 24))
def test_a_function_in_flight_while_a_successor_begins_loses_against_it(user, aws, number):
    in_flight(user, number)
    user.run()

    assert user.states[-1] == "in-service"
    user.check_at_rest()
    name = user.head.settings.endpoint_name
    found = aws.find("describe_endpoint", EndpointName=name)
    assert found["EndpointConfigName"] == user.release(len(user.states)).config


def test_a_successor_waits_for_the_lease_before_it_moves_the_endpoint(user, aws):
    user.deploy()
    aws.run(lambda: bool(user.head.mover))
    until = user.head.mover_until
    user.deploy(Endpoint=endpoint(InitialInstanceCount=2))
    aws.run(lambda: user.head.mover == 2)

    assert aws.now >= until
    assert "the lease" not in user.release(2).reason


def test_a_release_that_moves_the_endpoint_holds_the_lease(user, aws):
    user.deploy()
    aws.run(lambda: bool(user.release(1).progress.get("Serve", {}).get("Requested")))

    assert user.head.mover == 1
    assert user.head.mover_until > aws.now


def test_a_command_that_others_were_faster_than_is_answered_at_the_last_attempt(user, aws):
    user.deploy()
    user.run()
    code = "ConditionalCheckFailed"
    aws.fail("transact_write_items", "TransactionCanceledException", code, times=4)

    assert user.ask("Retrain") == "release 2 started"


def test_a_table_that_refuses_a_record_is_an_error(user, aws):
    user.deploy()
    aws.fail("put_item", "ValidationException", "the item is too large")

    with pytest.raises(RefusedError, match="too large"):
        user.store.save(user.head)


def test_other_gates_while_the_endpoint_moves_supersede_the_release(user, aws):
    user.deploy()
    aws.run(lambda: user.release(1).state == "deploying")
    user.deploy(Gates=[minimum(0.9)])
    user.run()

    assert user.states == ["superseded", "in-service"]
    assert aws.calls["create_auto_ml_job_v2"] == 1
    user.check_at_rest()


def test_a_release_is_recorded_under_its_key_not_under_its_logical_id(user, stack, aws):
    other = user.properties(Key="Nested/Churn", Endpoint=endpoint("other-abcdeaaabbbb"))
    answer = stack.send(stack.event("Create", "AutoMLRelease", other, LogicalResourceId="Other"))

    assert answer["Status"] == "SUCCESS"
    assert Store(aws, stack.table, "Nested/Churn").release(1).state == "in-service"
    assert Store(aws, stack.table, "Other").head() is None


def test_the_containers_of_a_candidate_are_told_apart_in_its_record(user, aws):
    user.deploy()
    user.run()
    user.deploy(Job={"Revision": "2"})
    user.run()

    first, second = user.release(1).containers, user.release(2).containers
    assert first
    assert second
    assert first != second


def test_a_release_that_has_no_candidate_cannot_be_rolled_back_to(user, aws):
    user.deploy()
    aws.wait(60)
    user.ask("Abort")
    user.run()

    words = "refused: cannot roll back: release 1 has no candidate"
    assert user.ask("Rollback", Number=1) == words


@pytest.mark.parametrize("why", ["TransactionConflict", "ThrottlingError"])
def test_a_transaction_that_meets_another_one_is_tried_again(user, aws, why):
    user.deploy()
    aws.fail("transact_write_items", "TransactionCanceledException", f"reasons [None, {why}]")

    with pytest.raises(BusyError, match=why):
        user.store.save(user.head, user.release(1))
