"""The other kinds of problem, each from the data of its example to an answer."""

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest

from cdk_automlv2 import AutoMLTimeSeriesForecastingConfig
from cdk_automlv2.batch.data_format import Places, request_of
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.hosting import HostedModel
from cdk_automlv2.local.training.candidates import Publisher
from cdk_automlv2.local.training.data import DataError
from cdk_automlv2.local.training.forecasters import FORECASTERS, quantile_loss
from cdk_automlv2.local.training.kinds import training_of
from cdk_automlv2.results import forecasts

from .fake_s3 import FakeS3
from .fake_world import ROLE, wait_for

EXAMPLES = Path(__file__).parents[2] / "examples"
SERIES = {
    "ForecastFrequency": "1D",
    "ForecastHorizon": 14,
    "ForecastQuantiles": ["p10", "p50", "p90"],
    "TimeSeriesConfig": {
        "TargetAttributeName": "demand",
        "TimestampAttributeName": "day",
        "ItemIdentifierAttributeName": "shop",
    },
}
TEXT = {"ContentColumn": "message", "TargetLabelColumn": "department"}


def bucket(kind):
    data = EXAMPLES / kind / "data"
    files = [path for path in data.rglob("*") if path.is_file()]
    return FakeS3({f"in/train/{path.relative_to(data)}": path.read_bytes() for path in files})


def spec(member, config, data_type="S3Prefix", uri="s3://in/train/", **more):
    source = {"S3DataType": data_type, "S3Uri": uri}
    return {
        "AutoMLJobName": "job-1",
        "Account": "000000000000",
        "Region": "us-east-1",
        "AutoMLJobInputDataConfig": [{"DataSource": {"S3DataSource": source}}],
        "OutputDataConfig": {"S3OutputPath": "s3://out"},
        "AutoMLProblemTypeConfig": {member: config},
        **more,
    }


def trained(request, s3):
    training = training_of(request, s3)
    publisher = Publisher(request, training.problem, s3)
    [fitted] = training.run()
    candidate = publisher.publish(1, fitted)
    locations = publisher.report(candidate["CandidateName"], fitted.reports)
    candidate["CandidateProperties"]["CandidateArtifactLocations"] = locations
    return candidate


def hosted(containers, s3, keys=None):
    if keys:
        containers[0]["Environment"]["SAGEMAKER_INFERENCE_OUTPUT"] = keys
    return HostedModel.fetch(containers, s3)


def rows(body):
    return list(csv.reader(io.StringIO(body.decode())))


def test_texts_are_sorted_into_departments():
    s3 = bucket("text_classification")

    candidate = trained(spec("TextClassificationJobConfig", TEXT), s3)

    assert candidate["FinalAutoMLJobObjectiveMetric"]["Value"] > 0.9
    containers = candidate["InferenceContainerDefinitions"]
    assert set(containers) == {"CPU", "GPU"}
    model = hosted(containers["CPU"], s3, "predicted_label,probability")
    body, kind = model.answer(b'"my parcel, it never came"\nthe battery is broken\n', "text/csv")
    assert kind == "text/csv"
    assert [row[0] for row in rows(body)] == ["delivery", "product"]
    assert all(0 < float(row[1]) <= 1 for row in rows(body))


def test_pictures_are_told_apart_by_their_folders():
    s3 = bucket("image_classification")
    picture = s3.objects["in/train/2/000.png"]

    candidate = trained(spec("ImageClassificationJobConfig", {}), s3)

    assert candidate["FinalAutoMLJobObjectiveMetric"]["Value"] > 0.9
    model = hosted(candidate["InferenceContainerDefinitions"]["GPU"], s3)
    assert model.answer(picture, "image/png") == (b"2\n", "text/csv")
    with pytest.raises(ServiceError, match="not a picture"):
        model.answer(b"no", "image/png")
    with pytest.raises(ServiceError, match="send image/png or image/jpeg or application/x-image"):
        model.answer(picture, "text/csv")


def test_pictures_may_be_named_by_an_augmented_manifest():
    s3 = bucket("image_classification")
    lines = [
        json.dumps(
            {
                "source-ref": f"s3://{key}",
                "digit": int(key.split("/")[2]),
                "digit-metadata": {"class-name": f"number {key.split('/')[2]}"},
            }
        )
        for key in list(s3.objects)
    ]
    s3.objects["in/labels.manifest"] = "\n".join(lines).encode()
    request = spec(
        "ImageClassificationJobConfig", {}, "AugmentedManifestFile", "s3://in/labels.manifest"
    )

    candidate = trained(request, s3)

    model = hosted(candidate["InferenceContainerDefinitions"]["CPU"], s3)
    assert model.answer(s3.objects["in/train/0/000.png"], "image/png")[0] == b"number 0\n"


def test_a_batch_transform_does_not_write_the_forecast_of_a_whole_file(sagemaker, world):
    s3 = bucket("time_series_forecasting")
    candidate = trained(spec("TimeSeriesForecastingJobConfig", SERIES), s3)
    world.iam.s3.objects |= s3.objects
    containers = candidate["InferenceContainers"]
    sagemaker.create_model(ModelName="demand", ExecutionRoleArn=ROLE, Containers=containers)
    config = AutoMLTimeSeriesForecastingConfig(
        forecast_frequency="1D",
        forecast_horizon=14,
        item_identifier_attribute_name="shop",
        target_attribute_name="demand",
        timestamp_attribute_name="day",
    )
    options = {"instance_type": "ml.m5.4xlarge", "instance_count": 1, "s3_data_type": "S3Prefix"}
    places = Places("s3://in/train/", "s3://out/forecasts/", None, None)

    asked = request_of(config, options, places)
    sagemaker.create_transform_job(TransformJobName="nightly", ModelName="demand", **asked)

    def written():
        return world.iam.s3.objects.get("out/forecasts/train.csv.out")

    steps = forecasts(wait_for(written).decode())
    model = hosted(containers, s3)
    body, _ = model.answer(s3.objects["in/train/train.csv"], "text/csv")
    assert len(steps) == 3 * 14
    assert steps == forecasts(body.decode())


def test_a_forecast_has_every_quantile_of_every_step_of_every_shop():
    s3 = bucket("time_series_forecasting")

    candidate = trained(spec("TimeSeriesForecastingJobConfig", SERIES), s3)

    values = {
        item["StandardMetricName"]: item["Value"]
        for item in candidate["CandidateProperties"]["CandidateMetrics"]
    }
    assert set(values) == {"AverageWeightedQuantileLoss", "WAPE", "MAPE", "MASE", "RMSE"}
    assert values["WAPE"] < 0.1
    assert len(candidate["InferenceContainers"]) == 1
    model = hosted(candidate["InferenceContainers"], s3)
    body, _ = model.answer(s3.objects["in/train/train.csv"], "text/csv")
    forecast = pd.read_csv(io.BytesIO(body))
    assert list(forecast.columns) == ["shop", "day", "p10", "p50", "p90"]
    assert len(forecast) == 3 * 14
    assert (forecast["p10"] <= forecast["p50"]).all()
    assert (forecast["p50"] <= forecast["p90"]).all()
    assert forecast["day"].min() == "2025-06-30 00:00:00"
    weekend = pd.to_datetime(forecast["day"]).dt.day_of_week >= 5
    south = forecast["shop"] == "south"
    assert forecast[south & weekend]["p50"].mean() > 1.3 * forecast[south & ~weekend]["p50"].mean()


def test_the_best_of_the_back_test_is_kept():
    s3 = bucket("time_series_forecasting")
    chosen = {"AlgorithmsConfig": [{"AutoMLAlgorithms": ["npts", "ets"]}]}
    request = spec(
        "TimeSeriesForecastingJobConfig",
        SERIES | {"CandidateGenerationConfig": chosen},
        AutoMLJobObjective={"MetricName": "RMSE"},
    )

    candidate = trained(request, s3)

    [report] = [key for key in s3.objects if key.endswith("backtest.json")]
    scored = json.loads(s3.objects[report])
    assert set(scored) == {"npts", "ets"}
    best = min(scored, key=lambda name: scored[name]["RMSE"])
    assert f"-{best}-" in candidate["CandidateName"]
    metric = candidate["FinalAutoMLJobObjectiveMetric"]
    assert metric["Value"] == scored[best]["RMSE"]
    assert metric["Type"] == "Minimize"


@pytest.mark.parametrize("name", FORECASTERS)
def test_every_forecaster_beats_a_guess_of_nothing(name):
    history = [10.0, 12, 11, 13, 12, 18, 19] * 20

    made = FORECASTERS[name]().fit([pd.Series(history).to_numpy()])
    median = made.quantiles(pd.Series(history).to_numpy(), 7, [0.5])[0]

    truth = pd.Series(history[:7]).to_numpy()
    assert quantile_loss(truth, median, 0.5) < quantile_loss(truth, 0 * truth, 0.5) / 3


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"ForecastHorizon": 100}, "ForecastHorizon is 100, but the data have 180 steps"),
        (
            {"TimeSeriesConfig": SERIES["TimeSeriesConfig"] | {"TargetAttributeName": "sales"}},
            "Target attribute name 'sales' does not exist",
        ),
        (
            {"TimeSeriesConfig": SERIES["TimeSeriesConfig"] | {"TimestampAttributeName": "shop"}},
            "'shop' cannot be read as times",
        ),
    ],
)
def test_rejects_series_that_do_not_suit(change, text):
    with pytest.raises(DataError, match=text):
        training_of(
            spec("TimeSeriesForecastingJobConfig", SERIES | change),
            bucket("time_series_forecasting"),
        )


def test_rejects_a_history_too_short_to_go_on_from():
    s3 = bucket("time_series_forecasting")
    candidate = trained(spec("TimeSeriesForecastingJobConfig", SERIES), s3)

    with pytest.raises(ServiceError, match="has 2 values; 4 are needed"):
        hosted(candidate["InferenceContainers"], s3).answer(
            b"shop,day,demand\nnorth,2025-01-01,1\nnorth,2025-01-02,2\n", "text/csv"
        )


@pytest.mark.parametrize(
    ("base", "key"), [("Falcon7BInstruct", "inputs"), ("Mistral7B", "text_inputs")]
)
def test_questions_are_answered_in_the_form_of_the_base_model(base, key):
    s3 = bucket("text_generation")

    candidate = trained(spec("TextGenerationJobConfig", {"BaseModelName": base}), s3)

    assert "FinalAutoMLJobObjectiveMetric" not in candidate
    names = {
        item["StandardMetricName"] for item in candidate["CandidateProperties"]["CandidateMetrics"]
    }
    assert names == {"Perplexity", "TrainingLoss", "ValidationLoss"}
    model = hosted(candidate["InferenceContainerDefinitions"]["GPU"], s3)
    question = json.dumps({key: "when do you open on friday"}).encode()
    body, kind = model.answer(question, "application/json")
    assert kind == "application/json"
    assert json.loads(body)[0]["generated_text"].startswith("we open at eight on friday")
    with pytest.raises(ServiceError, match=f'send {{"{key}": "…"}}'):
        model.answer(b"{}", "application/json")


@pytest.mark.parametrize(
    ("config", "most"),
    [
        ({"BaseModelName": "Mistral7B"}, 10_000),
        ({"BaseModelName": "Llama2-13BChat"}, 7_000),
        ({}, 1_000),
    ],
)
def test_rejects_more_rows_than_a_language_model_takes(config, most):
    s3 = FakeS3({"in/train/a.csv": b"input,output\n" + b"a,b\n" * (most + 1)})

    with pytest.raises(DataError, match=f"There are {most + 1} rows; {most} can be learnt from"):
        training_of(spec("TextGenerationJobConfig", config), s3)


@pytest.mark.parametrize(
    ("request_of", "objects", "text"),
    [
        (
            lambda: spec("TextClassificationJobConfig", TEXT),
            {"in/train/a.csv": b"message,department\na,x\nb,x\n"},
            "There are 1 distinct labels; 2 are needed",
        ),
        (
            lambda: spec("ImageClassificationJobConfig", {}),
            {"in/train/a/1.png": b"no picture"},
            "in/train/a/1.png cannot be read: not a picture",
        ),
        (
            lambda: spec("ImageClassificationJobConfig", {}),
            {"in/train/a/1.txt": b"text"},
            "No .png, .jpg or .jpeg among",
        ),
    ],
)
def test_rejects_examples_that_do_not_suit(request_of, objects, text):
    with pytest.raises(DataError, match=text):
        training_of(request_of(), FakeS3(objects))
