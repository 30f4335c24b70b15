import pytest

from cdk_automlv2.runtime import AutoMLRuntime, deserialize, serialize

from .sessions import Session


def test_rows_are_sent_as_csv_and_come_back_as_rows():
    session = Session(body=b'yes,"[0.1, 0.9]"\nno,"[0.8, 0.2]"\n')

    answer = AutoMLRuntime(session).predict("shop", [[1, "a,b"], [2, "c"]])

    assert answer == [["yes", "[0.1, 0.9]"], ["no", "[0.8, 0.2]"]]
    assert session.requests == [
        {
            "EndpointName": "shop",
            "ContentType": "text/csv",
            "Accept": "text/csv",
            "Body": b'1,"a,b"\n2,c\n',
        }
    ]


def test_json_is_sent_and_read():
    session = Session(body=b'{"generated_text": "hi"}', content_type="application/json")

    answer = AutoMLRuntime(session).predict(
        "chat", {"inputs": "hello"}, content_type="application/json"
    )

    assert answer == {"generated_text": "hi"}
    assert session.requests[0]["Body"] == b'{"inputs": "hello"}'


def test_other_types_are_sent_and_read_as_bytes():
    session = Session(body=b"PAR1", content_type="application/x-parquet")

    answer = AutoMLRuntime(session).predict(
        "shop", b"PAR1", content_type="application/x-parquet", accept="application/x-parquet"
    )

    assert answer == b"PAR1"


@pytest.mark.parametrize(
    ("content_type", "accept"),
    [
        ("image/png", None),
        ("application/x-parquet", None),
        ("text/csv; header=present", "text/csv"),
        ("application/json", "application/json"),
    ],
)
def test_the_answer_is_not_asked_for_in_a_type_that_only_requests_have(content_type, accept):
    session = Session(body=b"cat", content_type="application/octet-stream")

    AutoMLRuntime(session).predict("shop", b"1", content_type=content_type)

    assert session.requests[0].get("Accept") == accept


def test_rejects_rows_for_a_type_that_has_none():
    with pytest.raises(TypeError, match="data: must be bytes for image/png, got list"):
        serialize([[1]], "image/png")


def test_text_is_sent_as_it_is():
    assert serialize("a,b", "text/csv; charset=utf-8") == b"a,b"
    assert deserialize(b"1\n\n2\n", "text/csv; charset=utf-8") == [["1"], ["2"]]


def test_all_pages_of_candidates_are_read():
    pages = [{"Candidates": [{"A": 1}], "NextToken": "t"}, {"Candidates": [{"A": 2}]}]
    session = Session(pages)

    found = AutoMLRuntime(session).list_candidates(
        "churn", status_equals="Completed", sort_by="Status"
    )

    assert found == [{"A": 1}, {"A": 2}]
    assert session.requests[0] == {
        "AutoMLJobName": "churn",
        "StatusEquals": "Completed",
        "SortBy": "Status",
    }
    assert session.requests[1]["NextToken"] == "t"


def test_no_more_candidates_than_asked_for_are_read():
    pages = [{"Candidates": [{"A": 1}, {"A": 2}], "NextToken": "t"}]

    assert AutoMLRuntime(Session(pages)).list_candidates("churn", max_results=1) == [{"A": 1}]


def test_the_best_candidate_is_that_of_the_description():
    runtime = AutoMLRuntime(Session(job={"BestCandidate": {"CandidateName": "c"}}))

    assert runtime.best_candidate("churn") == {"CandidateName": "c"}


def test_a_job_without_best_candidate_is_told_with_its_status():
    job = {"AutoMLJobStatus": "InProgress", "AutoMLJobSecondaryStatus": "ModelTuning"}

    with pytest.raises(LookupError, match=r"'churn' is InProgress \(ModelTuning\) and has no"):
        AutoMLRuntime(Session(job=job)).best_candidate("churn")
