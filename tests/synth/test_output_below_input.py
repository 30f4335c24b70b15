"""A job whose output lies among its input would read the models of the one before."""

import pytest
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import AutoMLDataChannel, AutoMLTabularConfig, AutoMLV2, OptionsError

from .helpers import job


@pytest.mark.parametrize(
    ("uri", "output"),
    [
        ("s3://data", "s3://data/out"),
        ("s3://data/", "s3://data/"),
        ("s3://data/", "s3://data"),
        ("s3://data/train", "s3://data/train_output"),
        ("s3://data/train", "s3://data/train/"),
        ("s3://data/train/", "s3://data/train"),
        ("s3://data/train/", "s3://data/train/models/of/mine"),
        ("https://data.s3.us-east-1.amazonaws.com/train/", "s3://data/train/"),
        ("s3://data/train", "https://s3.amazonaws.com/data/train"),
    ],
)
def test_an_output_below_an_input_is_refused(stack, uri, output):
    with pytest.raises(OptionsError, match="must not begin with inputs"):
        job(stack, inputs=AutoMLDataChannel("S3Prefix", uri), output_path=output)


@pytest.mark.parametrize(
    ("uri", "output"),
    [
        ("s3://data/train/", "s3://data/train_output/"),
        ("s3://data/train/", "s3://data/"),
        ("s3://data/train", "s3://other/train"),
        ("s3://data", "s3://data-out/"),
        ("s3://data/out/train/", "s3://data/out/"),
    ],
)
def test_an_output_beside_or_above_an_input_is_taken(stack, uri, output):
    job(stack, inputs=AutoMLDataChannel("S3Prefix", uri), output_path=output)


def test_the_validation_channel_and_a_bucket_whose_name_is_known_count_too(stack):
    bucket = s3.Bucket.from_bucket_name(stack, "Data", "data")
    channels = [
        AutoMLDataChannel("S3Prefix", "s3://in/train/"),
        AutoMLDataChannel.from_bucket(bucket, "held-out", channel_type="validation"),
    ]

    with pytest.raises(OptionsError, match=r"must not begin with inputs\[1\].s3_uri"):
        job(stack, inputs=channels, output_path="s3://data/held-out-models/")


def test_a_manifest_names_its_objects_and_reads_no_others(stack):
    channel = AutoMLDataChannel("ManifestFile", "s3://data/train.manifest")

    job(stack, inputs=channel, output_path="s3://data/train.manifest.out/")


@pytest.mark.parametrize("name", ["job_name", "base_job_name"])
def test_the_jobs_own_folder_counts(stack, name):
    channel = AutoMLDataChannel("S3Prefix", "s3://data/ch")

    job(stack, inputs=channel, output_path="s3://data/", **{name: "shop"})
    with pytest.raises(OptionsError, match="must not begin with inputs"):
        job(stack, "Other", inputs=channel, output_path="s3://data/", **{name: "churn"})


def test_fit_refuses_it_too(stack):
    auto_ml = AutoMLV2(stack, "Shop", AutoMLTabularConfig("y"), output_path="s3://data/out/")

    with pytest.raises(OptionsError, match="must not begin with inputs"):
        auto_ml.fit("s3://data/")
