"""Alarms that watch an update: passed on, refused when they ring already, told when they ring."""

import pytest

from .cloudformation import CloudFormation, Resource
from .events import ENDPOINT_TYPE as TYPE
from .events import MODELS, NEW, OLD, config_of
from .stack import STACK_ID

__all__ = ["MODELS"]

CANARY = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {
            "Type": "CANARY",
            "WaitIntervalInSeconds": 600,
            "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 25},
        },
        "TerminationWaitInSeconds": 60,
    }
}


def watched(properties, *names, **more):
    alarms = {"Alarms": [{"AlarmName": name} for name in names]}
    config = {**CANARY, "AutoRollbackConfiguration": alarms}
    return {**properties, "DeploymentConfig": config, **more}


def last_deployment(aws, name):
    return aws.endpoints[name]["LastUpdate"]["DeploymentConfig"]


@pytest.fixture(autouse=True)
def alarms(aws):
    aws.alarms |= {"errors": "OK", "latency": "INSUFFICIENT_DATA"}


@pytest.fixture
def name(stack):
    return stack.create(TYPE, watched(OLD, "errors", "latency"))["PhysicalResourceId"]


def test_the_deployment_goes_with_the_update_typed_and_with_its_alarms(stack, aws, name):
    answer = stack.update(
        TYPE, name, watched(OLD, "errors", "latency"), watched(NEW, "errors", "latency")
    )

    assert answer["Status"] == "SUCCESS"
    assert last_deployment(aws, name) == {
        **CANARY,
        "AutoRollbackConfiguration": {
            "Alarms": [{"AlarmName": "errors"}, {"AlarmName": "latency"}]
        },
    }


def test_a_first_creation_is_not_watched_as_there_is_nothing_to_return_to(stack, aws):
    aws.alarms["errors"] = "ALARM"

    assert stack.create(TYPE, watched(OLD, "errors"))["Status"] == "SUCCESS"
    assert aws.calls["describe_alarms"] == 0


def test_an_update_is_refused_while_an_alarm_rings_and_nothing_is_changed(stack, aws, name):
    before = config_of(aws, name)
    aws.alarms["errors"] = "ALARM"

    answer = stack.update(TYPE, name, watched(OLD, "errors"), watched(NEW, "errors"))

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == (
        "alarm errors is in ALARM, so that SageMaker would roll the update back at once; wait "
        "until it is OK, or set proceed_in_alarm=True to update without it"
    )
    assert aws.calls["update_endpoint"] == 0
    assert set(aws.configs) == {before}


def test_the_update_that_cures_goes_on_without_the_alarm_that_rings(stack, aws, name):
    aws.alarms["errors"] = "ALARM"
    new = watched(NEW, "errors", "latency", ProceedInAlarm=True)

    answer = stack.update(TYPE, name, watched(OLD, "errors", "latency"), new)

    assert answer["Status"] == "SUCCESS"
    watching = last_deployment(aws, name)["AutoRollbackConfiguration"]["Alarms"]
    assert watching == [{"AlarmName": "latency"}]


def test_without_any_alarm_left_the_update_goes_by_its_steps_alone(stack, aws, name):
    aws.alarms["errors"] = "ALARM"
    new = watched(NEW, "errors", ProceedInAlarm=True)

    assert stack.update(TYPE, name, watched(OLD, "errors"), new)["Status"] == "SUCCESS"
    assert last_deployment(aws, name) == CANARY


def test_a_rollback_of_the_stack_goes_back_though_the_new_model_rings(aws):
    def deployed(properties, fails=False):
        endpoint = Resource("Churn", TYPE, lambda _: properties)
        other = Resource("Other", TYPE, lambda _: NEW | {"BaseName": "x"}, ("Churn",))
        return [endpoint, other] if fails else [endpoint]

    cloudformation = CloudFormation(aws, STACK_ID)
    cloudformation.deploy(deployed(watched(OLD, "errors")))
    [name] = aws.endpoints
    before = config_of(aws, name)
    aws.endpoint_end = "Failed"

    def ring():
        aws.alarms["errors"] = "ALARM"

    cloudformation.before_rollback = ring
    assert not cloudformation.deploy(deployed(watched(NEW, "errors"), fails=True))

    assert config_of(aws, name) == before
    assert cloudformation.stable["Churn"].physical_id == name


def test_the_failure_names_the_alarm_that_took_the_update_back(stack, aws, name):
    def ring():
        aws.alarms["errors"] = "ALARM"

    aws.update_end = "RolledBack"
    aws.later(60, ring)
    event = stack.event("Update", TYPE, watched(NEW, "errors"), PhysicalResourceId=name)
    old = stack.event("Update", TYPE, watched(OLD, "errors"))["ResourceProperties"]

    answer = stack.send(event | {"OldResourceProperties": old})

    assert answer["Reason"] == (
        f"endpoint {name!r} was rolled back to its former configuration: canary alarm; "
        "in ALARM: errors"
    )


def test_a_rollback_does_not_fail_by_an_alarm_that_somebody_has_deleted(aws):
    stack = CloudFormation(aws, STACK_ID)
    old, new = watched(OLD, "errors"), watched(NEW, "latency")
    assert stack.deploy([Resource("Endpoint", TYPE, lambda _: old)])
    stack.before_rollback = lambda: aws.alarms.pop("errors")
    nobody = {"ProductionVariants": [OLD["ProductionVariants"][0] | {"ModelName": "nobody"}]}
    broken = Resource("Broken", TYPE, lambda _: nobody, depends_on=("Endpoint",))

    assert not stack.deploy([Resource("Endpoint", TYPE, lambda _: new), broken])

    name = stack.live["Endpoint"].physical_id
    assert last_deployment(aws, name) == CANARY


def test_an_alarm_that_is_not_there_is_refused_by_name(stack, aws, name):
    answer = stack.update(TYPE, name, watched(OLD, "errors"), watched(NEW, "none"))

    assert answer["Reason"].startswith("alarm none does not exist in this account and Region")
    assert aws.calls["update_endpoint"] == 0


def test_an_alarm_of_the_endpoint_that_is_made_after_it_does_not_hold_it_up(stack, aws, name):
    new = watched(NEW, "errors", "own-errors", OwnAlarms=["own-errors"])

    answer = stack.update(TYPE, name, watched(OLD, "errors"), new)

    assert answer["Status"] == "SUCCESS"
    watching = last_deployment(aws, name)["AutoRollbackConfiguration"]["Alarms"]
    assert watching == [{"AlarmName": "errors"}]


def test_another_deployment_alone_moves_nothing(stack, aws, name):
    stack.update(TYPE, name, watched(OLD, "errors"), watched(OLD, "latency"))

    assert aws.calls["update_endpoint"] == 0
