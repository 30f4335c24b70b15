"""What the runtime client refuses before it is sent, and how it explains a refusal."""

import pytest
from botocore.exceptions import ClientError

from cdk_automlv2.runtime import AutoMLRuntime, EndpointKindError, PayloadTooLargeError

from . import sessions

MB = 1024 * 1024
REAL_TIME = {"ProductionVariants": [{"InstanceType": "ml.m5.large"}]}
SERVERLESS = {"ProductionVariants": [{"ServerlessConfig": {"MemorySizeInMB": 2048}}]}
ASYNCHRONOUS = {**REAL_TIME, "AsyncInferenceConfig": {"OutputConfig": {}}}


def refusal(code, operation="InvokeEndpoint"):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


class Session(sessions.Session):
    """A session of an endpoint; ``config`` is None for a caller who may not ask what it is."""

    def __init__(self, config, *, refuses=None, size=None):
        super().__init__(body=b"yes\n")
        self.config, self.refuses, self.size = config, refuses, size
        self.described = 0

    def describe_endpoint(self, **_request):
        self.described += 1
        if self.config is None:
            raise refusal("AccessDeniedException", "DescribeEndpoint")
        return {"EndpointConfigName": "c"}

    def describe_endpoint_config(self, **_request):
        return self.config

    def list_objects_v2(self, **request):
        if self.size is None:
            raise refusal("AccessDenied", "ListObjectsV2")
        return {"Contents": [{"Key": request["Prefix"], "Size": self.size}]}

    def invoke_endpoint(self, **request):
        if self.refuses:
            raise refusal(self.refuses)
        return super().invoke_endpoint(**request)

    def invoke_endpoint_with_response_stream(self, **request):
        self.requests.append(request)
        return {"Body": []}

    def invoke_endpoint_async(self, **request):
        if self.refuses:
            raise refusal(self.refuses)
        self.requests.append(request)
        return {"InferenceId": "1", "OutputLocation": "s3://out/1"}


@pytest.mark.parametrize(
    ("config", "size", "words"),
    [
        (REAL_TIME, 6 * MB + 1, "more than the 6 MB that an endpoint takes in real time"),
        (None, 7 * MB, "data: 7.0 MB are more than the 6 MB"),
        (SERVERLESS, 4 * MB + 1, "more than the 4 MB that a serverless endpoint takes"),
        (SERVERLESS, 9 * MB, "more than the 4 MB"),
    ],
)
def test_what_is_too_large_is_refused_with_the_limit_and_the_way_round(config, size, words):
    session = Session(config)

    with pytest.raises(PayloadTooLargeError, match=words) as refused:
        AutoMLRuntime(session).predict("shop", b"x" * size)

    assert "predict_async" in str(refused.value)
    assert refused.value.size == size
    assert session.requests == []


@pytest.mark.parametrize(
    ("config", "size"), [(REAL_TIME, 6 * MB), (None, 5 * MB), (SERVERLESS, 4 * MB)]
)
def test_what_has_room_is_sent(config, size):
    session = Session(config)

    assert AutoMLRuntime(session).predict("shop", b"x" * size) == [["yes"]]


def test_nothing_is_asked_of_small_requests_and_the_kind_once_of_large_ones():
    session = Session(REAL_TIME)
    runtime = AutoMLRuntime(session)

    runtime.predict("shop", b"1")
    assert session.described == 0
    for _ in range(3):
        runtime.predict("shop", b"x" * 5 * MB)
    assert session.described == 1


def test_a_stream_has_the_same_room():
    with pytest.raises(PayloadTooLargeError):
        list(AutoMLRuntime(Session(REAL_TIME)).predict_stream("shop", b"x" * 7 * MB))


def test_an_asynchronous_request_holds_little_and_what_lies_in_s3_may_be_a_gigabyte():
    runtime = AutoMLRuntime(Session(ASYNCHRONOUS, size=1024 * MB))

    with pytest.raises(PayloadTooLargeError, match=r"128,001 bytes .* 128,000 .* input_location"):
        runtime.predict_async("shop", b"x" * 128_001)
    runtime.predict_async("shop", b"x" * 128_000)
    runtime.predict_async("shop", input_location="s3://in/large.csv")
    runtime = AutoMLRuntime(Session(ASYNCHRONOUS, size=1024 * MB + 1))
    with pytest.raises(PayloadTooLargeError, match="1024 MB that an asynchronous endpoint takes"):
        runtime.predict_async("shop", input_location="s3://in/large.csv")


def test_an_object_whose_size_nobody_may_see_is_sent():
    answer = AutoMLRuntime(Session(None)).predict_async("shop", input_location="s3://in/a.csv")

    assert answer.inference_id == "1"


def test_an_endpoint_of_another_kind_is_named_with_the_method_that_it_answers():
    runtime = AutoMLRuntime(Session(ASYNCHRONOUS, refuses="ValidationError"))
    with pytest.raises(EndpointKindError, match="'shop' is asynchronous: call predict_async"):
        runtime.predict("shop", b"1")

    runtime = AutoMLRuntime(Session(SERVERLESS, refuses="ValidationException"))
    with pytest.raises(EndpointKindError, match="'shop' is serverless: call predict"):
        runtime.predict_async("shop", b"1")


@pytest.mark.parametrize(
    ("config", "code"), [(REAL_TIME, "ValidationError"), (None, "ValidationError")]
)
def test_other_refusals_are_raised_as_they_are(config, code):
    with pytest.raises(ClientError, match=code):
        AutoMLRuntime(Session(config, refuses=code)).predict("shop", b"1")


def test_a_model_that_fails_is_nothing_that_another_method_would_help():
    session = Session(ASYNCHRONOUS, refuses="ModelError")

    with pytest.raises(ClientError):
        AutoMLRuntime(session).predict("shop", b"1")
    assert session.described == 0
