"""Which objects a name stands for, in S3's words and in IAM's."""

import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam

from cdk_automlv2 import AutoMLDataChannel, AutoMLEndpoint, AutoMLV2, OptionsError

from .helpers import job, may, model, properties

JOB = "Custom::AutoMLJobV2"


@pytest.mark.parametrize("path", ["s3://out/models", "s3://out/models/"])
def test_an_output_reaches_into_no_neighbour(stack, path):
    model(stack, job=job(stack, output_path=path))

    for action in ("s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"):
        assert may(stack, "ChurnRole", action, "s3://out/models/a")
        for key in ("models-prod/a", "models", "modelsa", "a"):
            assert not may(stack, "ChurnRole", action, f"s3://out/{key}")
    assert may(stack, "ChurnModelRole", "s3:GetObject", "s3://out/models/a")
    assert not may(stack, "ChurnModelRole", "s3:GetObject", "s3://out/models-prod/a")
    for prefix, allowed in (("models/", True), ("models/a", True), ("models-prod/", False)):
        assert may(stack, "ChurnRole", "s3:ListBucket", "s3://out", s3__prefix=prefix) is allowed


def test_a_whole_bucket_is_an_output_too(stack):
    job(stack, output_path="s3://out")

    assert may(stack, "ChurnRole", "s3:PutObject", "s3://out/any/a")


def warnings(stack):
    found = assertions.Annotations.from_stack(stack).find_warning(
        "*", assertions.Match.string_like_regexp("begins with")
    )
    return len(found)


@pytest.mark.parametrize(
    ("uri", "count"),
    [
        ("s3://in/train", 1),
        ("https://in.s3.amazonaws.com/a/train", 1),
        ("s3://in/train/", 0),
        ("s3://in/train.csv", 0),
        ("s3://in", 0),
        ("s3://in/", 0),
    ],
)
def test_a_prefix_that_reaches_into_neighbours_is_warned_of_and_granted_as_it_is_read(
    stack, uri, count
):
    job(stack, inputs=AutoMLDataChannel("S3Prefix", uri))

    assert warnings(stack) == count
    if uri == "s3://in/train":
        assert may(stack, "ChurnRole", "s3:GetObject", "s3://in/train-secret/a")


@pytest.mark.parametrize("name", ["$", "x$y", "$a"])
def test_a_dollar_in_an_output_is_no_variable(stack, name):
    job(stack, output_path=f"s3://out/{name}")

    assert may(stack, "ChurnRole", "s3:PutObject", f"s3://out/{name}/a")
    assert not may(stack, "ChurnRole", "s3:PutObject", "s3://out/xxy/a")


@pytest.mark.parametrize("name", ["a*b", "a?b", "a${aws:username}b", "$", "a${*}b", "x$y"])
def test_no_character_of_a_name_is_a_pattern(stack, name):
    inputs = AutoMLDataChannel("S3Prefix", f"s3://in/{name}/")
    job(stack, inputs=inputs)

    assert may(stack, "ChurnRole", "s3:GetObject", f"s3://in/{name}/a")
    assert may(stack, "function", "s3:ListBucket", "s3://in", s3__prefix=f"{name}/")
    for other in ("axxb", "axb", "ab", "xxy"):
        assert not may(stack, "ChurnRole", "s3:GetObject", f"s3://in/{other}/a")
        assert not may(stack, "function", "s3:ListBucket", "s3://in", s3__prefix=f"{other}/")


@pytest.mark.parametrize(
    "uri",
    [
        "https://in.s3.amazonaws.com/train/",
        "https://in.s3.eu-west-1.amazonaws.com/train/",
        "https://in.s3-eu-west-1.amazonaws.com/train/",
        "https://in.s3.dualstack.eu-west-1.amazonaws.com/train/",
        "https://s3.eu-west-1.amazonaws.com/in/train/",
        "https://s3.amazonaws.com/in/train/",
        "https://in.s3.cn-north-1.amazonaws.com.cn/train/",
    ],
)
def test_an_address_in_the_web_is_the_bucket_and_key_that_it_names(stack, uri):
    job(stack, inputs=AutoMLDataChannel("S3Prefix", uri), output_path=uri.replace("train", "out"))

    found = properties(stack, JOB)
    source = found["AutoMLJobInputDataConfig"][0]["DataSource"]["S3DataSource"]
    assert source["S3Uri"] == "s3://in/train/"
    assert found["OutputDataConfig"]["S3OutputPath"] == "s3://in/out/"
    assert may(stack, "ChurnRole", "s3:GetObject", "s3://in/train/a")
    assert may(stack, "ChurnRole", "s3:PutObject", "s3://in/out/a")


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.com/train/",
        "https://in.s3.amazonaws.com/train/?versionId=1",
        "https://in.s3.amazonaws.com/a%20b/",
        "https://in.s3.amazonaws.com.evil.com/train/",
        "https://s3.eu-west-1.amazonaws.com/",
        "s3://in/a\x00b/",
        "s3://in?/a",
        "s3://-/a",
    ],
)
def test_what_names_no_bucket_is_refused_by_name(stack, uri):
    with pytest.raises(OptionsError, match="s3_uri: must"):
        AutoMLDataChannel("S3Prefix", uri)
    with pytest.raises(OptionsError, match="output_path: must"):
        job(stack, output_path=uri)
    with pytest.raises(OptionsError):
        AutoMLV2.attach(stack, "Old", "old", output_path=uri)


def test_a_wildcard_in_the_name_of_an_imported_endpoint_is_refused(stack):
    with pytest.raises(OptionsError, match="endpoint_name: must match"):
        AutoMLEndpoint.from_endpoint_name(stack, "Old", "old*")


def test_an_imported_endpoint_grants_no_other(stack):
    reader = iam.Role(stack, "Reader", assumed_by=iam.AccountRootPrincipal())
    AutoMLEndpoint.from_endpoint_name(stack, "Old", "old").grant_invoke(reader)

    assert may(stack, "Reader", "sagemaker:InvokeEndpoint", ":endpoint/old")
    assert not may(stack, "Reader", "sagemaker:InvokeEndpoint", ":endpoint/older")
