"""A dashboard: what each kind of endpoint publishes, in units that can be compared."""

import json

import aws_cdk as cdk
import pytest

from cdk_automlv2 import (
    AsyncInference,
    AutoMLBatchTransform,
    AutoMLDashboard,
    AutoMLEndpoint,
    AutoMLRelease,
    AutoMLTabularConfig,
    InstanceVariant,
    OptionsError,
    ServerlessVariant,
)

from .helpers import CHANNEL, endpoint, job, model, properties


def flat(value):
    """Return a body as text, with the logical id in the place of what is known later."""
    match value:
        case str():
            return value
        case {"Fn::Join": [_, parts]}:
            return "".join(flat(part) for part in parts)
        case {"Ref": name}:
            return name
        case {"Fn::GetAtt": [name, attribute]}:
            return f"{name}.{attribute}"
    raise AssertionError(value)


def widgets(stack):
    return json.loads(flat(properties(stack, "AWS::CloudWatch::Dashboard")["DashboardBody"]))[
        "widgets"
    ]


def graphs(stack):
    """Return the graphs by their titles."""
    return {
        item["properties"]["title"]: item["properties"]
        for item in widgets(stack)
        if item["type"] == "metric"
    }


def shown(stack):
    """Return namespace and name of every metric."""
    return {
        (metric[0], metric[1])
        for graph in graphs(stack).values()
        for metric in graph["metrics"]
        if isinstance(metric[0], str)
    }


def asynchronous(stack):
    return endpoint(stack, async_inference=AsyncInference("s3://answers/"))


def serverless(stack):
    trained = job(stack, problem_config=AutoMLTabularConfig("y", mode="ENSEMBLING"))
    served = ServerlessVariant(model(stack, job=trained))
    return AutoMLEndpoint(stack, "Cheap", variants=[served])


def test_an_endpoint_in_real_time_shows_requests_errors_latency_and_load(stack):
    AutoMLDashboard(stack, "Dashboard", endpoints=[endpoint(stack)])

    assert list(graphs(stack)) == [
        "Requests in a minute",
        "Errors in 5 minutes",
        "Latency of the model",
        "Load of an instance",
        "Instances that run",
        "Requests in a minute, by instance",
    ]


def test_latencies_are_shown_in_milliseconds_as_percentiles(stack):
    AutoMLDashboard(stack, "Dashboard", endpoints=[endpoint(stack)])

    latency = graphs(stack)["Latency of the model"]
    lines = [item[0] for item in latency["metrics"] if isinstance(item[0], dict)]
    assert {line["label"] for line in lines} == {"p50", "p90", "p99", "SageMaker's own"}
    assert all(line["expression"].endswith("/1000") for line in lines)
    assert latency["yAxis"]["left"]["label"] == "milliseconds"


@pytest.mark.parametrize(
    ("make", "has", "lacks"),
    [
        (asynchronous, "ApproximateBacklogSize", "Invocations"),
        (asynchronous, "ApproximateAgeOfOldestRequest", "OverheadLatency"),
        (serverless, "ServerlessConcurrentExecutionsUtilization", "CPUUtilization"),
        (serverless, "ModelSetupTime", "InvocationsPerInstance"),
    ],
)
def test_a_kind_shows_what_it_publishes_and_nothing_else(stack, make, has, lacks):
    AutoMLDashboard(stack, "Dashboard", endpoints=[make(stack)])

    names = {name for _, name in shown(stack)}
    assert has in names
    assert lacks not in names


def test_the_memory_of_a_serverless_endpoint_is_in_the_namespace_of_the_service(stack):
    AutoMLDashboard(stack, "Dashboard", endpoints=[serverless(stack)])

    assert ("AWS/SageMaker", "MemoryUtilization") in shown(stack)


def test_each_variant_has_its_line_and_a_graph_few_enough_to_read(stack):
    served = model(stack)
    both = [InstanceVariant(served, "ml.m5.large", variant_name=name) for name in ("old", "new")]
    AutoMLDashboard(stack, "Dashboard", endpoints=[AutoMLEndpoint(stack, "Both", variants=both)])

    found = graphs(stack)
    labels = [item[-1]["label"] for item in found["Requests in a minute"]["metrics"]]
    assert labels == ["old requests", "new requests"]
    for graph in found.values():
        visible = [item for item in graph["metrics"] if item[-1].get("visible", True)]
        assert len(visible) <= 6


def test_a_gpu_is_shown_where_there_may_be_one(stack):
    imported = AutoMLEndpoint.from_endpoint_name(stack, "Other", "other")
    AutoMLDashboard(stack, "Ours", endpoints=[endpoint(stack)])
    other = cdk.Stack(cdk.App(), "Other")
    AutoMLDashboard(
        other,
        "Theirs",
        endpoints=[AutoMLEndpoint.from_endpoint_name(other, "Other", imported.endpoint_name)],
    )

    gpu = ("/aws/sagemaker/Endpoints", "GPUUtilization")
    assert gpu not in shown(stack)
    assert gpu in shown(other)


def test_a_release_shows_the_objective_of_each_candidate(stack):
    release = AutoMLRelease(
        stack,
        "Churn",
        problem_config=AutoMLTabularConfig("y", max_total_job_runtime_in_seconds=600),
        inputs=CHANNEL,
        instance_type="ml.m5.large",
    )

    AutoMLDashboard(stack, "Dashboard", endpoints=[release])

    assert ("cdk-automlv2", "Objective") in shown(stack)
    assert "Requests in a minute" in graphs(stack)


def test_batch_transforms_and_jobs_are_shown_too(stack):
    trained = job(stack)
    nightly = AutoMLBatchTransform(
        stack,
        "Nightly",
        model=model(stack, job=trained),
        input_data="s3://data/new/",
        output="s3://data/answers/",
        instance_type="ml.m5.large",
    )

    AutoMLDashboard(stack, "Dashboard", batch_transforms=[nightly], jobs=[trained])

    assert {"Runs in an hour", "Time of a run"} <= graphs(stack).keys()
    texts = [item["properties"]["markdown"] for item in widgets(stack) if item["type"] == "text"]
    assert any("Nightly" in text for text in texts)
    assert any("BestCandidateName" in text and "ObjectiveMetricValue" in text for text in texts)


def test_more_widgets_can_be_added(stack):
    from aws_cdk import aws_cloudwatch as cloudwatch

    made = AutoMLDashboard(stack, "Dashboard", jobs=[job(stack)], dashboard_name="churn")
    made.dashboard.add_widgets(cloudwatch.TextWidget(markdown="ours"))

    assert widgets(stack)[-1]["properties"]["markdown"] == "ours"
    assert properties(stack, "AWS::CloudWatch::Dashboard")["DashboardName"] == "churn"


def test_a_dashboard_of_nothing_is_refused(stack):
    with pytest.raises(OptionsError, match="endpoints: must hold one at least"):
        AutoMLDashboard(stack, "Dashboard")


def test_a_name_that_cloudwatch_does_not_take_is_refused(stack):
    with pytest.raises(OptionsError, match="dashboard_name: must be 1 to 255 letters"):
        AutoMLDashboard(stack, "Dashboard", endpoints=[endpoint(stack)], dashboard_name="a b")


def test_no_widget_lies_over_another(stack):
    both = [endpoint(stack), serverless(cdk.NestedStack(stack, "Inner"))]
    AutoMLDashboard(stack, "Dashboard", endpoints=both)

    taken = [
        (item["x"] + column, item["y"] + row)
        for item in widgets(stack)
        for column in range(item["width"])
        for row in range(item["height"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
