"""Updates under guardrails: phases that are shown, alarms that take them back."""

import pytest

from cdk_automlv2.local.sagemaker.clock import Clock
from cdk_automlv2.local.sagemaker.rollout import phases

from .deployed import deploy, in_service
from .fake_world import wait_for

pytestmark = pytest.mark.processes

ALARMS = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}}


def routing(kind, seconds=600, **more):
    traffic = {"Type": kind, "WaitIntervalInSeconds": seconds, **more}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": traffic}}


def size(kind, value):
    return {"Type": kind, "Value": value}


CANARY = {**routing("CANARY", CanarySize=size("CAPACITY_PERCENT", 25)), **ALARMS}


@pytest.mark.parametrize(
    ("deployment", "seconds"),
    [
        ({}, []),
        (routing("ALL_AT_ONCE", 60), [60]),
        (CANARY, [600, 600]),
        (routing("LINEAR", 60, LinearStepSize=size("CAPACITY_PERCENT", 30)), [60] * 4),
        (routing("LINEAR", 60, LinearStepSize=size("INSTANCE_COUNT", 2)), [60] * 2),
        (
            {
                "RollingUpdatePolicy": {
                    "MaximumBatchSize": size("INSTANCE_COUNT", 1),
                    "WaitIntervalInSeconds": 30,
                }
            },
            [30] * 4,
        ),
    ],
)
def test_a_deployment_has_its_phases(deployment, seconds):
    assert [phase.seconds for phase in phases(deployment, 4)] == seconds


def test_the_former_instances_stay_a_while_after_the_last_step():
    deployment = routing("ALL_AT_ONCE", 0)
    deployment["BlueGreenUpdatePolicy"]["TerminationWaitInSeconds"] = 120

    assert [phase.seconds for phase in phases(deployment, 1)] == [0, 120]


def update(sagemaker, deployment):
    variant = {
        "VariantName": "variant-yes",
        "ModelName": "yes",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 4,
    }
    sagemaker.create_endpoint_config(EndpointConfigName="next", ProductionVariants=[variant])
    sagemaker.update_endpoint(
        EndpointName="Shop", EndpointConfigName="next", DeploymentConfig=deployment
    )


def message(sagemaker):
    found = sagemaker.describe_endpoint(EndpointName="Shop").get("PendingDeploymentSummary", {})
    for variant in found.get("ProductionVariants", []):
        for status in variant.get("VariantStatus", []):
            return status["Status"], status["StatusMessage"]
    return None


def test_an_update_bakes_in_sight_and_ends_in_service(sagemaker, world):
    deploy(sagemaker, world)
    world.clock = Clock(speed=1500)
    world.iam.alarms["errors"] = "OK"

    update(sagemaker, CANARY)

    assert wait_for(lambda: message(sagemaker)) == (
        "Baking",
        "Baking step 1 of 2 for 600 seconds",
    )
    shown = wait_for(lambda: in_service(sagemaker, "Shop"))
    assert shown["EndpointConfigName"] == "next"
    assert shown["LastDeploymentConfig"] == CANARY
    assert "PendingDeploymentSummary" not in shown


def test_an_alarm_that_rings_while_it_bakes_takes_the_update_back(sagemaker, world):
    deploy(sagemaker, world)
    world.clock = Clock(speed=600)
    world.iam.alarms["errors"] = "OK"

    update(sagemaker, CANARY)
    wait_for(lambda: message(sagemaker))
    world.iam.alarms["errors"] = "ALARM"

    shown = wait_for(lambda: in_service(sagemaker, "Shop"))
    assert shown["EndpointConfigName"] == "Shop"
    assert "FailureReason" not in shown


def test_an_alarm_that_is_not_listed_takes_nothing_back(sagemaker, world):
    deploy(sagemaker, world)
    world.iam.alarms |= {"errors": "OK", "others": "ALARM"}

    update(sagemaker, CANARY)

    assert wait_for(lambda: in_service(sagemaker, "Shop"))["EndpointConfigName"] == "next"
