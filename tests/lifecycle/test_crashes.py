"""The function may die between any two calls, and the same event may come twice at once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from . import invariants
from .events import (
    FOLDER,
    JOB,
    MORE_CANDIDATES,
    NEW,
    OLD,
    TRANSFORMS,
    locked_properties,
    made_by_a_job,
    registered_properties,
    scaled,
)
from .fake_aws import Crash, FakeAws
from .stack import Stack

Event = dict[str, Any]
Scenario = Callable[[Stack], Event]


def _update(stack: Stack, kind: str, old: dict[str, Any], new: dict[str, Any]) -> Event:
    name = stack.create(kind, old)["PhysicalResourceId"]
    stack.aws.now += 3600
    before = stack.event("Update", kind, old)["ResourceProperties"]
    event = stack.event("Update", kind, new, PhysicalResourceId=name)
    return event | {"OldResourceProperties": before}


def _delete(stack: Stack, kind: str, properties: dict[str, Any], wait: float = 3600) -> Event:
    name = stack.create(kind, properties)["PhysicalResourceId"]
    stack.aws.now += wait
    return stack.event("Delete", kind, properties, PhysicalResourceId=name)


def _shared(*weights: float) -> dict[str, Any]:
    """An endpoint whose two models share the traffic."""
    variants = [
        {**variant, "VariantName": name, "InitialVariantWeight": weight}
        for properties, name, weight in zip((OLD, NEW), ("old", "new"), weights, strict=True)
        for variant in properties["ProductionVariants"]
    ]
    return OLD | {"ProductionVariants": variants}


def _sized(*counts: int) -> dict[str, Any]:
    """An endpoint of two variants with so many instances."""
    shared = _shared(1, 1)
    for variant, count in zip(shared["ProductionVariants"], counts, strict=True):
        variant["InitialInstanceCount"] = count
    return shared


def _serverless() -> dict[str, Any]:
    """An endpoint of another kind."""
    config = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    variant = {"VariantName": "AllTraffic", "ModelName": "churn-1", "ServerlessConfig": config}
    return OLD | {"ProductionVariants": [variant]}


def _watched(stack: Stack, properties: dict[str, Any]) -> dict[str, Any]:
    """An endpoint whose updates are watched by an alarm."""
    stack.aws.alarms["errors"] = "OK"
    routing = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
    deployment = {
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing},
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
    }
    return properties | {"DeploymentConfig": deployment}


def _larger(properties: dict[str, Any]) -> dict[str, Any]:
    """The same endpoint on instances of another type."""
    [variant] = properties["ProductionVariants"]
    return properties | {"ProductionVariants": [variant | {"InstanceType": "ml.m5.xlarge"}]}


SCENARIOS: dict[str, Scenario] = {
    "job create": lambda s: s.event("Create", "AutoMLJobV2", JOB),
    "job update": lambda s: _update(s, "AutoMLJobV2", JOB, MORE_CANDIDATES),
    "job tags": lambda s: _update(s, "AutoMLJobV2", JOB, JOB | {"Tags": []}),
    "job delete while it runs": lambda s: _delete(s, "AutoMLJobV2", JOB, wait=1),
    "job delete": lambda s: _delete(s, "AutoMLJobV2", JOB),
    "model create": lambda s: s.event("Create", "AutoMLModel", made_by_a_job(s)),
    "locked model create": lambda s: s.event("Create", "AutoMLModel", locked_properties(s)),
    "model delete": lambda s: _delete(s, "AutoMLModel", made_by_a_job(s)),
    "version create": lambda s: s.event("Create", "AutoMLModelPackage", registered_properties(s)),
    "version delete": lambda s: _delete(
        s, "AutoMLModelPackage", registered_properties(s, Retain="false")
    ),
    "endpoint create": lambda s: s.event("Create", "AutoMLEndpoint", OLD),
    "endpoint update": lambda s: _update(s, "AutoMLEndpoint", OLD, NEW),
    "endpoint weights": lambda s: _update(s, "AutoMLEndpoint", _shared(9, 1), _shared(1, 9)),
    "endpoint counts": lambda s: _update(s, "AutoMLEndpoint", _sized(1, 1), _sized(2, 4)),
    "endpoint of another kind": lambda s: _update(s, "AutoMLEndpoint", OLD, _serverless()),
    "endpoint watched": lambda s: _update(s, "AutoMLEndpoint", _watched(s, OLD), _watched(s, NEW)),
    "endpoint scaled": lambda s: s.event("Create", "AutoMLEndpoint", scaled(OLD)),
    "endpoint scaled, of another type": lambda s: _update(
        s, "AutoMLEndpoint", scaled(OLD), scaled(_larger(NEW), high=9)
    ),
    "endpoint not scaled any more": lambda s: _update(s, "AutoMLEndpoint", scaled(OLD), OLD),
    "endpoint scaled, deleted": lambda s: _delete(s, "AutoMLEndpoint", scaled(OLD)),
    "endpoint delete": lambda s: _delete(s, "AutoMLEndpoint", OLD),
    "transform create": lambda s: s.event("Create", "AutoMLBatchTransform", TRANSFORMS[0]),
    "transform update": lambda s: _update(s, "AutoMLBatchTransform", *TRANSFORMS),
    "transform delete": lambda s: _delete(s, "AutoMLBatchTransform", TRANSFORMS[0]),
    "folder create": lambda s: s.event("Create", "AutoMLInput", FOLDER),
    "folder delete": lambda s: _delete(s, "AutoMLInput", FOLDER),
}


def _world(aws: FakeAws) -> dict[str, Any]:
    """What there is in the end, without times."""
    jobs = {}
    for name, job in aws.jobs.items():
        marks = dict(aws.tags[job["AutoMLJobArn"]])
        del marks["cdk-automlv2:since"]
        jobs[name] = ("Stopped" in job, marks)
    endpoints = {
        name: (item["EndpointConfigName"], aws.weights_of(name), aws.counts_of(name))
        for name, item in aws.endpoints.items()
    }
    return copy.deepcopy(
        {
            "jobs": jobs,
            "models": aws.models,
            "packages": [{**item, "CreationTime": 0} for item in aws.packages.values()],
            "configs": aws.configs,
            "endpoints": endpoints,
            "scaling": [aws.scaling_of(*key) for key in sorted(aws.targets)],
            "written": aws.written,
            "transforms": {name: "Stopped" in item for name, item in aws.transforms.items()},
        }
    )


def _play(scenario: Scenario, arrange: Callable[[FakeAws, Stack, Event], None]) -> Any:
    """Play a scenario; return what there is at its end, its answers, and the calls it took."""
    aws = FakeAws()
    aws.has_models("churn-1", "churn-2")
    stack = Stack(aws)
    event = scenario(stack)
    before = aws.entered
    arrange(aws, stack, event)
    stack.invoke(event)
    invariants.check(aws)
    return _world(aws), stack.answers[event["RequestId"]], aws.entered - before


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_at_any_call_changes_nothing_in_the_end(name, moment):
    scenario = SCENARIOS[name]
    world, answers, calls = _play(scenario, lambda aws, stack, event: None)
    assert len(answers) == 1

    for number in range(1, calls + 1):

        def crash(aws, stack, event, number=number):
            if moment == "after":
                aws.crash_after = aws.entered + number
                return

            def die():
                raise Crash

            aws.interrupt_at = aws.entered + number
            aws.interrupt = die

        after, answered, _ = _play(scenario, crash)
        assert after == world, f"crash {moment} call {number}"
        assert answered, f"{moment} call {number}"
        for answer in answered:
            assert answer["Status"] == "SUCCESS", f"{moment} call {number}"
            assert answer["PhysicalResourceId"] == answers[0]["PhysicalResourceId"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_second_delivery_in_the_middle_of_the_first_has_no_effect_of_its_own(name):
    scenario = SCENARIOS[name]
    world, answers, calls = _play(scenario, lambda aws, stack, event: None)

    for number in range(1, calls + 1):

        def deliver_again(aws, stack, event, number=number):
            aws.interrupt_at = aws.entered + number
            aws.interrupt = lambda: stack.deliver(event)

        after, answered, _ = _play(scenario, deliver_again)
        assert after == world, f"second delivery at call {number}"
        assert answered
        for answer in answered:
            assert answer["Status"] == "SUCCESS"
            assert answer["PhysicalResourceId"] == answers[0]["PhysicalResourceId"]


def test_a_lost_result_of_a_poll_is_polled_again():
    aws = FakeAws()
    aws.has_models("churn-1")
    stack = Stack(aws)
    event = stack.event("Create", "AutoMLEndpoint", OLD)
    stack.deliver(event)
    [state] = aws.executions.values()

    stack.deliver({"Task": "Poll", "State": state})
    stack.run()

    assert stack.answer(event)["Status"] == "SUCCESS"
    assert aws.calls["create_endpoint"] == 1
