"""The function and the local trainer leave the same objects aside."""

from automlv2_handlers.domain.job_output import WRITTEN_BY_JOBS, is_output
from automlv2_handlers.domain.s3_uri import S3Uri
from hypothesis import given
from hypothesis import strategies as st

from cdk_automlv2.local.training.objects import Source
from tests.local.fake_s3 import FakeS3

FOLDERS = st.lists(
    st.sampled_from(["train", "train_output", "job-1", "documentation", "tuning", "a.csv"]),
    max_size=4,
).map("/".join)
WITH_SLASH = st.tuples(FOLDERS, st.sampled_from(["", "/"])).map(
    lambda parts: "".join(parts).lstrip("/")
)


@given(prefix=WITH_SLASH, output=WITH_SLASH, keys=st.lists(FOLDERS.filter(bool), max_size=6))
def test_function_and_trainer_leave_the_same_objects_aside(prefix, output, keys):
    s3 = FakeS3({f"in/{key}": b"" for key in [*keys, f"{prefix.rstrip('/')}/data"]})
    found = [key for key in s3.objects if key.startswith(f"in/{prefix}")]
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://in/{prefix}"}
    channel = {"DataSource": {"S3DataSource": source}}

    by_function = [
        key.removeprefix("in/")
        for key in found
        if not is_output(S3Uri("in", output), S3Uri("in", prefix), key.removeprefix("in/"))
    ]

    reader = Source(channel, f"s3://in/{output}", s3)
    by_trainer = [key for key in (name.removeprefix("in/") for name in found) if reader.keeps(key)]
    assert by_trainer == by_function


def test_a_folder_of_candidates_is_known():
    assert "sagemaker-automl-candidates" in WRITTEN_BY_JOBS
