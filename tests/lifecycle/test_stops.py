"""An endpoint that is missing on purpose: nothing starts it by surprise, nothing is lost."""

import pytest

from . import invariants
from .cloudformation import CloudFormation, Resource
from .events import ENDPOINT_TYPE as TYPE
from .events import MODELS, NEW, config_of, endpoint, scaled
from .fake_aws import Crash, FakeAws
from .stack import STACK_ID, Stack
from .stopping import NEXT, STOPS, ask, marks, start, stop, task

__all__ = ["MODELS"]
WHOLE = scaled(STOPS)


@pytest.fixture
def name(stack):
    return stack.create(TYPE, STOPS)["PhysicalResourceId"]


def test_a_stopped_endpoint_is_gone_and_its_configuration_is_not(stack, aws, name):
    stop(stack, aws, name)

    assert not aws.endpoints
    assert len(aws.configs) == 1
    assert next(iter(marks(aws).values())).startswith("since 19")


def test_a_started_endpoint_is_as_it_was(stack, aws, name):
    before = dict(aws.tags[aws.endpoints[name]["EndpointArn"]])
    config = aws.endpoints[name]["EndpointConfigName"]

    stop(stack, aws, name)
    start(stack, aws, name)

    assert aws.seen_endpoint(name)["EndpointStatus"] == "InService"
    assert aws.endpoints[name]["EndpointConfigName"] == config
    assert aws.tags[aws.endpoints[name]["EndpointArn"]] == before
    assert marks(aws) == {}
    assert stack.update(TYPE, name, STOPS, NEXT)["Status"] == "SUCCESS"


def test_what_was_not_stopped_is_not_started(stack, aws, name):
    start(stack, aws, name)

    assert aws.calls["create_endpoint"] == 1


def test_a_deployment_of_another_model_does_not_start_a_stopped_endpoint(stack, aws, name):
    stop(stack, aws, name)

    answer = stack.update(TYPE, name, STOPS, NEXT)

    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == answer["Data"]["EndpointName"] == name
    assert "stopped on purpose (since 19" in answer["Reason"]
    assert not aws.endpoints
    assert list(marks(aws)) == [answer["Data"]["EndpointConfigName"]]

    start(stack, aws, name, NEXT)
    assert aws.endpoints[name]["EndpointConfigName"] == answer["Data"]["EndpointConfigName"]


def test_counts_and_scaling_of_the_template_hold_after_a_start(stack, aws, name):
    aws.endpoints[name]["Counts"] = {"AllTraffic": 5}
    whole = scaled(endpoint() | {"Stops": True}, 2, 6)
    stack.update(TYPE, name, STOPS, whole)

    stop(stack, aws, name, whole)
    assert aws.targets == {}

    start(stack, aws, name, whole)
    [target] = aws.targets.values()
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 6)


def test_a_count_that_was_changed_in_place_holds_after_a_start(stack, aws, name):
    three = endpoint() | {"Stops": True}
    three["ProductionVariants"][0]["InitialInstanceCount"] = 3
    stack.update(TYPE, name, STOPS, three)

    stop(stack, aws, name, three)
    start(stack, aws, name, three)

    assert aws.counts_of(name) == {"AllTraffic": 3}


def test_deleting_a_stopped_endpoint_leaves_nothing(stack, aws, name):
    stop(stack, aws, name)

    assert stack.delete(TYPE, name, STOPS)["Status"] == "SUCCESS"
    assert not aws.configs


def test_an_endpoint_that_is_deleted_meanwhile_is_not_started(stack, aws, name):
    stop(stack, aws, name)
    stack.delete(TYPE, name, STOPS)

    start(stack, aws, name)

    assert not aws.endpoints


def test_a_stop_waits_for_a_deployment_and_the_deployment_ends_well(stack, aws, name):
    event = stack.event("Update", TYPE, NEXT, PhysicalResourceId=name)
    event |= {"OldResourceProperties": stack.event("Update", TYPE, STOPS)["ResourceProperties"]}
    stack.deliver(event)
    ask(stack, "Stop", name, NEXT)
    aws.wait(3600)

    assert stack.answer(event)["Status"] == "SUCCESS"
    assert not aws.endpoints
    assert len(marks(aws)) == 1


def test_a_schedule_that_fires_twice_stops_and_starts_once(stack, aws, name):
    for _ in range(3):
        ask(stack, "Stop", name, STOPS)
    aws.wait(1800)
    for _ in range(3):
        ask(stack, "Start", name, STOPS)
    aws.wait(1800)

    assert aws.calls["delete_endpoint"] == 1
    assert aws.calls["create_endpoint"] == 2


def test_a_start_that_fails_is_tried_again_and_said(stack, aws, name):
    stop(stack, aws, name)
    aws.endpoint_end = "Failed"

    start(stack, aws, name)

    assert not aws.endpoints
    assert next(iter(marks(aws).values())).startswith("start failed: ")
    assert aws.calls["create_endpoint"] == 4
    aws.endpoint_end = "InService"
    start(stack, aws, name, id="two")
    assert marks(aws) == {}


@pytest.mark.parametrize(
    "fault",
    [
        ("ResourceLimitExceeded", "The account-level service limit is reached"),
        ("AccessDeniedException", "not authorized to perform sagemaker:CreateEndpoint"),
        ("ValidationException", "Could not find model"),
        ("ValidationException", "The instance type is not offered here"),
    ],
)
def test_a_start_that_sagemaker_refuses_at_once_is_said(stack, aws, name, fault):
    stop(stack, aws, name)
    aws.fail("create_endpoint", *fault, times=1000)

    start(stack, aws, name)

    assert next(iter(marks(aws).values())).startswith("start failed: CreateEndpoint")
    aws.failures.clear()
    start(stack, aws, name, id="two")
    assert aws.seen_endpoint(name)["EndpointStatus"] == "InService"


def test_a_start_of_what_was_not_stopped_leaves_counts_and_weights_alone(stack, aws):
    def pair(count):
        [variant] = STOPS["ProductionVariants"]
        named = [variant | {"VariantName": name} for name in ("one", "other")]
        named[0] |= {"InitialInstanceCount": count}
        return STOPS | {"ProductionVariants": named}

    name = stack.create(TYPE, pair(1))["PhysicalResourceId"]
    stack.update(TYPE, name, pair(1), pair(3))
    aws.endpoints[name] |= {"Counts": {"one": 5}, "Weights": {"other": 4.0}}

    start(stack, aws, name, pair(3))

    assert aws.counts_of(name) == {"one": 5, "other": 1}
    assert aws.weights_of(name) == {"one": 1.0, "other": 4.0}


@pytest.mark.parametrize("call", range(1, 19))
def test_a_start_in_the_midst_of_a_deployment_serves_what_is_deployed(stack, aws, name, call):
    stop(stack, aws, name)

    def begin():
        aws.interrupt = None
        ask(stack, "Start", name, STOPS)
        stack.begin_executions()
        aws.run(lambda: name in aws.endpoints)

    aws.interrupt_at, aws.interrupt = aws.entered + call, begin
    answer = stack.update(TYPE, name, STOPS, NEXT)
    aws.wait(3600)

    assert answer["Status"] == "SUCCESS"
    assert config_of(aws, name) == answer["Data"]["EndpointConfigName"]


@pytest.mark.parametrize("lag", [0, 100])
def test_a_start_just_after_a_deployment_finds_the_configuration(stack, aws, name, lag):
    stop(stack, aws, name)
    event = stack.event("Update", TYPE, NEXT, PhysicalResourceId=name)
    event |= {"OldResourceProperties": stack.event("Update", TYPE, STOPS)["ResourceProperties"]}
    aws.lags.lists = lag
    stack.deliver(event)
    stack.run(lambda: bool(stack.answers[event["RequestId"]]))
    start(stack, aws, name, NEXT)

    assert aws.seen_endpoint(name)["EndpointStatus"] == "InService"


@pytest.mark.parametrize("seconds", [0, 120, 280, 300, 320])
def test_a_stop_leaves_no_configuration_of_a_deployment_that_nobody_waits_for(stack, aws, seconds):
    old, new = STOPS | {"Wait": False}, NEXT | {"Wait": False}
    name = stack.create(TYPE, old)["PhysicalResourceId"]
    aws.wait(3600)
    event = stack.event("Update", TYPE, new, PhysicalResourceId=name)
    event |= {"OldResourceProperties": stack.event("Update", TYPE, old)["ResourceProperties"]}
    stack.deliver(event)
    aws.wait(seconds)
    stop(stack, aws, name, new)

    assert not aws.endpoints
    assert list(aws.configs) == list(marks(aws))


def test_a_stop_in_the_midst_of_a_start_wins(stack, aws, name):
    stop(stack, aws, name)
    ask(stack, "Start", name, STOPS)
    ask(stack, "Stop", name, STOPS, id="two")
    aws.wait(3600)

    assert not aws.endpoints
    assert len(marks(aws)) == 1


def test_a_template_without_stops_starts_the_endpoint(stack, aws, name):
    stop(stack, aws, name)

    assert stack.update(TYPE, name, STOPS, NEW)["Status"] == "SUCCESS"
    assert aws.seen_endpoint(name)["EndpointStatus"] == "InService"


def test_links_do_not_fail_by_a_stopped_endpoint(stack, aws, name):
    stop(stack, aws, name)
    config = stack.update(TYPE, name, STOPS, NEXT)["Data"]["EndpointConfigName"]
    link = {
        "Target": "Endpoint",
        "EndpointName": name,
        "EndpointConfigName": config,
        "LinkSeconds": 3300,
        "TimeoutSeconds": 3300,
        "Last": True,
    }

    assert stack.create("AutoMLWait", link)["Status"] == "SUCCESS"


def test_a_request_of_another_stack_is_refused(stack, aws, name):
    run = {"StackId": STACK_ID.replace("Shop", "Other"), "LogicalId": "Churn", "Properties": {}}
    stack.deliver({"Task": "StopEndpoint", "Trigger": {"Id": "1"}, "Endpoint": run})
    aws.wait(1800)

    assert name in aws.endpoints


def test_a_stack_that_goes_back_while_its_endpoint_is_stopped_keeps_it_stopped(aws):
    stack = CloudFormation(aws, STACK_ID)
    assert stack.deploy([Resource("Endpoint", TYPE, lambda _: STOPS)])
    name = stack.live["Endpoint"].physical_id
    stop(stack.stack, aws, name, logical_id="Endpoint")
    nobody = endpoint("nobody") | {"EndpointName": "other"}

    assert not stack.deploy(
        [
            Resource("Endpoint", TYPE, lambda _: NEXT),
            Resource("Broken", TYPE, lambda _: nobody, depends_on=("Endpoint",)),
        ]
    )

    assert not aws.endpoints
    [config] = marks(aws)
    assert aws.configs[config]["ProductionVariants"][0]["ModelName"] == MODELS[0]
    start(stack.stack, aws, name, logical_id="Endpoint")
    assert aws.seen_endpoint(name)["EndpointStatus"] == "InService"
    stack.delete()
    assert not aws.configs


@pytest.mark.parametrize("verb", ["Stop", "Start"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_at_any_call_of_a_stop_or_start_changes_nothing_in_the_end(verb, moment):
    def play(number):
        aws = FakeAws()
        aws.has_models(*MODELS)
        stack = Stack(aws)
        name = stack.create(TYPE, WHOLE)["PhysicalResourceId"]
        if verb == "Start":
            stop(stack, aws, name, WHOLE)
        before = aws.entered
        if moment == "after":
            aws.crash_after = before + number
        else:
            aws.interrupt_at, aws.interrupt = before + number, die
        aws.later(0, lambda: stack.invoke(task(stack, verb, name, WHOLE)))
        aws.wait(7200)
        invariants.check(aws)
        there = {key: aws.seen_endpoint(key)["EndpointStatus"] for key in aws.endpoints}
        scaling = [aws.scaling_of(*key) for key in sorted(aws.targets)]
        return (there, aws.configs, list(marks(aws)), scaling), aws.entered - before

    expected, calls = play(0)
    assert list(expected[0].values()) == ([] if verb == "Stop" else ["InService"])
    for number in range(1, calls + 1):
        assert play(number)[0] == expected, f"crash {moment} call {number}"


def die():
    raise Crash
