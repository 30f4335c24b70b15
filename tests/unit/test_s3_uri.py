import pytest
from automlv2_handlers.domain.s3_uri import S3Uri
from automlv2_handlers.errors import LifecycleError


@pytest.mark.parametrize(
    ("text", "bucket", "key"),
    [("s3://b/a/c.csv", "b", "a/c.csv"), ("s3://b/p/", "b", "p/"), ("s3://b", "b", "")],
)
def test_a_location_has_a_bucket_and_a_key(text, bucket, key):
    assert S3Uri.parse(text) == (bucket, key)


@pytest.mark.parametrize("text", ["", "b/key", "https://example.com/b/k", "s3://", "s3:///k"])
def test_what_is_no_location_is_named(text):
    with pytest.raises(LifecycleError, match="not a location in S3"):
        S3Uri.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://in.s3.eu-west-1.amazonaws.com/train/a.csv",
        "https://in.s3.amazonaws.com/train/a.csv",
        "https://in.s3-eu-west-1.amazonaws.com/train/a.csv",
        "https://s3.eu-west-1.amazonaws.com/in/train/a.csv",
        "https://in.s3.cn-north-1.amazonaws.com.cn/train/a.csv",
    ],
)
def test_an_address_in_the_web_is_the_place_it_stands_for(text):
    assert S3Uri.parse(text) == ("in", "train/a.csv")
