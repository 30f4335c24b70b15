"""An endpoint that a schedule stops and starts: what the template says of it."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_scheduler as scheduler
from aws_cdk.assertions import Template

from cdk_automlv2 import AutoMLEndpoint, OptionsError

from .helpers import endpoint, faults, models, properties
from .release.declared import release

TYPE = "Custom::AutoMLEndpoint"
TYPE_OF = "ml.m5.large"
EVENING = scheduler.ScheduleExpression.cron(
    hour="20", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN
)
MORNING = scheduler.ScheduleExpression.cron(hour="6", minute="30")


def schedules(stack):
    found = Template.from_stack(stack).find_resources("AWS::Scheduler::Schedule").values()
    return {item["Properties"]["Description"].split()[0]: item for item in found}


def request(schedule):
    """Return what the function is invoked with, references as their logical ids."""
    parts = schedule["Properties"]["Target"]["Input"]["Fn::Join"][1]
    return json.loads(
        "".join(part if isinstance(part, str) else next(iter(part.values()))[0] for part in parts)
    )


def test_an_endpoint_without_schedules_says_nothing_of_stops(stack):
    endpoint(stack)

    assert "Stops" not in properties(stack, TYPE)


def test_schedules_carry_what_stops_and_starts_the_endpoint_as_it_is_at_last(stack):
    made = endpoint(stack)
    made.stop_on_schedule(EVENING)
    made.start_on_schedule(MORNING, enabled=False)
    made.auto_scale_instance_count(max_capacity=3).scale_on_invocations(max_requests_per_second=9)

    assert properties(stack, TYPE)["Stops"] is True
    found = schedules(stack)
    stop, start = found["Stops"], found["Starts"]
    assert stop["Properties"]["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert start["Properties"]["State"] == "DISABLED"
    tasks = [request(item) for item in (stop, start)]
    assert [task["Task"] for task in tasks] == ["StopEndpoint", "StartEndpoint"]
    [target] = tasks[1]["Endpoint"]["Properties"]["Scaling"]
    assert target["MaxCapacity"] == 3
    [variant] = tasks[1]["Endpoint"]["Properties"]["ProductionVariants"]
    assert variant["InstanceType"] == "ml.m5.large"


def test_schedules_of_two_endpoints_share_a_role(stack):
    for model in models(stack, "One", "Other"):
        made = AutoMLEndpoint(stack, f"{model.node.id}Served", model=model, instance_type=TYPE_OF)
        made.stop_on_schedule(EVENING)

    found = Template.from_stack(stack).find_resources("AWS::Scheduler::Schedule").values()
    roles = {json.dumps(item["Properties"]["Target"]["RoleArn"]) for item in found}
    assert len(found) == 2
    assert len(roles) == 1


def test_the_endpoint_of_a_release_is_not_stopped(stack):
    inner = release(stack).node.find_child("Endpoint")

    assert faults(lambda: inner.stop_on_schedule(EVENING)) == [
        "stop_on_schedule: must be called on an AutoMLEndpoint: the endpoint of a release is its "
        "own, got 'an endpoint of a release'"
    ]


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("Stop", "id: must be another one: there is such a child already, got 'Stop'"),
        ("Resource", "id: must be another one"),
        ("", "id: must have 1 character or more"),
        (cdk.Fn.ref("Parameter"), "id: must be known at synth"),
    ],
    ids=["twice", "of the resource", "empty", "token"],
)
def test_an_id_that_cannot_be_ends_in_an_error_of_the_cdk(stack, id, text):
    made = endpoint(stack)
    daily = scheduler.ScheduleExpression.rate(cdk.Duration.days(1))
    made.stop_on_schedule(daily)

    with pytest.raises(OptionsError, match=text):
        made.stop_on_schedule(daily, id=id)
