"""Cells, times and URIs, read one by one; and rows that are answered alone as among others."""

import json

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdk_automlv2.local.sagemaker.hosting import HostedModel
from cdk_automlv2.local.training import times, values
from cdk_automlv2.local.training.__main__ import main
from cdk_automlv2.local.training.candidates import Publisher
from cdk_automlv2.local.training.errors import LONGEST_REASON, DataError
from cdk_automlv2.local.training.kinds import training_of
from cdk_automlv2.local.training.objects import below, split_uri

from .data_cases.case import in_train, text_of
from .data_cases.tables import PLAIN, job
from .fake_s3 import FakeS3


def reports_of(request, s3, capsys):
    main(request, s3)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1.0), (" -1.5e3 ", -1500.0), (".5", 0.5), ("5.", 5.0), ("+2", 2.0), ("007", 7.0)],
)
def test_these_are_numbers(text, number):
    assert values.number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NA",
        "nan",
        "1,234",
        "1_000",
        "0x10",
        "1.2.3",
        "٣",
        "1e",
        "True",
        "--1",
        "1 2",
        "$5",
        "½",
    ],
)
def test_these_are_no_numbers(text):
    assert values.number(text) is None


@given(st.lists(st.text(alphabet="0123456789+-.eE na_\n", max_size=6), max_size=4))
def test_many_numbers_are_read_as_each_of_them(texts):
    found = [values.number(text) for text in texts]
    all_plain = all(value is not None and values.is_usable(value) for value in found)

    assert values.plain_numbers(texts) == (found if all_plain else None)


@pytest.mark.parametrize(
    ("column", "read"),
    [
        (["2025-02-03"], "2025-02-03 00:00:00"),
        (["2025/2/3 4:05"], "2025-02-03 04:05:00"),
        (["2025-02-03T04:05:06.789Z"], "2025-02-03 04:05:06.789000"),
        (["2025-02-03 24:00"], "2025-02-04 00:00:00"),
        (["2025-02"], "2025-02-01 00:00:00"),
        (["03/02/2025", "13/02/2025"], "2025-02-03 00:00:00"),
        (["03/02/2025", "02/13/2025"], "2025-03-02 00:00:00"),
        (["3.2.2025 4:05 pm", "31.1.2025"], "2025-02-03 16:05:00"),
        (["20250203"], "2025-02-03 00:00:00"),
        (["202502"], "2025-02-01 00:00:00"),
        (["2025"], "2025-01-01 00:00:00"),
        (["2025.0"], "2025-01-01 00:00:00"),
        (["1738555506"], "2025-02-03 04:05:06"),
        (["1738555506000"], "2025-02-03 04:05:06"),
        (["1738555506000000000"], "2025-02-03 04:05:06"),
        (["3 Feb 2025"], "2025-02-03 00:00:00"),
        (["February 3, 2025"], "2025-02-03 00:00:00"),
        (["2025-02-03T00:00+02:00", "2025-02-04T00:00+02:00"], "2025-02-03 00:00:00"),
        (["2025-02-03T00:00+02:00", "2025-07-04T00:00+03:00"], "2025-02-02 22:00:00"),
    ],
)
def test_times_are_read_as_their_column_writes_them(column, read):
    assert str(times.TimeForm.of(column).read(column[0])) == read


@pytest.mark.parametrize(
    ("column", "why"),
    [
        (["03/02/2025", "01/12/2025"], "it may have the day first or the month first"),
        (["13/02/2025", "02/13/2025"], "the month comes first, but in '13/02/2025' the day does"),
        (["2025-02-03", "2025"], "it has the year alone, but '2025-02-03' has the year first"),
        (["1", "2", "3"], "it is no year, no YYYYMMDD, and no seconds since 1970"),
        (["2025Q1"], "write YYYY-MM-DD"),
        (["03/02/25"], "write YYYY-MM-DD"),
        (["1738555506", "1738555506000"], "no seconds since 1970"),
    ],
)
def test_times_that_could_be_others_are_refused(column, why):
    with pytest.raises(times.TimeError, match=why):
        times.TimeForm.of(column)


@pytest.mark.parametrize("text", ["2025-02-30", "2025-13-01", "2025-01-01 25:00"])
def test_moments_that_there_are_not_are_refused(text):
    with pytest.raises(times.TimeError, match="it is no such time"):
        times.TimeForm.of([text]).read(text)


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("s3://bucket/a/b", ("bucket", "a/b")),
        ("s3://bucket", ("bucket", "")),
        ("https://s3.us-east-1.amazonaws.com/bucket/a", ("bucket", "a")),
        ("https://s3.amazonaws.com/bucket/a", ("bucket", "a")),
        ("https://bucket.s3.us-east-1.amazonaws.com/a", ("bucket", "a")),
        ("https://my.bucket.s3.amazonaws.com/a%20b", ("my.bucket", "a b")),
        ("https://bucket.s3.dualstack.eu-west-1.amazonaws.com/a", ("bucket", "a")),
        ("https://bucket.s3.cn-north-1.amazonaws.com.cn/a", ("bucket", "a")),
    ],
)
def test_uris_of_s3_are_understood_in_every_style(uri, place):
    assert split_uri(uri) == place


@pytest.mark.parametrize(
    "uri", ["bucket/a", "s3:///a", "https://example.com/a", "https://s3.amazonaws.com/", "file://a"]
)
def test_what_is_no_uri_of_s3_is_refused(uri):
    with pytest.raises(DataError, match="is no S3 URI"):
        split_uri(uri)


@pytest.mark.parametrize(
    ("prefix", "key", "rest"),
    [
        ("train/", "train/cats/a/b.png", "cats/a/b.png"),
        ("train", "train/cats/b.png", "cats/b.png"),
        ("train/c", "train/cats/b.png", "cats/b.png"),
        ("", "cats/b.png", "cats/b.png"),
    ],
)
def test_what_is_below_a_prefix_begins_at_a_folder(prefix, key, rest):
    assert below(prefix, key) == rest


CELLS = {
    "size": st.sampled_from(["1", "2.5", "", "NA", "-7", "1e3", "x"]),
    "code": st.sampled_from(["0", "1", "", "x", "True", "None", "00"]),
    "flag": st.sampled_from(["true", "False", ""]),
}


@pytest.fixture(scope="module", params=["ENSEMBLING", "HYPERPARAMETER_TUNING"])
def mixed_model(request):
    """Return a model of columns that hold both numbers and words, or true and false."""
    header = [*CELLS, "kind"]
    rows = [
        ("1" if i % 4 else "NA", "0" if i % 3 else "x", "True" if i % 2 else "", f"k{i % 2}")
        for i in range(40)
    ]
    s3 = FakeS3(in_train(text_of(header, rows)))
    spec = job(config={"Mode": request.param})
    training = training_of(spec, s3)
    publisher = Publisher(spec, training.problem, s3)
    [candidate] = [publisher.publish(n, found) for n, found in enumerate(training.run(), 1)]
    return HostedModel.fetch(candidate["InferenceContainers"], s3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(*CELLS.values()), min_size=2, max_size=6))
def test_a_row_is_answered_alone_as_among_others(mixed_model, rows):
    lines = [",".join(row) + "\n" for row in rows]

    together, _ = mixed_model.answer("".join(lines).encode(), "text/csv")
    alone = [mixed_model.answer(line.encode(), "text/csv")[0] for line in lines]

    assert together == b"".join(alone)


class BrokenS3(FakeS3):
    def put_object(self, **request):
        raise RuntimeError("x" * 2000)


def test_any_failure_of_a_training_has_a_reason_that_fits(capsys):
    [report] = reports_of(job(), BrokenS3(in_train(PLAIN)), capsys)

    assert report["Failure"].startswith("s3://out/job-1/sagemaker-automl-candidates/job-1-001-")
    assert "cannot be written: RuntimeError: xxx" in report["Failure"]
    assert len(report["Failure"]) == LONGEST_REASON


class LockedS3(FakeS3):
    """Refuses as S3 does: by an error of the class that its model has for the code."""

    def paginate(self, **request):
        answer = {"Error": {"Code": "AccessDenied", "Message": "not s3:ListBucket"}}
        raise type("AccessDenied", (ClientError,), {})(answer, "ListObjectsV2")


def test_a_role_that_may_not_list_the_data_is_named(capsys):
    [report] = reports_of(job(), LockedS3(), capsys)

    assert report["Failure"] == (
        "The job's role could not reach its data: s3://in/train/ cannot be listed: An error "
        "occurred (AccessDenied) when calling the ListObjectsV2 operation: not s3:ListBucket"
    )


def test_a_request_that_cannot_be_understood_has_a_reason(capsys):
    [report] = reports_of(job() | {"AutoMLProblemTypeConfig": {"NoConfig": {}}}, FakeS3(), capsys)

    assert report["Failure"] == "The training failed: KeyError: 'NoConfig'"
