"""Every example, from its data to an answer of its endpoint."""

import csv
import io
import json
import time
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from cdk_automlv2.local.cloud.environment import REGION
from cdk_automlv2.results import forecasts
from cdk_automlv2.runtime import AutoMLRuntime

from .conftest import SHOP, Deployment

pytestmark = pytest.mark.e2e

EXAMPLES = SHOP.parents[3] / "examples"


@pytest.fixture
def example(cloud, request):
    folder, name = request.param
    deployment = Deployment(cloud, name, EXAMPLES / folder)
    yield deployment
    deployment.close()


@pytest.fixture
def runtime(cloud):
    class Session(boto3.Session):
        def client(self, service, **options):
            return cloud.client(service)

    return AutoMLRuntime(Session())


def example_of(folder, name):
    return pytest.mark.parametrize("example", [(folder, name)], indirect=True, ids=[folder])


@example_of("text_classification", "Departments")
def test_messages_find_their_department(example, runtime):
    outputs = example.must_deploy()

    texts = [["the parcel never came"], ["my refund does not show"], ["the cable came off"]]
    answer = runtime.predict(outputs["EndpointName"], texts)
    assert answer == [["delivery"], ["payment"], ["product"]]


@example_of("image_classification", "Digits")
def test_pictures_are_read(example, runtime):
    outputs = example.must_deploy()

    for digit in ("0", "1", "2"):
        picture = (example.app / "data" / digit / "007.png").read_bytes()
        answer = runtime.predict(
            outputs["EndpointName"], picture, content_type="image/png", accept="text/csv"
        )
        assert answer == [[digit]]


@example_of("time_series_forecasting", "Demand")
def test_two_weeks_are_forecast(example, runtime, cloud):
    outputs = example.must_deploy()

    history = (example.app / "data" / "train.csv").read_text()
    header, *rows = runtime.predict(outputs["EndpointName"], history)
    assert header == ["shop", "day", "p10", "p50", "p90"]
    assert len(rows) == 3 * 14

    bucket = outputs["BucketName"]
    cloud.client("s3").put_object(Bucket=bucket, Key="sales/today.csv", Body=history.encode())
    made = forecasts(object_of(cloud, bucket, "forecasts/today.csv.out"))
    assert made == forecasts([header, *rows])
    emptied(cloud, bucket)


@example_of("text_generation", "Questions")
def test_questions_are_answered(example, runtime):
    outputs = example.must_deploy()

    answer = runtime.predict(
        outputs["EndpointName"],
        {"inputs": "when do you open on sunday"},
        content_type="application/json",
    )
    assert answer == [{"generated_text": "we open at noon on sunday"}]
    best = runtime.best_candidate(outputs["JobName"])
    assert set(best["InferenceContainerDefinitions"]) == {"GPU"}
    assert json.dumps(runtime.describe_auto_ml_job(outputs["JobName"])["OutputDataConfig"])


@example_of("regression", "Progression")
def test_a_number_is_predicted_by_two_containers(example, runtime, cloud):
    outputs = example.must_deploy()

    text = (example.app / "data" / "train.csv").read_text()
    rows = list(csv.reader(io.StringIO(text)))[1:]
    answer = runtime.predict(outputs["EndpointName"], [row[:-1] for row in rows])
    truths, guesses = [float(row[-1]) for row in rows], [float(row[0]) for row in answer]
    mean = sum(truths) / len(truths)
    error = sum((t - g) ** 2 for t, g in zip(truths, guesses, strict=True))
    assert error < 0.7 * sum((t - mean) ** 2 for t in truths)
    found = runtime.list_candidates(outputs["JobName"], sort_by="FinalObjectiveMetricValue")
    assert len(found) == 3
    assert len(found[0]["InferenceContainers"]) == 2


def asked(cloud, url, body, key=None):
    """Post to a route of API Gateway; the local cloud takes signed requests only."""
    request = AWSRequest("POST", url, data=json.dumps(body).encode())
    request.headers["content-type"] = "application/json"
    if key:
        request.headers["x-api-key"] = key
    SigV4Auth(cloud.client("s3")._request_signer._credentials, "execute-api", REGION).add_auth(
        request
    )
    try:
        sent = urllib.request.Request(url, request.data, dict(request.headers))
        with urllib.request.urlopen(sent, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def emptied(cloud, bucket):
    s3 = cloud.client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])


def object_of(cloud, bucket, key):
    """Return the text of an object, once it is there."""
    deadline = time.monotonic() + 60
    while not cloud.client("s3").list_objects_v2(Bucket=bucket, Prefix=key).get("KeyCount"):
        assert time.monotonic() < deadline, f"no object {key}"
        time.sleep(0.5)
    return cloud.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()


@example_of("front_doors", "FrontDoors")
def test_a_function_a_route_with_a_key_and_new_files_lead_to_the_model(example, cloud):
    outputs = example.must_deploy()
    _, *lines = (SHOP.parents[3] / "data" / "diagnosis_held_out.csv").read_text().splitlines()
    rows = [line.split(",")[1:] for line in lines[:3]]
    labels = {"benign", "malignant"}

    invoked = cloud.client("lambda").invoke(
        FunctionName=outputs["FunctionName"], Payload=json.dumps({"rows": rows})
    )
    scores = json.load(invoked["Payload"])["scores"]
    assert {score["label"] for score in scores} <= labels
    assert [0 <= score["probability"] <= 1 for score in scores] == [True] * 3

    stage = f"{cloud.ministack.url}/_aws/execute-api/{outputs['ApiId']}/prod"
    key = cloud.client("apigateway").get_api_key(apiKey=outputs["KeyId"], includeValue=True)
    assert asked(cloud, f"{stage}/scores", {"rows": rows}, key["value"]) == (
        200,
        {"scores": scores},
    )
    assert asked(cloud, f"{stage}/scores", {"rows": rows})[0] == 403
    assert asked(cloud, f"{stage}/scores", {}, key["value"])[0] == 400
    assert asked(cloud, f"{stage}/scores", {"rows": [["x"]]}, key["value"])[0] == 400

    body = "".join(",".join(row) + "\n" for row in rows)
    cloud.client("s3").put_object(Bucket=outputs["BucketName"], Key="in/a.csv", Body=body.encode())
    scored = object_of(cloud, outputs["BucketName"], "out/a.csv.out").splitlines()
    assert [line.split(",")[-2] for line in scored] == [score["label"] for score in scores]
    emptied(cloud, outputs["BucketName"])
