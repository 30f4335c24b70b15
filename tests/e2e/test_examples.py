"""Every example, from its data to an answer of its endpoint."""

import csv
import io
import json

import boto3
import pytest

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
def test_two_weeks_are_forecast(example, runtime):
    outputs = example.must_deploy()

    history = (example.app / "data" / "train.csv").read_text()
    header, *rows = runtime.predict(outputs["EndpointName"], history)
    assert header == ["shop", "day", "p10", "p50", "p90"]
    assert len(rows) == 3 * 14


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
