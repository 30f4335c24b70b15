"""Application Auto Scaling of the local cloud: its API, and that it acts."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from cdk_automlv2._core import service_model
from cdk_automlv2.local.sagemaker.autoscaling import scaler
from cdk_automlv2.local.sagemaker.autoscaling.operations import OPERATIONS

from .deployed import deploy
from .fake_world import client, wait_for

pytestmark = pytest.mark.processes

COUNT = "sagemaker:variant:DesiredInstanceCount"
CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"
PLACE = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/Shop/variant/variant-yes",
    "ScalableDimension": COUNT,
}
INVOCATIONS = {
    "TargetValue": 10.0,
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    },
}
OUTPUT = {"OutputConfig": {"S3OutputPath": "s3://out/answers/"}}
ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/shop"


class FakeAlarms:
    """CloudWatch that keeps what it is told."""

    def __init__(self):
        self.kept, self.values = {}, {}

    def put(self, key, alarms):
        self.kept |= {alarm["AlarmName"]: {"StateValue": "OK", **alarm} for alarm in alarms}

    def delete(self, key, names):
        for name in names:
            self.kept.pop(name, None)

    def acting(self, key, arn):
        return [alarm for alarm in self.kept.values() if arn in alarm["AlarmActions"]]

    def value(self, key, metric):
        return self.values.get(metric["MetricName"])

    def show(self, key, states):
        for name, state in states.items():
            self.kept[name]["StateValue"] = state


@pytest.fixture
def alarms(world):
    world.alarms = FakeAlarms()
    return world.alarms


@pytest.fixture
def scaling(url):
    found = client("application-autoscaling", url)
    yield found
    found.close()


@pytest.fixture
def shop(sagemaker, world, alarms):
    return deploy(sagemaker, world)


@pytest.fixture
def queued(sagemaker, world, alarms):
    return deploy(sagemaker, world, config={"AsyncInferenceConfig": OUTPUT})


def register(scaling, least=1, most=4, **more):
    return scaling.register_scalable_target(**PLACE, MinCapacity=least, MaxCapacity=most, **more)[
        "ScalableTargetARN"
    ]


def track(scaling, name="calls", **config):
    return scaling.put_scaling_policy(
        **PLACE,
        PolicyName=name,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={**INVOCATIONS, **config},
    )


def count(world):
    return world.endpoints[ENDPOINT]["ProductionVariants"][0]["DesiredInstanceCount"]


def settled(world):
    return wait_for(lambda: world.endpoints[ENDPOINT]["EndpointStatus"] == "InService")


def minutes(world, number, calls=0):
    for _ in range(number):
        world.scaling.calls[ENDPOINT, "variant-yes"] = calls
        scaler.look(world)
        settled(world)


def refused(call, *arguments, **more):
    with pytest.raises(ClientError) as caught:
        call(*arguments, **more)
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def test_every_operation_of_scaling_is_one_of_the_service():
    known = service_model.operations("application-autoscaling")
    assert known - set(OPERATIONS) == {"GetPredictiveScalingForecast"}


def test_a_target_moves_the_count_into_its_bounds_at_once(scaling, shop, world):
    arn = register(scaling, 2, 4, Tags={"team": "shop"})

    settled(world)
    assert count(world) == 2
    [target] = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert target["ScalableTargetARN"] == arn
    assert target["RoleARN"].endswith("AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint")
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"team": "shop"}
    [activity] = scaling.describe_scaling_activities(ServiceNamespace="sagemaker")[
        "ScalingActivities"
    ]
    assert activity["StatusCode"] == "Successful"
    assert activity["Description"] == "Setting desired instance count to 2."


def test_three_busy_minutes_bring_instances_and_fifteen_quiet_ones_take_them(scaling, shop, world):
    register(scaling)
    track(scaling, ScaleInCooldown=0, ScaleOutCooldown=0)

    minutes(world, 2, calls=25)
    assert count(world) == 1
    minutes(world, 1, calls=25)
    assert count(world) == 3
    minutes(world, 15)
    assert count(world) == 1


def test_no_policy_goes_beyond_the_bounds(scaling, shop, world):
    register(scaling, 1, 2)
    track(scaling, ScaleOutCooldown=0)

    minutes(world, 6, calls=900)

    assert count(world) == 2


def test_a_cooldown_holds_back_what_would_come_next(scaling, shop, world):
    register(scaling)
    track(scaling, ScaleOutCooldown=10**9)

    minutes(world, 3, calls=15)
    assert count(world) == 2
    minutes(world, 6, calls=25)
    assert count(world) == 2


def test_a_queue_starts_the_first_instance_and_leaves_none_when_it_is_empty(
    scaling, queued, world, alarms
):
    register(scaling, 0)
    metric = {
        "MetricName": "ApproximateBacklogSizePerInstance",
        "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "EndpointName", "Value": "Shop"}],
        "Statistic": "Average",
    }
    config = {"TargetValue": 5.0, "CustomizedMetricSpecification": metric, "ScaleInCooldown": 0}
    scaling.put_scaling_policy(
        **PLACE,
        PolicyName="backlog",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=config,
    )
    first = scaling.put_scaling_policy(
        **PLACE,
        PolicyName="first",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        },
    )["PolicyARN"]
    alarm = {
        **metric,
        "AlarmName": "sleeping",
        "MetricName": "HasBacklogWithoutCapacity",
        "EvaluationPeriods": 2,
        "Period": 60,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "AlarmActions": [first],
    }
    alarms.put(None, [alarm])
    minutes(world, 15)
    assert count(world) == 0

    class Waiting:
        backlog = 1

        def pump(self):
            """Work on nothing."""

    world.queues[ENDPOINT] = Waiting()
    minutes(world, 1)
    assert count(world) == 0
    minutes(world, 1)

    assert count(world) == 1
    assert alarms.kept["sleeping"]["StateValue"] == "ALARM"


def test_a_metric_of_somebody_else_is_read_from_cloudwatch(scaling, shop, world, alarms):
    register(scaling)
    metric = {"MetricName": "Load", "Namespace": "Mine", "Statistic": "Average"}
    scaling.put_scaling_policy(
        **PLACE,
        PolicyName="load",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 50.0,
            "CustomizedMetricSpecification": metric,
        },
    )
    alarms.values["Load"] = 90.0

    minutes(world, 3)

    assert count(world) == 2


def test_an_action_changes_the_bounds_at_its_time(scaling, shop, world):
    register(scaling)
    scaling.put_scheduled_action(
        **PLACE,
        ScheduledActionName="Day",
        Schedule="rate(1 minute)",
        ScalableTargetAction={"MinCapacity": 3},
    )

    def done():
        scaler.look(world)
        return count(world) == 3

    wait_for(done)
    [target] = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert target["MinCapacity"] == 3


def test_target_tracking_makes_two_alarms_and_deletes_them(scaling, shop, alarms):
    register(scaling)

    listed = [alarm["AlarmName"] for alarm in track(scaling)["Alarms"]]

    start = "TargetTracking-endpoint/Shop/variant/variant-yes-Alarm"
    assert [
        name.startswith(f"{start}{way}-") for name, way in zip(listed, ("High", "Low"), strict=True)
    ] == [True, True]
    assert set(alarms.kept) == set(listed)
    again = [alarm["AlarmName"] for alarm in track(scaling, TargetValue=9.0)["Alarms"]]
    assert again == listed
    scaling.delete_scaling_policy(**PLACE, PolicyName="calls")
    assert alarms.kept == {}


def test_an_endpoint_takes_its_scaling_along_when_it_goes(scaling, shop, sagemaker, world, alarms):
    register(scaling)
    track(scaling)

    sagemaker.delete_endpoint(EndpointName="Shop")

    assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
    assert alarms.kept == {}


def test_an_endpoint_stays_where_its_scaling_may_not_be_ended(scaling, shop, sagemaker, world):
    register(scaling)
    world.iam.denied.add("application-autoscaling:DeregisterScalableTarget")

    words = refused(sagemaker.delete_endpoint, EndpointName="Shop")

    assert "application-autoscaling:DeregisterScalableTarget" in words
    assert world.endpoints[ENDPOINT]["EndpointStatus"] == "InService"


def test_other_instances_are_refused_while_a_variant_is_scaled(scaling, shop, sagemaker, world):
    register(scaling)
    variant = {"VariantName": "variant-yes", "ModelName": "yes", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName="larger",
        ProductionVariants=[{**variant, "InstanceType": "ml.m5.xlarge"}],
    )
    move = {"EndpointName": "Shop", "EndpointConfigName": "larger"}

    settled(world)
    assert "deregister" in refused(sagemaker.update_endpoint, **move)

    scaling.deregister_scalable_target(**PLACE)
    sagemaker.update_endpoint(**move)


@pytest.mark.parametrize(
    "right",
    [
        "application-autoscaling:RegisterScalableTarget",
        "iam:CreateServiceLinkedRole",
        "sagemaker:UpdateEndpointWeightsAndCapacities",
    ],
)
def test_nobody_registers_without_the_right(scaling, shop, world, right):
    world.iam.denied.add(right)

    assert right in refused(register, scaling)


def test_nobody_tracks_a_target_without_the_right_to_alarms(scaling, shop, world):
    register(scaling)
    world.iam.denied.add("cloudwatch:PutMetricAlarm")

    assert "cloudwatch:PutMetricAlarm" in refused(track, scaling)


def test_what_makes_no_sense_is_refused(scaling, shop, world):
    assert refused(track, scaling).startswith("ObjectNotFoundException: No scalable target")
    assert "cannot be less than minimum" in refused(register, scaling, 5, 4)
    nowhere = {**PLACE, "ResourceId": "endpoint/none/variant/a", "MinCapacity": 1, "MaxCapacity": 2}
    assert "doesn't exist" in refused(scaling.register_scalable_target, **nowhere)
    other = {**PLACE, "ServiceNamespace": "dynamodb", "MinCapacity": 1, "MaxCapacity": 2}
    assert "Unsupported service namespace" in refused(scaling.register_scalable_target, **other)
    register(scaling)
    assert "Tags" in refused(register, scaling, Tags={"a": "1"})
    wrong = {"PredefinedMetricType": "SageMakerVariantProvisionedConcurrencyUtilization"}
    assert "not supported" in refused(track, scaling, PredefinedMetricSpecification=wrong)
    track(scaling)
    assert "Only one TargetTracking" in refused(track, scaling, "more")
    past = datetime.now(UTC) - timedelta(days=1)
    action = {
        "ScheduledActionName": "a",
        "Schedule": f"at({past:%Y-%m-%dT%H:%M:%S})",
        "ScalableTargetAction": {"MinCapacity": 1},
    }
    assert "has passed" in refused(scaling.put_scheduled_action, **PLACE, **action)


def test_an_endpoint_in_real_time_is_never_without_instances(scaling, shop, world):
    register(scaling, 0)
    track(scaling, ScaleInCooldown=0)

    minutes(world, 15)

    assert count(world) == 1
    failed = scaling.describe_scaling_activities(ServiceNamespace="sagemaker")["ScalingActivities"]
    assert failed[0]["StatusCode"] == "Failed"
    assert "only an asynchronous endpoint" in failed[0]["StatusMessage"]
