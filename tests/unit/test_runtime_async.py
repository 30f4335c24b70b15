"""Asynchronous requests and streams of the runtime client: one deadline, both objects watched."""

import io

import pytest

from cdk_automlv2.runtime import AutoMLRuntime, InferenceFailedError

OUTPUT, FAILURE = "s3://out/answers/1.out", "s3://out/failures/1.out"


class Session:
    """A boto3 session whose clients answer from memory; sleeping lets time pass."""

    def __init__(self, arrives=None, parts=()):
        self.arrives = arrives or {}
        self.parts = parts
        self.requests = []
        self.slept = 0.0

    def client(self, service):
        return self

    def sleep(self, seconds):
        self.slept += seconds

    def invoke_endpoint_async(self, **request):
        self.requests.append(request)
        places = {"OutputLocation": OUTPUT, "FailureLocation": FAILURE}
        return {"InferenceId": request.get("InferenceId", "1"), **places}

    def invoke_endpoint_with_response_stream(self, **request):
        self.requests.append(request)
        return {"Body": [{"PayloadPart": {"Bytes": part}} for part in self.parts]}

    def list_objects_v2(self, Bucket, Prefix, MaxKeys):  # noqa: N803
        moment, _ = self.arrives.get(f"s3://{Bucket}/{Prefix}", (float("inf"), b""))
        return {"Contents": [{"Key": Prefix}]} if self.slept >= moment else {}

    def get_object(self, Bucket, Key):  # noqa: N803
        return {"Body": io.BytesIO(self.arrives[f"s3://{Bucket}/{Key}"][1])}


def ask(session, data="1,2\n", **options):
    return AutoMLRuntime(session).predict_async("shop", data, **options)


def test_an_answer_is_waited_for_and_read_as_rows():
    session = Session({OUTPUT: (7, b"yes,0.9\n")})

    answer = ask(session, inference_id="order-7", ttl=60, timeout=30)

    assert answer.result(every=2, sleep=session.sleep) == [["yes", "0.9"]]
    assert session.slept == 8
    assert session.requests == [
        {
            "EndpointName": "shop",
            "ContentType": "text/csv",
            "Accept": "text/csv",
            "Body": b"1,2\n",
            "InferenceId": "order-7",
            "RequestTTLSeconds": 60,
            "InvocationTimeoutSeconds": 30,
        }
    ]


def test_a_request_that_lies_in_s3_is_named():
    session = Session()

    ask(session, None, input_location="s3://in/1.csv", accept="application/json")

    assert session.requests == [
        {
            "EndpointName": "shop",
            "ContentType": "text/csv",
            "Accept": "application/json",
            "InputLocation": "s3://in/1.csv",
        }
    ]


def test_a_failure_is_raised_in_sagemakers_words():
    session = Session({FAILURE: (0, b"the container failed")})

    with pytest.raises(InferenceFailedError, match="the container failed"):
        ask(session).result(sleep=session.sleep)


def test_a_wait_that_is_over_says_where_the_answer_may_still_come():
    session = Session()

    with pytest.raises(TimeoutError, match=f"request 1 in 10 s; it may still come, at {OUTPUT}"):
        ask(session).result(10, every=3, sleep=session.sleep)
    assert session.slept == 10


@pytest.mark.parametrize("given", [{}, {"data": "1", "input_location": "s3://in/1.csv"}])
def test_data_and_a_location_are_not_given_together_nor_both_left_out(given):
    with pytest.raises(TypeError, match="either data or input_location"):
        AutoMLRuntime(Session()).predict_async("shop", **given)


def test_a_stream_comes_in_parts():
    session = Session(parts=[b"we open ", b"at eight"])

    parts = list(AutoMLRuntime(session).predict_stream("chat", {"inputs": "when?"}))

    assert parts == [b"we open ", b"at eight"]
    assert session.requests == [
        {
            "EndpointName": "chat",
            "ContentType": "application/json",
            "Body": b'{"inputs": "when?"}',
        }
    ]
