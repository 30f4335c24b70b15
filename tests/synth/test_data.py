"""Which data go with which kind of problem, from both sides."""

import json

import pytest
from aws_cdk import assertions

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLImageClassificationConfig,
    AutoMLTabularConfig,
    AutoMLTextClassificationConfig,
    AutoMLTextGenerationConfig,
    AutoMLTimeSeriesForecastingConfig,
    LocalAutoMLDataChannel,
    OptionsError,
)

from .helpers import job, resources

TABULAR = AutoMLTabularConfig("y")
IMAGE = AutoMLImageClassificationConfig()
TEXT = AutoMLTextClassificationConfig("text", "label")
SERIES = AutoMLTimeSeriesForecastingConfig("1D", 14, "shop", "demand", "day")
CHAT = AutoMLTextGenerationConfig()
CSV, PARQUET = "text/csv;header=present", "x-application/vnd.amazon+parquet"


def channel(data_type="S3Prefix", **more):
    return AutoMLDataChannel(data_type, "s3://in/", **more)


@pytest.mark.parametrize(
    ("config", "inputs"),
    [
        (TABULAR, channel("ManifestFile")),
        (TABULAR, channel(compression_type="Gzip")),
        (TABULAR, channel(content_type=PARQUET)),
        (IMAGE, channel("AugmentedManifestFile")),
        (IMAGE, channel("ManifestFile", content_type="image/png")),
        (TEXT, channel(content_type=PARQUET)),
        (TEXT, channel(compression_type="None")),
        (SERIES, channel(content_type=CSV)),
        (CHAT, channel()),
        (CHAT, [channel(), channel(channel_type="validation")]),
    ],
)
def test_accepts(stack, config, inputs):
    job(stack, problem_config=config, inputs=inputs)


@pytest.mark.parametrize(
    ("config", "inputs", "text"),
    [
        (
            TABULAR,
            channel("AugmentedManifestFile"),
            "inputs[0].s3_data_type: must be one of S3Prefix, ManifestFile for Tabular, "
            "got 'AugmentedManifestFile'",
        ),
        (
            TEXT,
            channel("ManifestFile"),
            "inputs[0].s3_data_type: must be one of S3Prefix for TextClassification, "
            "got 'ManifestFile'",
        ),
        (
            SERIES,
            channel("ManifestFile"),
            "inputs[0].s3_data_type: must be one of S3Prefix for TimeSeriesForecasting, "
            "got 'ManifestFile'",
        ),
        (
            TEXT,
            channel(compression_type="Gzip"),
            "inputs[0].compression_type: can be used only with tabular data and S3Prefix, "
            "got 'Gzip'",
        ),
        (
            TABULAR,
            channel("ManifestFile", compression_type="Gzip"),
            "inputs[0].compression_type: can be used only with tabular data and S3Prefix, "
            "got 'Gzip'",
        ),
        (
            IMAGE,
            channel(content_type=CSV),
            "inputs[0].content_type: must be image/* | image/png | image/jpeg for "
            f"ImageClassification, got {CSV!r}",
        ),
        (
            TABULAR,
            channel(content_type="image/png"),
            f"inputs[0].content_type: must be {CSV} | {PARQUET} for Tabular, got 'image/png'",
        ),
        (
            SERIES,
            [channel(), channel(channel_type="validation")],
            "inputs[1].channel_type: must be training for TimeSeriesForecasting, got 'validation'",
        ),
    ],
)
def test_rejects(stack, config, inputs, text):
    with pytest.raises(OptionsError) as caught:
        job(stack, problem_config=config, inputs=inputs)

    assert [str(problem) for problem in caught.value.problems] == [text]


def test_data_that_cannot_be_told_are_said_at_synth(stack):
    job(stack, inputs=channel("ManifestFile"))

    told = assertions.Annotations.from_stack(stack).find_info("*", assertions.Match.any_value())
    assert [item.entry.data for item in told] == [
        "inputs[0] is a ManifestFile, so that its data cannot be listed: a rollback returns to the "
        "job, but a new stack of the same name trains again"
    ]


def test_the_fingerprint_of_the_data_is_an_attribute(stack):
    made = job(stack)

    assert stack.resolve(made.data_fingerprint)["Fn::GetAtt"][1] == "DataFingerprint"


def test_two_jobs_with_the_same_folder_have_a_prefix_each(stack, tmp_path):
    (tmp_path / "train.csv").write_text("y\n1\n")
    for name in ("One", "Two"):
        job(stack, name, inputs=LocalAutoMLDataChannel("S3Prefix", str(tmp_path)))

    unpacked = [item["Properties"] for item in resources(stack, "Custom::AutoMLInput")]
    assert len({json.dumps(item["Folder"]) for item in unpacked}) == 2
    assert len({item["AssetKey"] for item in unpacked}) == 1
    for item in unpacked:
        folder, prefix = item["Folder"]["Fn::Join"][1], item["S3Uri"]["Fn::Join"][1]
        assert prefix[:-1] == folder[:-1]
        assert prefix[-1].startswith(folder[-1])


def test_rejects_a_split_of_series(stack):
    text = "validation_fraction: cannot be used with TimeSeriesForecasting, got 0.2"
    with pytest.raises(OptionsError, match=text):
        job(stack, problem_config=SERIES, validation_fraction=0.2)
    job(stack, "Other", problem_config=CHAT, validation_fraction=0.2)


@pytest.mark.parametrize(
    ("config", "metric", "text"),
    [
        (IMAGE, "F1", "must be one of Accuracy for ImageClassification, got 'F1'"),
        (TEXT, "AUC", "must be one of Accuracy for TextClassification, got 'AUC'"),
        (SERIES, "F1", "must be one of AverageWeightedQuantileLoss, MAPE, MASE, RMSE, WAPE for"),
        (CHAT, "Accuracy", "cannot be used with TextGeneration, which has none, got 'Accuracy'"),
    ],
)
def test_rejects_a_metric_of_another_kind(stack, config, metric, text):
    with pytest.raises(OptionsError, match=text):
        job(stack, problem_config=config, job_objective={"MetricName": metric})


@pytest.mark.parametrize(("config", "metric"), [(IMAGE, "Accuracy"), (SERIES, "WAPE")])
def test_accepts_a_metric_of_its_kind(stack, config, metric):
    job(stack, problem_config=config, job_objective={"MetricName": metric})


def test_rejects_a_long_output_path(stack):
    with pytest.raises(OptionsError, match="output_path: must have 512 characters or less"):
        job(stack, output_path="s3://out/" + "x" * 504)
    job(stack, "Other", output_path="s3://out/" + "x" * 503)


def test_rejects_a_local_path_where_nothing_is():
    with pytest.raises(OptionsError, match=r"path: must be a file or a folder, got 'missing\.csv'"):
        LocalAutoMLDataChannel("S3Prefix", "missing.csv")


def test_rejects_an_empty_folder(tmp_path):
    with pytest.raises(OptionsError, match="path: must have files in it"):
        LocalAutoMLDataChannel("S3Prefix", str(tmp_path))


def test_rejects_a_folder_for_a_manifest(tmp_path):
    (tmp_path / "a.csv").write_text("a")
    with pytest.raises(OptionsError, match="path: must be a file for ManifestFile"):
        LocalAutoMLDataChannel("ManifestFile", str(tmp_path))


def test_rejects_a_folder_too_large_to_unpack(tmp_path):
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(401 << 20)

    with pytest.raises(OptionsError, match=r"path: must have 400 MB or less in it, got '401 MB'"):
        LocalAutoMLDataChannel("S3Prefix", str(tmp_path))
