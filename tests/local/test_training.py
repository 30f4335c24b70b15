"""The local training: real fits, honest scores, artifacts that answer."""

import csv
import gzip
import io
import json

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris

from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.hosting import HostedModel
from cdk_automlv2.local.training.algorithms import trials
from cdk_automlv2.local.training.candidates import Publisher
from cdk_automlv2.local.training.data import DataError
from cdk_automlv2.local.training.tabular import TabularTraining

from .fake_s3 import FakeS3


def iris():
    source = load_iris(as_frame=True)
    table = source.data.assign(species=source.target.map(dict(enumerate(source.target_names))))
    return table.assign(garden=["north", "south"] * 75)


def diabetes():
    source = load_diabetes(as_frame=True)
    return source.data.assign(progression=source.target)


def spec(target, *channels, output="s3://out/models", **config):
    kinds = ["training", "validation"]
    inputs = [
        {
            "ChannelType": kinds[index],
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
        }
        for index, uri in enumerate(channels or ["s3://in/train/"])
    ]
    return {
        "AutoMLJobName": "job-1",
        "Account": "000000000000",
        "Region": "us-east-1",
        "AutoMLJobInputDataConfig": inputs,
        "OutputDataConfig": {"S3OutputPath": output},
        "AutoMLProblemTypeConfig": {
            "TabularJobConfig": {
                "TargetAttributeName": target,
                "CompletionCriteria": {"MaxCandidates": 1},
                **config,
            }
        },
    }


def bucket(table):
    return FakeS3({"in/train/part.csv": table.to_csv(index=False).encode()})


def trained(request, s3):
    training = TabularTraining(request, s3)
    publisher = Publisher(request, training.problem, s3)
    return [
        publisher.publish(number, fitted) for number, fitted in enumerate(training.run(), start=1)
    ]


def answers(candidate, s3, rows, keys=None):
    containers = candidate["InferenceContainers"]
    if keys:
        for container in containers[-1:]:
            container["Environment"]["SAGEMAKER_INFERENCE_OUTPUT"] = keys
    body = rows.to_csv(index=False, header=False)
    reply, kind = HostedModel.fetch(containers, s3).answer(body.encode(), "text/csv")
    assert kind == "text/csv"
    return list(csv.reader(io.StringIO(reply.decode())))


def test_a_classifier_of_three_flowers_is_scored_on_rows_it_has_not_seen():
    table = iris()
    s3 = bucket(table)

    [candidate] = trained(spec("species"), s3)

    metric = candidate["FinalAutoMLJobObjectiveMetric"]
    assert (metric["MetricName"], metric["Type"]) == ("Accuracy", "Maximize")
    assert 0.8 < metric["Value"] <= 1
    names = {
        item["StandardMetricName"] for item in candidate["CandidateProperties"]["CandidateMetrics"]
    }
    assert names == {
        "Accuracy",
        "BalancedAccuracy",
        "F1macro",
        "InferenceLatency",
        "LogLoss",
        "PrecisionMacro",
        "RecallMacro",
    }
    replies = answers(
        candidate, s3, table.drop(columns="species").head(5), "labels,predicted_label"
    )
    assert {row[1] for row in replies} == {"setosa"}
    assert replies[0][0] == "['setosa', 'versicolor', 'virginica']"


def test_a_regression_answers_with_numbers():
    table = diabetes()
    s3 = bucket(table)

    [candidate] = trained(spec("progression"), s3)

    metric = candidate["FinalAutoMLJobObjectiveMetric"]
    assert (metric["MetricName"], metric["Type"]) == ("MSE", "Minimize")
    assert metric["Value"] < table["progression"].var()
    replies = answers(candidate, s3, table.drop(columns="progression").head(3))
    assert all(0 < float(row[0]) < 500 for row in replies)
    assert "SAGEMAKER_INFERENCE_SUPPORTED" not in candidate["InferenceContainers"][0]["Environment"]


def test_the_score_is_that_of_an_own_calculation():
    table = diabetes()
    train, validation = table.iloc[:300], table.iloc[300:]
    s3 = FakeS3(
        {
            "in/train/a.csv": train.to_csv(index=False).encode(),
            "in/val/a.csv": validation.to_csv(index=False).encode(),
        }
    )

    [candidate] = trained(spec("progression", "s3://in/train/", "s3://in/val/"), s3)

    replies = answers(candidate, s3, validation.drop(columns="progression"))
    errors = validation["progression"].to_numpy() - np.array([float(row[0]) for row in replies])
    assert candidate["FinalAutoMLJobObjectiveMetric"]["Value"] == pytest.approx(np.mean(errors**2))


def test_tuning_makes_three_containers_for_labels_and_two_for_numbers():
    flowers, numbers = bucket(iris()), bucket(diabetes())

    [classifier] = trained(spec("species", Mode="HYPERPARAMETER_TUNING"), flowers)
    [regressor] = trained(spec("progression", Mode="HYPERPARAMETER_TUNING"), numbers)

    assert len(classifier["InferenceContainers"]) == 3
    assert len(regressor["InferenceContainers"]) == 2
    replies = answers(classifier, flowers, iris().drop(columns="species").head(2))
    assert replies == [["setosa"], ["setosa"]]


def test_every_algorithm_of_the_api_is_tried_before_any_is_varied():
    names = [(trial.algorithm, trial.round) for trial in trials({}, 10)]

    assert len({name for name, turn in names if turn == 0}) == 8
    assert names[8:] == [("linear-learner", 1), ("xgboost", 1)]


@pytest.mark.parametrize("algorithm", [trial.algorithm for trial in trials({}, 8)] + ["mlp"])
@pytest.mark.parametrize("target", ["species", "progression"])
def test_every_algorithm_learns(algorithm, target):
    table = iris() if target == "species" else diabetes()
    mode = "HYPERPARAMETER_TUNING" if algorithm == "mlp" else "ENSEMBLING"
    chosen = {"AlgorithmsConfig": [{"AutoMLAlgorithms": [algorithm]}]}

    [candidate] = trained(spec(target, Mode=mode, CandidateGenerationConfig=chosen), bucket(table))

    assert algorithm in candidate["CandidateName"]
    assert np.isfinite(candidate["FinalAutoMLJobObjectiveMetric"]["Value"])


@pytest.mark.parametrize(
    ("targets", "kind"),
    [
        ([0, 1] * 8, "BinaryClassification"),
        ([0, 1, 2, 3] * 4, "MulticlassClassification"),
        (range(16), "Regression"),
        ([f"k{number % 8}" for number in range(16)], "MulticlassClassification"),
    ],
)
def test_the_kind_of_problem_follows_from_the_target(targets, kind):
    table = pd.DataFrame({"size": range(16), "target": targets})

    assert TabularTraining(spec("target"), bucket(table)).problem.kind == kind


def test_max_candidates_are_made():
    request = spec("species", CompletionCriteria={"MaxCandidates": 3})

    made = trained(request, bucket(iris()))

    assert len({candidate["CandidateName"] for candidate in made}) == 3
    assert all(len(candidate["CandidateName"]) <= 64 for candidate in made)


def test_gzip_and_parquet_are_read():
    table = iris()
    packed = FakeS3({"in/train/a.csv.gz": gzip.compress(table.to_csv(index=False).encode())})
    request = spec("species")
    request["AutoMLJobInputDataConfig"][0]["CompressionType"] = "Gzip"

    assert trained(request, packed)


def test_parquet_is_read(tmp_path):
    path = tmp_path / "a.parquet"
    iris().to_parquet(path)
    request = spec("species")
    request["AutoMLJobInputDataConfig"][0]["ContentType"] = "x-application/vnd.amazon+parquet"

    assert trained(request, FakeS3({"in/train/a.parquet": path.read_bytes()}))


def test_a_feature_specification_chooses_the_columns():
    s3 = bucket(iris())
    names = ["petal length (cm)", "petal width (cm)"]
    s3.objects["in/spec.json"] = json.dumps({"FeatureAttributeNames": names}).encode()
    request = spec("species", FeatureSpecificationS3Uri="s3://in/spec.json")

    [candidate] = trained(request, s3)

    assert answers(candidate, s3, iris()[names].head(1)) == [["setosa"]]


def test_weights_of_rows_count():
    table = diabetes()
    heavy = table.assign(weight=[1000.0 if value > 200 else 0.001 for value in table.progression])
    light = table.assign(weight=1.0)
    chosen = {"AlgorithmsConfig": [{"AutoMLAlgorithms": ["linear-learner"]}]}
    request = spec(
        "progression",
        SampleWeightAttributeName="weight",
        Mode="ENSEMBLING",
        CandidateGenerationConfig=chosen,
    )

    means = []
    for weighed in (heavy, light):
        s3 = bucket(weighed)
        [candidate] = trained(request, s3)
        rows = table.drop(columns="progression").head(50)
        means.append(np.mean([float(row[0]) for row in answers(candidate, s3, rows)]))

    assert means[0] > means[1] + 20


def test_rows_without_target_are_left_out():
    table = iris()
    table.loc[:9, "species"] = None

    [candidate] = trained(spec("species"), bucket(table))

    assert candidate["CandidateStatus"] == "Completed"


@pytest.mark.parametrize(
    ("change", "request_of", "text"),
    [
        pytest.param(
            lambda table: table,
            lambda: spec("kind"),
            "Target attribute name 'kind' does not exist in the dataset; it has sepal",
            id="no such column",
        ),
        pytest.param(
            lambda table: table.assign(species="rose"),
            lambda: spec("species"),
            "has 1 distinct values; 2 are needed",
            id="one class",
        ),
        pytest.param(
            lambda table: table,
            lambda: spec("species", ProblemType="BinaryClassification"),
            "has 3 distinct values; BinaryClassification needs 2",
            id="three classes for two",
        ),
        pytest.param(
            lambda table: table,
            lambda: spec("species", ProblemType="Regression"),
            "is not numeric; Regression needs numbers",
            id="labels for numbers",
        ),
        pytest.param(
            lambda table: table,
            lambda: spec("species", "s3://in/nothing/"),
            "No objects found under s3://in/nothing/",
            id="no objects",
        ),
    ],
)
def test_rejects_data_that_do_not_suit(change, request_of, text):
    with pytest.raises(DataError, match=text):
        TabularTraining(request_of(), bucket(change(iris())))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"[]", "is no feature specification"),
        (b'{"FeatureAttributeNames": ["species"]}', "must not name the target column 'species'"),
        (b'{"FeatureAttributeNames": ["size"]}', "'size' does not exist in the dataset"),
    ],
)
def test_rejects_a_feature_specification(content, text):
    s3 = bucket(iris())
    s3.objects["in/spec.json"] = content

    with pytest.raises(DataError, match=text):
        TabularTraining(spec("species", FeatureSpecificationS3Uri="s3://in/spec.json"), s3)


def test_a_manifest_names_the_objects():
    s3 = bucket(iris())
    s3.objects["in/manifest.json"] = b'[{"prefix": "s3://in/train/"}, "part.csv"]'
    request = spec("species", "s3://in/manifest.json")
    request["AutoMLJobInputDataConfig"][0]["DataSource"]["S3DataSource"]["S3DataType"] = (
        "ManifestFile"
    )

    assert trained(request, s3)


def test_rejects_a_manifest_that_is_none():
    s3 = FakeS3({"in/manifest.json": b"{}"})
    request = spec("species", "s3://in/manifest.json")
    request["AutoMLJobInputDataConfig"][0]["DataSource"]["S3DataSource"]["S3DataType"] = (
        "ManifestFile"
    )

    with pytest.raises(DataError, match=r"s3://in/manifest.json is no manifest"):
        TabularTraining(request, s3)


def test_rejects_what_is_no_table():
    s3 = FakeS3({"in/train/a.csv": b"\xff\xfe\x00bad"})

    with pytest.raises(DataError, match=r"s3://in/train/a.csv cannot be read"):
        TabularTraining(spec("species"), s3)


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("1,2,3\n", "text/csv", "row 1 has 3 values, the model has 5 features"),
        ("{}", "application/json", "'application/json' is not supported: send text/csv"),
    ],
)
def test_rejects_a_request_the_container_cannot_read(body, content_type, text):
    s3 = bucket(iris())
    [candidate] = trained(spec("species"), s3)
    hosted = HostedModel.fetch(candidate["InferenceContainers"], s3)

    with pytest.raises(ServiceError, match=text):
        hosted.answer(body.encode(), content_type)
