"""Metrics and alarms of an endpoint: what its kind publishes, and no other."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from cdk_automlv2 import (
    AsyncInference,
    AutoMLDataChannel,
    AutoMLEndpoint,
    AutoMLRelease,
    AutoMLTabularConfig,
    DataCapture,
    InstanceVariant,
    OptionsError,
    ServerlessVariant,
)

from .helpers import endpoint, faults, job, model, resources

SERVICE, HOSTS = "AWS/SageMaker", "/aws/sagemaker/Endpoints"
ALL = {"real time", "serverless", "asynchronous"}
METRICS = {
    "metric_invocations": ("Invocations", "Sum", {"real time", "serverless"}),
    "metric_invocations_per_instance": ("InvocationsPerInstance", "Sum", {"real time"}),
    "metric_invocation_4xx_errors": ("Invocation4XXErrors", "Sum", ALL),
    "metric_invocation_5xx_errors": ("Invocation5XXErrors", "Sum", ALL),
    "metric_invocation_model_errors": ("InvocationModelErrors", "Sum", ALL),
    "metric_model_latency": ("ModelLatency", "Average", ALL),
    "metric_overhead_latency": ("OverheadLatency", "Average", {"real time", "serverless"}),
    "metric_cpu_utilization": ("CPUUtilization", "Average", {"real time", "asynchronous"}),
    "metric_gpu_utilization": ("GPUUtilization", "Average", {"real time", "asynchronous"}),
    "metric_gpu_memory_utilization": (
        "GPUMemoryUtilization",
        "Average",
        {"real time", "asynchronous"},
    ),
    "metric_disk_utilization": ("DiskUtilization", "Average", {"real time", "asynchronous"}),
    "metric_memory_utilization": ("MemoryUtilization", "Average", ALL),
    "metric_model_setup_time": ("ModelSetupTime", "Average", {"serverless"}),
    "metric_concurrent_executions_utilization": (
        "ServerlessConcurrentExecutionsUtilization",
        "Maximum",
        {"serverless"},
    ),
    "metric_provisioned_concurrency_utilization": (
        "ServerlessProvisionedConcurrencyUtilization",
        "Maximum",
        {"serverless"},
    ),
    "metric_provisioned_concurrency_spillover_invocations": (
        "ServerlessProvisionedConcurrencySpilloverInvocations",
        "Sum",
        {"serverless"},
    ),
    "metric_invocations_processed": ("InvocationsProcesssed", "Sum", {"asynchronous"}),
    "metric_request_download_failures": ("RequestDownloadFailures", "Sum", {"asynchronous"}),
    "metric_response_upload_failures": ("ResponseUploadFailures", "Sum", {"asynchronous"}),
    "metric_notification_failures": ("NotificationFailures", "Sum", {"asynchronous"}),
    "metric_request_download_latency": ("RequestDownloadLatency", "Average", {"asynchronous"}),
    "metric_response_upload_latency": ("ResponseUploadLatency", "Average", {"asynchronous"}),
    "metric_total_processing_time": ("TotalProcessingTime", "Average", {"asynchronous"}),
    "metric_approximate_backlog_size": ("ApproximateBacklogSize", "Average", {"asynchronous"}),
    "metric_approximate_backlog_size_per_instance": (
        "ApproximateBacklogSizePerInstance",
        "Average",
        {"asynchronous"},
    ),
    "metric_has_backlog_without_capacity": (
        "HasBacklogWithoutCapacity",
        "Average",
        {"asynchronous"},
    ),
    "metric_approximate_age_of_oldest_request": (
        "ApproximateAgeOfOldestRequest",
        "Maximum",
        {"asynchronous"},
    ),
    "metric_invocation_failures": ("InvocationFailures", "Sum", {"asynchronous"}),
    "metric_expired_requests": ("ExpiredRequests", "Sum", {"asynchronous"}),
    "metric_time_in_backlog": ("TimeInBacklog", "Average", {"asynchronous"}),
}
OF_THE_WHOLE = {
    "metric_approximate_backlog_size",
    "metric_approximate_backlog_size_per_instance",
    "metric_has_backlog_without_capacity",
    "metric_approximate_age_of_oldest_request",
}
OF_HOSTS = {
    "metric_cpu_utilization",
    "metric_gpu_utilization",
    "metric_gpu_memory_utilization",
    "metric_disk_utilization",
}


@pytest.fixture(scope="module")
def endpoints():
    """An endpoint of each kind."""
    stack = cdk.Stack(cdk.App(), "Kinds")
    config = AutoMLTabularConfig("y", mode="ENSEMBLING")
    served = model(stack, job=job(stack, problem_config=config))
    asynchronous = AsyncInference("s3://answers/")
    simple = {"model": served, "instance_type": "ml.m5.large"}
    return {
        "real time": AutoMLEndpoint(stack, "Now", **simple),
        "serverless": AutoMLEndpoint(stack, "Free", variants=[ServerlessVariant(served)]),
        "asynchronous": AutoMLEndpoint(stack, "Later", **simple, async_inference=asynchronous),
    }


@pytest.mark.parametrize("kind", sorted(ALL))
@pytest.mark.parametrize("method", METRICS)
def test_a_metric_is_of_the_kinds_that_publish_it(endpoints, method, kind):
    name, statistic, kinds = METRICS[method]
    ask = getattr(endpoints[kind], method)

    if kind not in kinds:
        with pytest.raises(OptionsError, match=f"{method}: must be of an endpoint that is"):
            ask()
        return
    metric = ask()
    on_hosts = method in OF_HOSTS or (
        method == "metric_memory_utilization" and kind != "serverless"
    )
    assert (metric.metric_name, metric.statistic) == (name, statistic)
    assert metric.namespace == (HOSTS if on_hosts else SERVICE)
    assert set(metric.dimensions) == {"EndpointName"} | (
        set() if method in OF_THE_WHOLE else {"VariantName"}
    )


def test_every_metric_is_in_the_table():
    methods = {name for name in dir(AutoMLEndpoint) if name.startswith("metric_")}

    assert methods == set(METRICS)


@pytest.mark.parametrize("method", METRICS)
def test_an_imported_endpoint_may_be_of_any_kind(method):
    imported = AutoMLEndpoint.from_endpoint_name(cdk.Stack(), "Other", "shop")

    metric = getattr(imported, method)(statistic="p50", period=cdk.Duration.minutes(1))

    assert metric.dimensions["EndpointName"] == "shop"
    assert metric.statistic == "p50"


def test_one_of_several_variants_is_chosen_by_name(stack):
    served = model(stack)
    pair = [InstanceVariant(served, "ml.m5.large", variant_name=name) for name in "ab"]
    made = AutoMLEndpoint(stack, "Endpoint", variants=pair)

    assert made.metric_model_latency().dimensions["VariantName"] == "a"
    assert made.metric_model_latency(variant_name="b").dimensions["VariantName"] == "b"


def test_a_variant_that_there_is_not_has_no_metrics(stack):
    served = model(stack)
    shadow = InstanceVariant(served, "ml.m5.large")
    made = endpoint(stack, model=served, shadow_variant=shadow)

    said = faults(lambda: made.metric_model_latency(variant_name="Blue"))

    assert said == ["variant_name: must be one of AllTraffic, Shadow, got 'Blue'"]
    assert made.metric_model_latency(variant_name="Shadow").dimensions["VariantName"] == "Shadow"
    token = cdk.Fn.ref("Variant")
    assert made.metric_model_latency(variant_name=token).dimensions["VariantName"] == token


def released(stack, **options):
    channel = AutoMLDataChannel("S3Prefix", "s3://data/train/")
    given = {"inputs": channel, "instance_type": "ml.m5.large"}
    return AutoMLRelease(stack, "R", problem_config=AutoMLTabularConfig("y"), **given, **options)


def test_a_release_has_the_metrics_of_its_endpoint_and_no_others(stack):
    release = released(stack)

    said = faults(lambda: release.metric_invocations(variant_name="Blue"))

    assert said == ["variant_name: must be one of AllTraffic, got 'Blue'"]
    assert release.metric_invocations().dimensions["VariantName"] == "AllTraffic"
    with pytest.raises(OptionsError, match="must be of an endpoint that is asynchronous"):
        release.metric_approximate_backlog_size()


def test_an_asynchronous_release_publishes_its_backlog(stack):
    release = released(stack, async_inference=AsyncInference("s3://answers/"))

    assert set(release.metric_approximate_backlog_size().dimensions) == {"EndpointName"}
    with pytest.raises(OptionsError, match="metric_invocations"):
        release.metric_invocations()


@pytest.mark.parametrize("name", ["", "a b", "a" * 64])
def test_a_variant_of_an_imported_endpoint_has_a_name_that_there_can_be(stack, name):
    imported = AutoMLEndpoint.from_endpoint_name(stack, "Other", "shop")

    assert faults(lambda: imported.metric_invocations(variant_name=name))
    assert imported.metric_invocations(variant_name="blue").dimensions["VariantName"] == "blue"


def test_options_of_a_metric_are_refused_in_one_error_by_their_names(stack):
    made = endpoint(stack)

    said = faults(lambda: made.metric_invocations(period=60, statistic=3, variant_name=1))

    assert said == [
        "statistic: must be a str, got 3; use '3'",
        "period: must be a cdk.Duration, got 60; use cdk.Duration.seconds(60)",
        "variant_name: must be a str, got 1",
    ]


def alarms(stack):
    found = [item["Properties"] for item in resources(stack, "AWS::CloudWatch::Alarm")]
    return {
        (item["MetricName"], item.get("Statistic") or item["ExtendedStatistic"]): item
        for item in found
    }


def test_the_alarms_of_an_endpoint_in_real_time(stack):
    topic = sns.Topic(stack, "Topic")
    made = endpoint(stack, data_capture=DataCapture("s3://seen/"))

    listed = made.add_alarms(latency=cdk.Duration.millis(200), actions=[actions.SnsAction(topic)])

    found = alarms(stack)
    assert len(listed) == 3
    assert found["Invocation5XXErrors", "Average"]["Threshold"] == 0.01
    assert found["ModelLatency", "p99"]["Threshold"] == 200_000
    assert found["DiskUtilization", "Maximum"]["Threshold"] == 75
    for item in found.values():
        assert item["TreatMissingData"] == "notBreaching"
        assert (item["DatapointsToAlarm"], item["EvaluationPeriods"]) == (2, 3)
        assert item["AlarmActions"][0]["Ref"].startswith("Topic")


def test_the_alarms_of_an_asynchronous_endpoint(stack):
    made = endpoint(stack, async_inference=AsyncInference("s3://answers/"))

    made.add_alarms(errors=None, age=cdk.Duration.minutes(10))

    found = alarms(stack)
    assert set(found) == {
        ("InvocationFailures", "Sum"),
        ("ExpiredRequests", "Sum"),
        ("ApproximateAgeOfOldestRequest", "Maximum"),
    }
    oldest = found["ApproximateAgeOfOldestRequest", "Maximum"]
    assert oldest["Threshold"] == 600
    assert [item["Name"] for item in oldest["Dimensions"]] == ["EndpointName"]


def test_the_alarms_of_a_serverless_endpoint(stack):
    config = AutoMLTabularConfig("y", mode="ENSEMBLING")
    served = model(stack, job=job(stack, problem_config=config))

    AutoMLEndpoint(stack, "Free", variants=[ServerlessVariant(served)]).add_alarms()

    assert set(alarms(stack)) == {
        ("Invocation5XXErrors", "Average"),
        ("ServerlessConcurrentExecutionsUtilization", "Maximum"),
    }


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"errors": 100}, "errors: must be 0 or more, and less than 100"),
        ({"age": cdk.Duration.minutes(1)}, "age: must not be given: only asynchronous endpoints"),
        ({"latency": 0.5}, "latency: must be a cdk.Duration"),
        (
            {"latency": cdk.Duration.seconds(cdk.Token.as_number({"Ref": "Limit"}))},
            "latency: must be known at synth",
        ),
    ],
)
def test_alarms_that_cannot_be_are_refused(stack, options, text):
    made = endpoint(stack)

    with pytest.raises(OptionsError, match=text):
        made.add_alarms(**options)


def test_alarms_made_twice_end_in_an_error_of_the_cdk(stack):
    made = endpoint(stack)
    made.add_alarms()

    assert faults(made.add_alarms) == ["add_alarms: must make each alarm once, got 'HighErrors'"]
    made.add_alarms(errors=None, latency=cdk.Duration.seconds(1))
