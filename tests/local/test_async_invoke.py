"""InvokeEndpointAsync and streams: what is queued, answered in S3 and told to topics."""

import base64
import threading

import pytest
from botocore.exceptions import ClientError

from .deployed import deploy, in_service
from .fake_world import client, wait_for

pytestmark = pytest.mark.processes

OUTPUT = {"S3OutputPath": "s3://out/answers/", "S3FailurePath": "s3://out/failures"}
TOPICS = {
    "SuccessTopic": "arn:aws:sns:us-east-1:000000000000:done",
    "ErrorTopic": "arn:aws:sns:us-east-1:000000000000:failed",
}


@pytest.fixture
def runtime(url):
    found = client("sagemaker-runtime", url)
    yield found
    found.close()


def asynchronous(sagemaker, world, **output):
    config = {"AsyncInferenceConfig": {"OutputConfig": {**OUTPUT, **output}}}
    return deploy(sagemaker, world, config=config)


def ask(runtime, **more):
    given = {"EndpointName": "Shop", "ContentType": "text/csv", **more}
    return runtime.invoke_endpoint_async(**given)


def stored(world, uri):
    return wait_for(lambda: world.iam.s3.objects.get(uri.removeprefix("s3://")))


def test_a_request_in_s3_is_answered_in_s3(sagemaker, runtime, world):
    asynchronous(sagemaker, world)
    world.iam.s3.objects["in/1.csv"] = b"1\n0\n"

    answer = ask(runtime, InputLocation="s3://in/1.csv", InferenceId="order-7")

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert answer["InferenceId"] == "order-7"
    assert answer["OutputLocation"].startswith("s3://out/answers/")
    assert stored(world, answer["OutputLocation"]) == b"yes\nno\n"
    assert answer["FailureLocation"].removeprefix("s3://") not in world.iam.s3.objects


def test_a_request_in_the_call_is_answered_under_the_name_asked_for(sagemaker, runtime, world):
    asynchronous(sagemaker, world)

    answer = ask(runtime, Body=b"1\n", S3OutputPathExtension="today", Filename="a.csv")

    assert answer["OutputLocation"] == "s3://out/answers/today/a.csv"
    assert stored(world, answer["OutputLocation"]) == b"yes\n"


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("s3://in/bad.csv", b"the container failed"),
        ("s3://in/none.csv", b"could not read the input"),
    ],
)
def test_a_failure_is_written_where_failures_go_and_the_next_request_is_served(
    sagemaker, runtime, world, location, words
):
    asynchronous(sagemaker, world)
    world.iam.s3.objects["in/bad.csv"] = b"x"

    answer = ask(runtime, InputLocation=location)

    assert words in stored(world, answer["FailureLocation"])
    assert answer["OutputLocation"].removeprefix("s3://") not in world.iam.s3.objects
    assert stored(world, ask(runtime, Body=b"1\n")["OutputLocation"]) == b"yes\n"


def test_topics_hear_of_answers_and_failures(sagemaker, runtime, world):
    told = {**TOPICS, "IncludeInferenceResponseIn": ["SUCCESS_NOTIFICATION_TOPIC"]}
    asynchronous(sagemaker, world, NotificationConfig=told)
    world.iam.s3.objects["in/1.csv"] = b"1\n"

    answer = ask(runtime, InputLocation="s3://in/1.csv")
    wait_for(lambda: world.iam.told)
    ask(runtime, Body=b"x")

    (done, good), (failed, bad) = wait_for(lambda: len(world.iam.told) == 2 and world.iam.told)
    assert (done, failed) == (TOPICS["SuccessTopic"], TOPICS["ErrorTopic"])
    assert good["invocationStatus"] == "Completed"
    assert good["inferenceId"] == answer["InferenceId"]
    assert good["requestParameters"] == {
        "contentType": "text/csv",
        "endpointName": "Shop",
        "inputLocation": "s3://in/1.csv",
    }
    assert good["responseParameters"]["outputLocation"] == answer["OutputLocation"]
    assert base64.b64decode(good["responseBody"]["content"]) == b"yes\n"
    assert bad["invocationStatus"] == "Failed"
    assert "the container failed" in bad["failureReason"]
    assert "responseBody" not in bad


def test_nothing_is_answered_without_instances_and_all_of_it_once_there_are_some(
    sagemaker, runtime, world
):
    asynchronous(sagemaker, world)
    scale(sagemaker, 0)

    answers = [ask(runtime, Body=b"1\n") for _ in range(3)]
    assert not any(key.startswith("out/answers/") for key in world.iam.s3.objects)

    scale(sagemaker, 1)
    assert [stored(world, answer["OutputLocation"]) for answer in answers] == [b"yes\n"] * 3


def scale(sagemaker, count):
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="Shop",
        DesiredWeightsAndCapacities=[{"VariantName": "variant-yes", "DesiredInstanceCount": count}],
    )
    wait_for(lambda: in_service(sagemaker, "Shop"))


def test_a_request_that_waited_too_long_has_expired(sagemaker, runtime, world):
    asynchronous(sagemaker, world)
    scale(sagemaker, 0)
    answer = ask(runtime, Body=b"1\n", RequestTTLSeconds=60)  # At 5,000 times the pace of AWS.

    world.clock.wait(200, threading.Event())
    scale(sagemaker, 1)

    assert b"expired" in stored(world, answer["FailureLocation"])


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "Exactly one of InputLocation and Body"),
        ({"Body": b"1", "InputLocation": "s3://in/1.csv"}, "Exactly one of InputLocation and Body"),
        ({"EndpointName": "None", "Body": b"1"}, "Endpoint None of account 000000000000 not found"),
    ],
)
def test_what_cannot_be_queued_is_refused(sagemaker, runtime, world, more, words):
    asynchronous(sagemaker, world)

    with pytest.raises(ClientError, match=words):
        ask(runtime, **more)


def test_an_endpoint_in_real_time_queues_nothing(sagemaker, runtime, world):
    deploy(sagemaker, world)

    with pytest.raises(ClientError, match="use InvokeEndpoint"):
        ask(runtime, Body=b"1\n")


def test_an_asynchronous_endpoint_streams_nothing(sagemaker, runtime, world):
    asynchronous(sagemaker, world)

    with pytest.raises(ClientError, match="use InvokeEndpointAsync"):
        runtime.invoke_endpoint_with_response_stream(EndpointName="Shop", Body=b"1\n")


def test_a_stream_has_the_whole_answer_in_parts(sagemaker, runtime, world):
    deploy(sagemaker, world)

    answer = runtime.invoke_endpoint_with_response_stream(
        EndpointName="Shop", ContentType="text/csv", Body=b"1\n0\n" * 10
    )

    parts = [event["PayloadPart"]["Bytes"] for event in answer["Body"]]
    assert len(parts) > 1
    assert b"".join(parts) == b"yes\nno\n" * 10
    assert answer["ContentType"] == "text/csv"
    assert answer["InvokedProductionVariant"] == "variant-yes"


@pytest.mark.parametrize(
    ("action", "call"),
    [
        ("InvokeEndpointAsync", "invoke_endpoint_async"),
        ("InvokeEndpointWithResponseStream", "invoke_endpoint_with_response_stream"),
    ],
)
def test_each_way_to_invoke_is_a_right_of_its_own(sagemaker, runtime, world, action, call):
    asynchronous(sagemaker, world)
    world.iam.denied.add(f"sagemaker:{action}")

    with pytest.raises(ClientError, match=action):
        getattr(runtime, call)(EndpointName="Shop", Body=b"1\n")
