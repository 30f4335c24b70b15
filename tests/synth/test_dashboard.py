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


def limits(stack, title):
    """Return the lines across a graph: labels and values."""
    drawn = graphs(stack)[title].get("annotations", {}).get("horizontal", [])
    return [(line["label"], line["value"]) for line in drawn]


def test_capacity_and_what_scaling_aims_at_are_not_drawn(stack):
    scaling = endpoint(stack).auto_scale_instance_count(min_capacity=2, max_capacity=6)
    scaling.scale_on_invocations(max_requests_per_second=10, safety_factor=0.5)
    scaling.scale_on_utilization(cpu=60)
    AutoMLDashboard(stack, "Dashboard", endpoints=[stack.node.find_child("ChurnEndpoint")])

    assert limits(stack, "Instances that run") == [("least", 2), ("most", 6)]
    assert limits(stack, "Requests in a minute, by instance") == [("wanted", 300)]
    assert limits(stack, "Load of an instance") == [("wanted", 120)]
    assert limits(stack, "Requests in a minute") == []


def test_scaling_declared_after_the_dashboard_is_not_drawn(stack):
    served = endpoint(stack)
    AutoMLDashboard(stack, "Dashboard", endpoints=[served])
    served.auto_scale_instance_count(max_capacity=4)

    assert limits(stack, "Instances that run") == [("least", 1), ("most", 4)]


def test_the_limits_of_two_variants_cannot_be_told_apart(stack):
    served = model(stack)
    both = [InstanceVariant(served, "ml.m5.large", variant_name=name) for name in ("old", "new")]
    made = AutoMLEndpoint(stack, "Both", variants=both)
    for name, most in (("old", 3), ("new", 5)):
        made.auto_scale_instance_count(max_capacity=most, variant_name=name)
    AutoMLDashboard(stack, "Dashboard", endpoints=[made])

    assert limits(stack, "Instances that run") == [
        ("old least", 1),
        ("old most", 3),
        ("new least", 1),
        ("new most", 5),
    ]


def test_a_queue_that_waits_for_the_first_instance_is_not_seen(stack):
    made = asynchronous(stack)
    scaling = made.auto_scale_instance_count(min_capacity=0, max_capacity=2)
    scaling.scale_on_backlog(backlog_per_instance=5)
    AutoMLDashboard(stack, "Dashboard", endpoints=[made])

    assert ("AWS/SageMaker", "HasBacklogWithoutCapacity") in shown(stack)
    assert limits(stack, "Requests in the queue") == [("wanted", 5)]
    assert limits(stack, "Instances that run") == [("least", 0), ("most", 2)]


def test_requests_beyond_the_provisioned_containers_are_not_seen(stack):
    trained = job(stack, problem_config=AutoMLTabularConfig("y", mode="ENSEMBLING"))
    variant = ServerlessVariant(
        model(stack, job=trained), max_concurrency=20, provisioned_concurrency=1
    )
    made = AutoMLEndpoint(stack, "Prompt", variants=[variant])
    made.auto_scale_provisioned_concurrency(max_capacity=10).scale_on_utilization(target=0.7)
    AutoMLDashboard(stack, "Dashboard", endpoints=[made])

    spillover = "ServerlessProvisionedConcurrencySpilloverInvocations"
    assert ("AWS/SageMaker", spillover) in shown(stack)
    assert limits(stack, "Requests at once") == [("wanted", 70)]


def test_a_capacity_known_at_deployment_is_not_drawn(stack):
    most = cdk.CfnParameter(stack, "Most", type="Number")
    made = endpoint(stack)
    made.auto_scale_instance_count(max_capacity=most.value_as_number)
    AutoMLDashboard(stack, "Dashboard", endpoints=[made])

    body = flat(properties(stack, "AWS::CloudWatch::Dashboard")["DashboardBody"])
    assert '"value":Most' in body


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
