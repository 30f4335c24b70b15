"""Batches, tables of pandas, and the patience for a cold start."""

import boto3
import pandas as pd
import pytest

from cdk_automlv2.runtime import READ_SECONDS, AutoMLRuntime, InferenceFailedError, serialize


class Sagemaker:
    """A client whose transform job goes through statuses."""

    def __init__(self, *statuses, reason=None):
        self.statuses = list(statuses)
        self.reason = reason
        self.requests = []
        self.stopped = []

    def client(self, service):
        return self

    def create_transform_job(self, **request):
        self.requests.append(request)

    def describe_transform_job(self, TransformJobName):  # noqa: N803
        reason = {"FailureReason": self.reason} if self.reason else {}
        return {"TransformJobStatus": self.statuses.pop(0), **reason}

    def stop_transform_job(self, TransformJobName):  # noqa: N803
        self.stopped.append(TransformJobName)


def start(session, **more):
    return AutoMLRuntime(session).transform(
        "churn", "s3://in/new/", "s3://out/answers/", "ml.m5.xlarge", **more
    )


def test_a_batch_is_started_and_waited_for():
    session = Sagemaker("InProgress", "InProgress", "Completed")
    pauses = []

    run = start(session, MaxPayloadInMB=1)

    assert run.result(every=10, sleep=pauses.append) == "s3://out/answers/"
    assert pauses == [10, 10]
    [request] = session.requests
    assert request["TransformJobName"] == run.job_name
    assert request["TransformInput"]["SplitType"] == "Line"
    assert request["TransformOutput"]["AssembleWith"] == "Line"
    assert request["MaxPayloadInMB"] == 1
    assert 15 < len(run.job_name) <= 63


def test_a_forecast_is_sent_whole():
    session = Sagemaker()

    start(session, split_type="None", job_name="tomorrow")

    [request] = session.requests
    assert request["TransformJobName"] == "tomorrow"
    assert request["TransformOutput"] == {"S3OutputPath": "s3://out/answers/"}


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [("Failed", "ClientError: bad", "ClientError: bad"), ("Stopped", None, "the job is Stopped")],
)
def test_a_batch_that_fails_says_why(status, reason, words):
    run = start(Sagemaker(status, reason=reason))

    with pytest.raises(InferenceFailedError, match=words):
        run.result()


def test_a_batch_that_takes_too_long_goes_on():
    session = Sagemaker(*["InProgress"] * 3)
    run = start(session)

    with pytest.raises(TimeoutError, match="is InProgress after 20 s"):
        run.result(20, every=10, sleep=lambda _: None)
    assert session.stopped == []
    run.stop()
    assert session.stopped == [run.job_name]


def test_a_table_of_pandas_is_sent_as_rows():
    table = pd.DataFrame({"age": [42, 7], "plan": ["a,b", "c"]}, index=["p1", "p2"])

    assert serialize(table, "text/csv") == b'42,"a,b"\n7,c\n'
    assert serialize(table, "text/csv;header=present").startswith(b"age,plan\n")


def test_an_answer_may_take_as_long_as_a_cold_start(monkeypatch):
    made = {}
    session = boto3.Session(region_name="eu-west-1")
    monkeypatch.setattr(session, "client", lambda name, **more: made.setdefault(name, more))

    AutoMLRuntime(session)

    assert made["sagemaker-runtime"]["config"].read_timeout == READ_SECONDS > 240
