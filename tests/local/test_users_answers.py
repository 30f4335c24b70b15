"""What ``AutoMLRuntime`` makes of the answers of the local SageMaker, as a user asks for them."""

import io
import json

import pytest
from botocore.exceptions import ClientError

from cdk_automlv2.payloads import EndpointKindError, PayloadTooLargeError
from cdk_automlv2.results import classifications
from cdk_automlv2.runtime import AutoMLRuntime
from cdk_automlv2.transform_runs import InferenceFailedError

from .deployed import deploy
from .fake_world import client

pytestmark = pytest.mark.processes

OUTPUT = {"S3OutputPath": "s3://out/answers/", "S3FailurePath": "s3://out/failures"}
QUEUED = {"AsyncInferenceConfig": {"OutputConfig": OUTPUT}}


class Answers:
    """S3 as far as an answer is looked for there."""

    def __init__(self, objects):
        self._objects = objects

    def list_objects_v2(self, Bucket, Prefix, MaxKeys):  # noqa: N803
        found = sorted(key for key in self._objects if key.startswith(f"{Bucket}/{Prefix}"))
        keys = [key.partition("/")[2] for key in found[:MaxKeys]]
        return {"Contents": [{"Key": key} for key in keys]}

    def get_object(self, Bucket, Key):  # noqa: N803
        return {"Body": io.BytesIO(self._objects[f"{Bucket}/{Key}"])}


class Session:
    """A session by its shape."""

    def __init__(self, **clients):
        self._clients = clients

    def client(self, name):
        return self._clients[name.replace("-", "_")]


@pytest.fixture
def user(sagemaker, url, world):
    data_plane = client("sagemaker-runtime", url)
    session = {"sagemaker_runtime": data_plane, "s3": Answers(world.iam.s3.objects)}
    yield AutoMLRuntime(Session(sagemaker=sagemaker, **session))
    data_plane.close()


def test_labels_of_rows_have_no_names(sagemaker, world, user):
    deploy(sagemaker, world)

    labels = classifications(user.predict("Shop", [[1], [0]]), ["predicted_label"])

    assert [one.label for one in labels] == ["yes", "no"]


def test_a_streams_parts_are_not_the_answer(sagemaker, world, user):
    deploy(sagemaker, world)

    parts = list(user.predict_stream("Shop", b"1\n0\n" * 20, content_type="text/csv"))

    assert len(parts) > 1
    assert b"".join(parts) == b"yes\nno\n" * 20


def test_a_queued_request_is_not_answered_with_rows(sagemaker, world, user):
    deploy(sagemaker, world, config=QUEUED)

    answer = user.predict_async("Shop", [[1], [0]], inference_id="order-7")

    assert answer.inference_id == "order-7"
    assert answer.result(every=0.05) == [["yes"], ["no"]]


def test_a_queued_request_that_fails_is_waited_for_until_the_end(sagemaker, world, user):
    deploy(sagemaker, world, config=QUEUED)

    with pytest.raises(InferenceFailedError, match="the container failed"):
        user.predict_async("Shop", [["x"]]).result(every=0.05)


@pytest.mark.parametrize(
    ("config", "call", "instead"),
    [
        (QUEUED, lambda user: user.predict("Shop", [[1]]), "call predict_async"),
        (QUEUED, lambda user: list(user.predict_stream("Shop", {})), "call predict_async"),
        (None, lambda user: user.predict_async("Shop", [[1]]), "is real time: call predict"),
    ],
)
def test_the_wrong_call_does_not_say_which_is_right(sagemaker, world, user, config, call, instead):
    deploy(sagemaker, world, config=config)

    with pytest.raises(EndpointKindError, match=instead):
        call(user)


@pytest.mark.parametrize(
    ("config", "call"),
    [
        (None, lambda user, body: user.predict("Shop", body)),
        (None, lambda user, body: list(user.predict_stream("Shop", body))),
    ],
)
def test_six_megabytes_are_sent_and_refused(sagemaker, world, user, config, call):
    deploy(sagemaker, world, config=config)

    with pytest.raises(PayloadTooLargeError, match=r"6\.0 MB are more than the 6 MB"):
        call(user, b"1" * (6 * 1024 * 1024 + 1))


def test_a_containers_refusal_is_hidden(sagemaker, world, user):
    deploy(sagemaker, world)

    with pytest.raises(ClientError, match="the container failed") as caught:
        user.predict("Shop", [["x"]])

    assert caught.value.response["Error"]["Code"] == "ModelError"
    assert json.dumps(caught.value.response.get("LogStreamArn"))
