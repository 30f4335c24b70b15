"""Values of the right type that cannot be meant, refused by the name that was typed."""

from __future__ import annotations

import os

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLImageClassificationConfig,
    AutoMLOutput,
    AutoMLTabularConfig,
    AutoMLTextClassificationConfig,
    AutoMLTextGenerationConfig,
    AutoMLTimeSeriesForecastingConfig,
    AutoMLV2,
    LocalAutoMLDataChannel,
    OptionsError,
    VpcConfig,
)

from .helpers import endpoint, job, model

REGRESSION = AutoMLTabularConfig("y", problem_type="Regression")
MSE = {"MetricName": "MSE"}


def faults(make):
    with pytest.raises(OptionsError) as caught:
        make()
    return [str(fault) for fault in caught.value.problems]


def forecast(**columns):
    named = {
        "item_identifier_attribute_name": "item",
        "target_attribute_name": "demand",
        "timestamp_attribute_name": "day",
    }
    return AutoMLTimeSeriesForecastingConfig("1D", 7, **(named | columns))


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (
            lambda: AutoMLTabularConfig("y", mode="ENSEMBLING", sample_weight_attribute_name="y"),
            "sample_weight_attribute_name: must be another column than target_attribute_name",
        ),
        (
            lambda: AutoMLTextClassificationConfig("a", "a"),
            "target_label_column: must be another column than content_column",
        ),
        (
            lambda: forecast(target_attribute_name="item"),
            "target_attribute_name: must be another column than item_identifier_attribute_name",
        ),
        (
            lambda: forecast(timestamp_attribute_name="demand"),
            "timestamp_attribute_name: must be another column than target_attribute_name",
        ),
        (
            lambda: forecast(grouping_attribute_names=["shop", "day"]),
            "grouping_attribute_names[1]: must be another column than timestamp_attribute_name",
        ),
        (
            lambda: forecast(grouping_attribute_names=["shop", "shop"]),
            "grouping_attribute_names[1]: must be another column than grouping_attribute_names[0]",
        ),
    ],
)
def test_one_column_is_two_things(make, expected):
    [fault] = faults(make)

    assert fault.startswith(expected)


@pytest.mark.parametrize(
    "kind",
    [
        AutoMLImageClassificationConfig,
        AutoMLTextGenerationConfig,
        lambda **more: AutoMLTabularConfig("y", **more),
        lambda **more: AutoMLTextClassificationConfig("a", "b", **more),
        forecast,
    ],
)
def test_one_training_may_take_longer_than_the_whole_job(kind):
    [fault] = faults(
        lambda: kind(
            max_runtime_per_training_job_in_seconds=7200, max_total_job_runtime_in_seconds=3600
        )
    )

    assert fault == (
        "max_runtime_per_training_job_in_seconds: must not be more than "
        "max_total_job_runtime_in_seconds, which is 3600, got 7200"
    )


@pytest.mark.parametrize(
    ("config", "kind", "options"),
    [
        (REGRESSION, "Regression", {"job_objective": MSE}),
        (AutoMLTextGenerationConfig(), "TextGeneration", {}),
        (forecast(), "TimeSeriesForecasting", {}),
    ],
)
def test_response_keys_of_what_answers_without_labels_are_refused(stack, config, kind, options):
    keys = ["predicted_label"]
    auto_ml = AutoMLV2(stack, "SDK", config, **options)
    auto_ml.fit("s3://in/train/")
    made = job(stack, problem_config=config, **options)

    for make in (
        lambda: model(stack, job=made, inference_response_keys=keys),
        lambda: auto_ml.create_model(inference_response_keys=keys),
        lambda: auto_ml.deploy(1, "ml.g5.2xlarge", inference_response_keys=keys),
    ):
        assert faults(make) == [
            "inference_response_keys: can be used only with a classifier, and the job is one for "
            f"{kind}, got ['predicted_label']"
        ]


@pytest.mark.parametrize("call", ["deploy", "create_model"])
def test_a_model_before_any_job_says_what_comes_first(stack, call):
    auto_ml = AutoMLV2(stack, "Early", AutoMLTabularConfig("y"))
    make = {
        "deploy": lambda: auto_ml.deploy(1, "m5.large"),
        "create_model": lambda: auto_ml.create_model(predictor_cls=None),
    }[call]

    assert faults(make)[0] == "job: must be there first, got None; call fit or attach first"


WRONG_KEYS = [
    ("s3://in/train/*.csv", "must not end in a pattern"),
    ("s3://in/train/part-*", "must not end in a pattern"),
    ("s3://in/train/a.csv?versionId=1", "must not have a query"),
    ("s3://in/{prefix}/", "must have no placeholder that nobody fills in"),
    ("s3://in/${AWS::Region}/", "must have no placeholder that nobody fills in"),
    ("s3://in/train/ ", "must not begin or end with a space"),
]


@pytest.mark.parametrize(("uri", "rule"), WRONG_KEYS)
def test_what_is_no_key_is_refused_wherever_a_place_in_s3_is_named(stack, uri, rule):
    auto_ml = AutoMLV2(stack, "A", AutoMLTabularConfig("y"))
    for make, option in (
        (lambda: AutoMLDataChannel("S3Prefix", uri), "s3_uri"),
        (lambda: auto_ml.fit(uri), "inputs"),
        (lambda: job(stack, output_path=uri.replace("/in/", "/out/")), "output_path"),
        (lambda: AutoMLOutput(uri), "path"),
        (
            lambda: AutoMLTabularConfig("y", feature_specification_s3_uri=uri),
            "feature_specification_s3_uri",
        ),
    ):
        [fault] = faults(make)
        assert fault.startswith(f"{option}: {rule}, got ")


@pytest.mark.parametrize(
    ("uri", "rule"),
    [
        ("s3://out/my models/", "must not contain ' '"),
        ("s3://out/a\\b/", "must not contain '\\\\'"),
        ("s3://out/<name>/", "must not contain '<'"),
        ("s3://out/a*b/", "must not contain '*'"),
        ("s3://out//models/", "must not contain a folder without a name"),
    ],
)
def test_an_output_that_nobody_wants_to_write_to_is_refused(stack, uri, rule):
    [fault] = faults(lambda: job(stack, output_path=uri))

    assert fault.startswith(f"output_path: {rule}")


def test_data_that_are_there_may_have_spaces_in_their_keys():
    assert AutoMLDataChannel("S3Prefix", "s3://in/my data/").s3_uri == "s3://in/my data/"


def test_a_token_in_a_key_is_no_brace():
    assert AutoMLOutput(f"s3://out/{cdk.Aws.REGION}/").path.startswith("s3://out/")


@pytest.mark.parametrize("kind", [AutoMLDataChannel, AutoMLOutput])
@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("/train/", "prefix: must not begin with /, got '/train/'; use 'train/'"),
        ("s3://in/train/", "prefix: must be what follows the bucket, got 's3://in/train/'"),
    ],
)
def test_a_prefix_that_begins_anew_is_refused(stack, kind, prefix, expected):
    bucket = s3.Bucket.from_bucket_name(stack, "In", "some-data")

    assert faults(lambda: kind.from_bucket(bucket, prefix)) == [expected]


@pytest.mark.parametrize(
    ("content_type", "nearest"),
    [
        ("csv", "text/csv;header=present"),
        ("parquet", "x-application/vnd.amazon+parquet"),
        ("PNG", "image/png"),
    ],
)
def test_what_is_no_content_type_names_the_nearest(content_type, nearest):
    [fault] = faults(
        lambda: AutoMLDataChannel("S3Prefix", "s3://in/train/", content_type=content_type)
    )

    assert fault.startswith("content_type: must be one of text/csv;header=present")
    assert fault.endswith(f"use {nearest!r}")


def test_a_content_type_that_no_job_of_the_kind_takes_names_the_nearest(stack):
    channel = AutoMLDataChannel("S3Prefix", "s3://in/train/", content_type="text/csv")

    [fault] = faults(lambda: job(stack, inputs=channel))
    assert fault.startswith("inputs[0].content_type: must be text/csv;header=present | ")
    assert fault.endswith("use 'text/csv;header=present'")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/dev/null", "must be a file, and no device, pipe or socket"),
        ("pipe", "must be a file, and no device, pipe or socket"),
        ("empty.csv", "must not be empty"),
        ("link.csv", "must not be empty"),
    ],
)
def test_what_holds_no_data_is_uploaded(tmp_path, path, expected):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "link.csv").symlink_to(tmp_path / "empty.csv")

    [fault] = faults(lambda: LocalAutoMLDataChannel("S3Prefix", str(tmp_path / path)))

    assert fault.startswith(f"path: {expected}")


def test_a_subnet_and_a_group_that_are_there_twice_are_refused(stack):
    twice = {"Subnets": ["subnet-1"] * 2, "SecurityGroupIds": ["sg-1"] * 2}
    expected = [
        "vpc_config.Subnets[1]: must not be there twice, got 'subnet-1'",
        "vpc_config.SecurityGroupIds[1]: must not be there twice, got 'sg-1'",
    ]

    assert faults(lambda: job(stack, vpc_config=twice)) == expected
    assert faults(lambda: model(stack, vpc_config=twice)) == expected


def test_constructs_of_a_network_that_are_there_twice_are_refused(stack):
    vpc = ec2.Vpc(stack, "Vpc")
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc)
    subnet = vpc.private_subnets[0]
    same = ec2.SubnetSelection(subnets=[subnet, subnet])

    [groups] = faults(lambda: job(stack, vpc_config=VpcConfig(vpc, security_groups=[group] * 2)))
    assert groups.startswith("vpc_config.security_groups[1]: must not be there twice")
    [subnets] = faults(lambda: job(stack, "Other", vpc_config=VpcConfig(vpc, same)))
    assert subnets.startswith("vpc_config.subnets[1]: must not be there twice")


@pytest.mark.parametrize("grantee", [None, "role", ec2.Port.all_traffic()])
def test_a_grantee_that_is_none_is_refused_by_name(stack, grantee):
    made = endpoint(stack)
    trained = job(stack, "Other")

    for grant in (made.grant_invoke, trained.grant_describe, trained.grant_read_output):
        [fault] = faults(lambda grant=grant: grant(grantee))
        assert fault.startswith("grantee: must be an iam.IGrantable, got ")


def test_a_wrong_policy_is_refused_by_the_name_of_the_parameter(stack):
    served = model(stack)
    made = endpoint(stack, model=served)

    for apply in (made.apply_removal_policy, served.apply_removal_policy):
        [fault] = faults(lambda apply=apply: apply("RETAIN"))
        assert fault == (
            "policy: must be a cdk.RemovalPolicy, got 'RETAIN'; use cdk.RemovalPolicy.RETAIN"
        )
