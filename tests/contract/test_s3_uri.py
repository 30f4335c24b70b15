"""The constructs and the function read a location in S3 alike."""

from urllib.parse import quote

import pytest
from automlv2_handlers.domain.s3_uri import S3Uri
from automlv2_handlers.errors import LifecycleError
from hypothesis import given
from hypothesis import strategies as st

from cdk_automlv2._core.s3_uri import normalized

BUCKETS = st.from_regex(r"[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]", fullmatch=True)
KEYS = st.text("abz09-_./", max_size=20)
REGIONS = st.sampled_from(["", ".eu-west-1", "-eu-west-1", ".dualstack.us-east-1", ".cn-north-1"])


def of_constructs(uri):
    """Return what the constructs take a location for; ``None`` if for none."""
    known = normalized(uri)
    if not known.startswith("s3://"):
        return None
    bucket, _, key = known.removeprefix("s3://").partition("/")
    return (bucket, key)


def of_function(uri):
    try:
        return tuple(S3Uri.parse(uri))
    except LifecycleError:
        return None


@given(BUCKETS, KEYS, REGIONS, st.sampled_from(["amazonaws.com", "amazonaws.com.cn"]))
def test_both_read_the_same_bucket_and_key(bucket, key, region, domain):
    for uri in (
        f"s3://{bucket}/{key}",
        f"https://{bucket}.s3{region}.{domain}/{key}",
        f"https://s3{region}.{domain}/{bucket}/{key}",
    ):
        assert of_constructs(uri) == of_function(uri)
        assert of_constructs(uri) is not None


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.com/train/",
        "https://in.s3.amazonaws.com/train/?versionId=1",
        f"https://in.s3.amazonaws.com/{quote('a b')}/",
        "https://in.s3.amazonaws.com.evil.com/train/",
        "https://s3.eu-west-1.amazonaws.com/",
        "https://in.s3.amazonaws.com/train#top",
        "in/train/",
    ],
)
def test_both_refuse_the_same(uri):
    assert of_constructs(uri) is None
    assert of_function(uri) is None
