"""Several variants, a queue and a change of kind, deployed: with the rights that roles have."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cdk_automlv2.runtime import AutoMLRuntime

from .conftest import Deployment

pytestmark = pytest.mark.e2e

APP = Path(__file__).parent / "apps" / "serving"


class Session:
    """A boto3 session of the local cloud."""

    def __init__(self, cloud):
        self.client = cloud.client


@pytest.fixture
def serving(cloud):
    deployment = Deployment(cloud, "Serving", APP)
    yield deployment
    if deployment.status() != "DELETE_COMPLETE":
        empty(cloud, deployment.outputs()["Bucket"])
    deployment.close()


def keys(cloud, bucket, prefix):
    listed = cloud.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    return [item["Key"] for item in listed.get("Contents", [])]


def empty(cloud, bucket):
    for key in keys(cloud, bucket, ""):
        cloud.client("s3").delete_object(Bucket=bucket, Key=key)


def a_row():
    held_out = Path(__file__).parents[2] / "data" / "diagnosis_held_out.csv"
    _, first, *_ = held_out.read_text().splitlines()
    return first.partition(",")[2] + "\n"


def invoke(cloud, name, count=12):
    runtime = cloud.client("sagemaker-runtime")
    return {
        runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=a_row())[
            "InvokedProductionVariant"
        ]
        for _ in range(count)
    }


def instances(cloud, name):
    """Return the type of an endpoint's instances, and how many there are to be."""
    sagemaker = cloud.client("sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=name)
    config = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    [variant] = endpoint["ProductionVariants"]
    return [config["ProductionVariants"][0]["InstanceType"], variant["DesiredInstanceCount"]]


def scaled(cloud):
    """Return the bounds of every endpoint that is scaled."""
    scaling = cloud.client("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    return {
        item["ResourceId"].split("/")[1]: (item["MinCapacity"], item["MaxCapacity"])
        for item in targets
    }


def fire(cloud, stack, verb):
    """Let a schedule of a stack fire now, with its own role."""
    listed = cloud.client("cloudformation").list_stack_resources(StackName=stack)
    [name] = [
        item["PhysicalResourceId"]
        for item in listed["StackResourceSummaries"]
        if item["ResourceType"] == "AWS::Scheduler::Schedule" and verb in item["LogicalResourceId"]
    ]
    scheduler = cloud.client("scheduler")
    found = scheduler.get_schedule(Name=name)
    moment = f"{datetime.now(UTC) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%S}"
    scheduler.update_schedule(
        Name=name,
        ScheduleExpression=f"at({moment})",
        FlexibleTimeWindow=found["FlexibleTimeWindow"],
        Target=found["Target"],
    )


def status(cloud, name):
    """Return the status of an endpoint; empty if it is not there."""
    found = cloud.client("sagemaker").list_endpoints(NameContains=name)["Endpoints"]
    return "".join(item["EndpointStatus"] for item in found)


def soon(look):
    deadline = time.monotonic() + 60
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return found


def test_endpoints_of_three_kinds_are_deployed_changed_and_deleted(cloud, serving):
    first = serving.must_deploy()
    sagemaker = cloud.client("sagemaker")
    shared = sagemaker.describe_endpoint(EndpointName=first["SharedName"])

    assert invoke(cloud, first["SharedName"]) == {"champion"}
    [captured, *_] = soon(lambda: keys(cloud, first["Bucket"], "seen/"))
    body = cloud.client("s3").get_object(Bucket=first["Bucket"], Key=captured)["Body"].read()
    line = json.loads(body.splitlines()[0])
    assert line["captureData"]["endpointInput"]["data"] == a_row()
    soon(lambda: instances(cloud, first["QueuedName"]) == ["ml.m5.large", 0])
    answer = AutoMLRuntime(Session(cloud)).predict_async(first["QueuedName"], a_row())
    assert answer.result(60, every=0.5)
    assert scaled(cloud) == {first["QueuedName"]: (0, 2)}

    second = serving.must_deploy(weight=9, kind="serverless", count=3)

    assert second["SharedName"] == first["SharedName"]
    assert second["CheapName"] != first["CheapName"]
    moved = sagemaker.describe_endpoint(EndpointName=second["SharedName"])
    assert moved["EndpointConfigName"] == shared["EndpointConfigName"]
    counts = [item["DesiredInstanceCount"] for item in moved["ProductionVariants"]]
    assert counts == [3, 2]
    assert "challenger" in invoke(cloud, second["SharedName"], 30)
    assert invoke(cloud, second["CheapName"], 1) == {"AllTraffic"}
    names = [item["EndpointName"] for item in sagemaker.list_endpoints()["Endpoints"]]
    assert first["CheapName"] not in names
    assert instances(cloud, first["QueuedName"])[0] == "ml.m5.xlarge"
    assert scaled(cloud) == {first["QueuedName"]: (0, 2)}

    fire(cloud, "Serving", "Stop")
    soon(lambda: status(cloud, second["SharedName"]) == "")
    fire(cloud, "Serving", "Start")
    soon(lambda: status(cloud, second["SharedName"]) == "InService")
    assert invoke(cloud, second["SharedName"]) <= {"champion", "challenger"}

    empty(cloud, first["Bucket"])
    serving.delete()
    assert scaled(cloud) == {}
