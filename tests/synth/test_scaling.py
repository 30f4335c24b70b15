"""Scaling: what the template says of it, and what is refused before anything is deployed."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_applicationautoscaling as appscaling

from cdk_automlv2 import AsyncInference, AutoMLEndpoint, InstanceVariant, ServerlessVariant
from cdk_automlv2._core import service_model
from cdk_automlv2.hosting.instance_types import cpu_cores, gpus

from .helpers import endpoint, ensemble, faults, may, models, properties, scope_of

TARGET = "arn:aws:application-autoscaling:eu-west-1:111122223333:scalable-target/1"
ALARM = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:"


def scaling(stack):
    return properties(stack, "Custom::AutoMLEndpoint").get("Scaling")


def asynchronous(stack, **options):
    return endpoint(stack, async_inference=AsyncInference("s3://out/answers/"), **options)


def serverless(stack, **options):
    variant = ServerlessVariant(ensemble(stack), **options)
    return AutoMLEndpoint(stack, "Endpoint", variants=[variant])


def test_an_endpoint_that_is_not_scaled_says_nothing_of_it(stack):
    endpoint(stack)

    assert scaling(stack) is None


def test_invocations_are_counted_by_the_minute_with_room_to_spare(stack):
    target = endpoint(stack).auto_scale_instance_count(min_capacity=2, max_capacity=6)
    target.scale_on_invocations(
        max_requests_per_second=20, scale_in_cooldown=cdk.Duration.minutes(10)
    )

    [found] = scaling(stack)
    assert found["VariantName"] == "AllTraffic"
    assert (found["MinCapacity"], found["MaxCapacity"]) == (2, 6)
    [policy] = found["Policies"]
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracking == {
        "TargetValue": 600,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
        "ScaleInCooldown": 600,
    }


def test_use_of_a_core_is_multiplied_by_the_cores_as_sagemaker_sums_over_them(stack):
    target = endpoint(stack, instance_type="ml.g5.12xlarge").auto_scale_instance_count(
        max_capacity=3
    )
    target.scale_on_utilization(cpu=70, gpu=50)

    values = {
        policy["PolicyName"]: policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
        for policy in scaling(stack)[0]["Policies"]
    }
    assert values == {"cdk-automlv2-cpu": 70 * 48, "cdk-automlv2-gpu": 50 * 4}


def test_a_queue_starts_its_first_instance_by_a_policy_of_its_own(stack):
    target = asynchronous(stack).auto_scale_instance_count(min_capacity=0, max_capacity=3)
    target.scale_on_backlog(backlog_per_instance=5)

    tracking, first = scaling(stack)[0]["Policies"]
    metric = tracking["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"]
    assert metric["Dimensions"] == [{"Name": "EndpointName"}]
    assert first["PolicyType"] == "StepScaling"
    assert first["Alarm"]["MetricName"] == "HasBacklogWithoutCapacity"


def test_capacities_change_at_set_times(stack):
    target = endpoint(stack).auto_scale_instance_count(max_capacity=3)
    target.scale_on_schedule(
        "Night",
        schedule=appscaling.Schedule.cron(hour="20", minute="0"),
        max_capacity=1,
        time_zone=cdk.TimeZone.EUROPE_BERLIN,
    )

    assert scaling(stack)[0]["Schedules"] == [
        {
            "ScheduledActionName": "cdk-automlv2-Night",
            "Schedule": "cron(0 20 * * ? *)",
            "Timezone": "Europe/Berlin",
            "ScalableTargetAction": {"MaxCapacity": 1},
        }
    ]


def test_provisioned_concurrency_follows_its_own_metric(stack):
    made = serverless(stack, max_concurrency=20, provisioned_concurrency=1)
    made.auto_scale_provisioned_concurrency(max_capacity=10).scale_on_utilization(target=0.7)

    [found] = scaling(stack)
    assert found["ScalableDimension"] == "sagemaker:variant:DesiredProvisionedConcurrency"
    [policy] = found["Policies"]
    metric = policy["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]
    name = "SageMakerVariantProvisionedConcurrencyUtilization"
    assert metric == {"PredefinedMetricType": name}


def test_several_variants_and_a_shadow_are_scaled_each(stack):
    one, two = models(stack, "One", "Two")
    made = AutoMLEndpoint(
        stack,
        "Endpoint",
        model=one,
        instance_type="ml.m5.large",
        shadow_variant=InstanceVariant(two, "ml.m5.large"),
    )
    for name in ("AllTraffic", "Shadow"):
        made.auto_scale_instance_count(max_capacity=2, variant_name=name)

    assert [item["VariantName"] for item in scaling(stack)] == ["AllTraffic", "Shadow"]
    assert faults(lambda: made.auto_scale_instance_count(max_capacity=2)) == [
        "variant_name: must be one of AllTraffic, Shadow, got None",
        "variant_name: must be scaled once, got 'AllTraffic'",
    ]


def test_capacities_may_be_known_at_deployment_only(stack):
    most = cdk.CfnParameter(stack, "Most", type="Number").value_as_number
    endpoint(stack).auto_scale_instance_count(max_capacity=most)

    assert scaling(stack)[0]["MaxCapacity"] == {"Ref": "Most"}


def test_every_fault_of_one_call_is_told_at_once(stack):
    made = endpoint(stack, instance_type="ml.t2.medium")

    assert faults(lambda: made.auto_scale_instance_count(min_capacity=0, max_capacity=-1)) == [
        "min_capacity: must be 1 or more for an endpoint that is real time: nobody would answer, "
        "got 0; give the endpoint async_inference",
        "max_capacity: must be 1 or more, got -1",
        "variant_name: must have an instance_type that is not burstable, as AWS does not scale "
        "those, got 'ml.t2.medium'; use ml.m5.large",
    ]


@pytest.mark.parametrize(
    ("method", "option"),
    [("scale_on_utilization", "gpu"), ("scale_on_invocations", "max_requests_per_second")],
)
def test_a_figure_to_reckon_with_must_be_known_at_synth(stack, method, option):
    target = endpoint(stack).auto_scale_instance_count(max_capacity=2)
    token = cdk.CfnParameter(stack, "Figure", type="Number")

    for value in (token.value, token.value_as_number):
        found = faults(lambda value=value: getattr(target, method)(**{option: value}))
        assert found == [f"{option}: must be known at synth, got 'a token'"]


@pytest.mark.parametrize(
    ("method", "options", "fault"),
    [
        ("scale_on_backlog", {"backlog_per_instance": 1}, "only"),
        ("scale_on_invocations", {"max_requests_per_second": 0}, "above 0"),
        ("scale_on_invocations", {"max_requests_per_second": 1, "safety_factor": 2}, "at most 1"),
        ("scale_on_utilization", {}, "must be set, or gpu"),
        ("scale_on_utilization", {"cpu": 700}, "at most 100"),
        ("scale_on_utilization", {"gpu": 50}, "whose GPUs are known"),
        ("scale_on_utilization", {"cpu": 50, "scale_in_cooldown": -1}, "0 or more"),
    ],
)
def test_a_way_to_scale_that_cannot_work_is_refused(stack, method, options, fault):
    target = endpoint(stack).auto_scale_instance_count(max_capacity=2)

    [found] = faults(lambda: getattr(target, method)(**options))

    assert fault.replace("only", "must be called on an asynchronous endpoint") in found


def test_a_way_to_scale_is_chosen_once(stack):
    target = endpoint(stack).auto_scale_instance_count(max_capacity=2)
    target.scale_on_invocations(max_requests_per_second=1)

    [found] = faults(lambda: target.scale_on_invocations(max_requests_per_second=2))

    assert found == "scale_on_invocations: must be called once a variant, got 'a second call'"


def test_invocations_of_an_asynchronous_endpoint_would_never_scale_it(stack):
    target = asynchronous(stack).auto_scale_instance_count(max_capacity=2)

    [found] = faults(lambda: target.scale_on_invocations(max_requests_per_second=1))

    assert found.endswith("use scale_on_backlog")


def test_schedules_are_checked(stack):
    target = endpoint(stack).auto_scale_instance_count(max_capacity=2)
    every_day = appscaling.Schedule.rate(cdk.Duration.days(1))

    def wrong():
        target.scale_on_schedule("a/b", schedule=every_day, min_capacity=0, start_time="now")

    assert [line.partition(":")[0] for line in faults(wrong)] == [
        "id",
        "min_capacity",
        "start_time",
    ]
    [found] = faults(lambda: target.scale_on_schedule("a", schedule=every_day))
    assert found == "min_capacity: must be set, or max_capacity, got None"


def test_instances_of_a_serverless_endpoint_are_refused_and_the_other_way_round(stack):
    made = serverless(stack)

    assert "use auto_scale_provisioned_concurrency" in str(
        faults(lambda: made.auto_scale_instance_count(max_capacity=2))
    )
    [found] = faults(lambda: made.auto_scale_provisioned_concurrency(max_capacity=2))
    assert found.startswith("provisioned_concurrency: must be set")
    other = AutoMLEndpoint(
        stack, "Other", variants=[InstanceVariant(made._models[0], "ml.m5.large")]
    )
    assert "use auto_scale_instance_count" in str(
        faults(lambda: other.auto_scale_provisioned_concurrency(max_capacity=2))
    )


def test_more_provisioned_concurrency_than_the_variant_may_have_is_refused(stack):
    made = serverless(stack, max_concurrency=5, provisioned_concurrency=1)

    [found] = faults(lambda: made.auto_scale_provisioned_concurrency(max_capacity=6))

    assert "max_concurrency, which is 5" in found


def test_no_instances_for_ever_are_refused(stack):
    asynchronous(stack).auto_scale_instance_count(min_capacity=0, max_capacity=3)

    with pytest.raises(RuntimeError, match="call scale_on_backlog, or give min_capacity=1"):
        scaling(stack)


def test_cores_and_gpus_follow_from_the_size_of_a_type():
    assert [cpu_cores(f"ml.{item}") for item in ("m5.large", "c5.9xlarge", "c4.8xlarge")] == [
        2,
        36,
        36,
    ]
    assert [gpus(f"ml.{item}") for item in ("g4dn.xlarge", "p3.8xlarge", "p4d.24xlarge")] == [
        1,
        4,
        8,
    ]
    assert gpus("ml.m5.large") is cpu_cores("ml.big") is None


def test_the_cores_of_every_type_that_can_be_hosted_are_known():
    shape = service_model.shape_at("CreateEndpointConfig", "ProductionVariants[].InstanceType")

    assert [name for name in shape.enum if not cpu_cores(name)] == []


def test_trainium_is_not_taken_for_a_burstable_type():
    from cdk_automlv2.hosting.scaling_rules import instances_rule

    assert list(instances_rule(None, {"AllTraffic": "ml.trn1.2xlarge"})) == []


def test_the_function_scales_what_its_stack_owns_and_nothing_else(stack):
    endpoint(stack)
    scope = scope_of(stack)
    service = "application-autoscaling"

    for action in ("DeregisterScalableTarget", "PutScalingPolicy", "RegisterScalableTarget"):
        assert may(stack, "function", f"{service}:{action}", TARGET, owner=f"{scope}/a")
        assert not may(stack, "function", f"{service}:{action}", TARGET, owner="another/a")
        assert not may(stack, "function", f"{service}:{action}", TARGET)
    register = f"{service}:RegisterScalableTarget"
    assert may(stack, "function", register, TARGET, owner_asked=f"{scope}/a")
    for asked in (f"{scope}/a", "another/a"):
        tag = f"{service}:TagResource"
        assert not may(stack, "function", tag, TARGET, owner="another/a", owner_asked=asked)
    put = "cloudwatch:PutMetricAlarm"
    assert may(stack, "function", put, f"{ALARM}automlv2-{scope}abc-scaling")
    assert not may(stack, "function", put, f"{ALARM}billing")
