"""What serves an endpoint: weights, a shadow, serverless containers, captured files."""

import base64
import json
import time

import pytest
from botocore.exceptions import ClientError

from cdk_automlv2.local.sagemaker.clock import Clock
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.serverless import COLD_START_SECONDS, IDLE_SECONDS, Gate
from cdk_automlv2.local.training.candidates import archive
from cdk_automlv2.local.training.stages import LabelStage

from .deployed import deploy, in_service
from .fake_world import ROLE, client, error_of, wait_for

pytestmark = pytest.mark.processes

CAPTURE = {
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://seen/churn/",
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
}
ASK = {"EndpointName": "Shop", "ContentType": "text/csv", "Body": b"1\n"}


@pytest.fixture
def runtime(url):
    found = client("sagemaker-runtime", url)
    yield found
    found.close()


def lines(world):
    found = [
        (key, json.loads(line))
        for key, body in sorted(world.iam.s3.objects.items())
        if key.startswith("seen/")
        for line in body.splitlines()
    ]
    return dict(found)


def serverless(world, sagemaker, **config):
    world.iam.s3.objects["out/m.tar.gz"] = archive(LabelStage(["no", "yes"]))
    container = {"Image": "image", "ModelDataUrl": "s3://out/m.tar.gz"}
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    wanted = {"MemorySizeInMB": 2048, "MaxConcurrency": 1, **config}
    variant = {"VariantName": "v", "ModelName": "m", "ServerlessConfig": wanted}
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="Shop", EndpointConfigName="c")
    wait_for(lambda: in_service(sagemaker, "Shop"))


def test_other_weights_move_the_traffic_and_keep_the_configuration(sagemaker, runtime, world):
    deploy(sagemaker, world, variants={"old": 1.0, "new": 0.0})

    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="Shop",
        DesiredWeightsAndCapacities=[
            {"VariantName": "variant-old", "DesiredWeight": 0.0},
            {"VariantName": "variant-new", "DesiredWeight": 1.0, "DesiredInstanceCount": 3},
        ],
    )

    shown = wait_for(lambda: in_service(sagemaker, "Shop"))
    assert shown["EndpointConfigName"] == "Shop"
    assert [item["CurrentWeight"] for item in shown["ProductionVariants"]] == [0.0, 1.0]
    assert shown["ProductionVariants"][1]["CurrentInstanceCount"] == 3
    assert {runtime.invoke_endpoint(**ASK)["Body"].read() for _ in range(20)} == {b"new\n"}


@pytest.mark.parametrize(
    ("desired", "words"),
    [
        ([{"VariantName": "none", "DesiredWeight": 1}], "Variant none does not exist"),
        (
            [{"VariantName": "variant-old", "ServerlessUpdateConfig": {"MaxConcurrency": 1}}],
            "is not serverless",
        ),
    ],
)
def test_of_several_weights_all_are_changed_or_none(sagemaker, world, desired, words):
    deploy(sagemaker, world, variants={"old": 1.0, "new": 0.0})
    first = {"VariantName": "variant-old", "DesiredWeight": 0.5}

    with pytest.raises(ClientError, match=words):
        sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="Shop", DesiredWeightsAndCapacities=[first, *desired]
        )

    shown = sagemaker.describe_endpoint(EndpointName="Shop")
    assert shown["EndpointStatus"] == "InService"
    assert shown["ProductionVariants"][0]["CurrentWeight"] == 1.0


def shadowed(sagemaker, world, weight, config):
    world.iam.s3.objects["out/shadow.tar.gz"] = archive(LabelStage(["no", "maybe"]))
    container = {"Image": "image", "ModelDataUrl": "s3://out/shadow.tar.gz"}
    sagemaker.create_model(ModelName="shadow", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    shadow = {
        "VariantName": "Shadow",
        "ModelName": "shadow",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
        "InitialVariantWeight": weight,
    }
    return deploy(sagemaker, world, config={**config, "ShadowProductionVariants": [shadow]})


def test_a_shadow_gets_copies_and_nobody_sees_its_answers_but_the_capture(
    sagemaker, runtime, world
):
    shown = shadowed(sagemaker, world, 1.0, {"DataCaptureConfig": CAPTURE})
    assert [item["VariantName"] for item in shown["ShadowProductionVariants"]] == ["Shadow"]

    answer = runtime.invoke_endpoint(**ASK)

    assert answer["Body"].read() == b"yes\n"
    assert answer["InvokedProductionVariant"] == "variant-yes"
    found = wait_for(lambda: len(lines(world)) == 2 and lines(world))
    answers = {
        key.split("/")[3]: line["captureData"]["endpointOutput"]["data"]
        for key, line in found.items()
    }
    assert answers == {"variant-yes": "yes\n", "Shadow": "maybe\n"}


def test_a_shadow_of_weight_zero_gets_nothing(sagemaker, runtime, world):
    shadowed(sagemaker, world, 0.0, {"DataCaptureConfig": CAPTURE})

    runtime.invoke_endpoint(**ASK)

    wait_for(lambda: lines(world))
    assert {key.split("/")[3] for key in lines(world)} == {"variant-yes"}


def test_a_shadow_is_not_invoked_by_name(sagemaker, runtime, world):
    shadowed(sagemaker, world, 1.0, {})

    with pytest.raises(ClientError, match="Variant Shadow not found"):
        runtime.invoke_endpoint(**ASK, TargetVariant="Shadow")


def test_what_is_captured_is_written_as_sagemaker_writes_it(sagemaker, runtime, world):
    shown = deploy(sagemaker, world, config={"DataCaptureConfig": CAPTURE})
    assert shown["DataCaptureConfig"] == {
        "EnableCapture": True,
        "CaptureStatus": "Started",
        "CurrentSamplingPercentage": 100,
        "DestinationS3Uri": "s3://seen/churn/",
    }

    runtime.invoke_endpoint(**ASK, InferenceId="order-7")

    [(key, line)] = wait_for(lambda: lines(world)).items()
    bucket, prefix, endpoint, variant, *moment, name = key.split("/")
    assert (bucket, prefix, endpoint, variant) == ("seen", "churn", "Shop", "variant-yes")
    assert [len(part) for part in moment] == [4, 2, 2, 2]
    assert name.endswith(".jsonl")
    assert line["captureData"] == {
        "endpointInput": {
            "observedContentType": "text/csv",
            "mode": "INPUT",
            "data": "1\n",
            "encoding": "CSV",
        },
        "endpointOutput": {
            "observedContentType": "text/csv",
            "mode": "OUTPUT",
            "data": "yes\n",
            "encoding": "CSV",
        },
    }
    assert line["eventVersion"] == "0"
    assert line["eventMetadata"]["inferenceId"] == "order-7"
    assert set(line["eventMetadata"]) == {"eventId", "inferenceId", "inferenceTime"}


def test_types_that_are_not_listed_are_kept_in_base64(sagemaker, runtime, world):
    plain = {key: value for key, value in CAPTURE.items() if key != "CaptureContentTypeHeader"}
    deploy(sagemaker, world, config={"DataCaptureConfig": {**plain, "KmsKeyId": "alias/seen"}})

    runtime.invoke_endpoint(**ASK)

    [(key, line)] = wait_for(lambda: lines(world)).items()
    captured = line["captureData"]["endpointInput"]
    assert captured["encoding"] == "BASE64"
    assert base64.b64decode(captured["data"]) == b"1\n"
    assert world.iam.s3.headers[key]["SSEKMSKeyId"] == "alias/seen"


@pytest.mark.parametrize("more", [{"EnableCapture": False}, {"InitialSamplingPercentage": 0}])
def test_what_is_not_to_be_captured_is_not(sagemaker, runtime, world, more):
    deploy(sagemaker, world, config={"DataCaptureConfig": {**CAPTURE, **more}})

    for _ in range(10):
        runtime.invoke_endpoint(**ASK)

    time.sleep(0.1)
    assert lines(world) == {}


def test_a_serverless_endpoint_takes_four_megabytes(sagemaker, runtime, world):
    serverless(world, sagemaker)

    assert runtime.invoke_endpoint(**ASK)["Body"].read() == b"yes\n"
    with pytest.raises(ClientError, match="exceeded 4194304 bytes"):
        runtime.invoke_endpoint(**{**ASK, "Body": b"1\n" * (2 * 1024 * 1024 + 1)})


def test_more_requests_than_a_serverless_endpoint_has_containers_for_are_throttled(
    sagemaker, url, world
):
    serverless(world, sagemaker)
    [gate] = next(iter(world.serving.values())).gates.values()
    once = client("sagemaker-runtime", url)
    once.meta.config.retries = {"max_attempts": 0}

    with gate.enter(), pytest.raises(ClientError) as caught:
        once.invoke_endpoint(**ASK)

    assert error_of(caught)[0] == "ThrottlingException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert once.invoke_endpoint(**ASK)["Body"].read() == b"yes\n"
    once.close()


class StoodClock(Clock):
    """A clock that the test moves."""

    def __init__(self):
        super().__init__(1)
        self.now_is, self.waited = 0.0, []

    def seconds(self):
        return self.now_is

    def wait(self, seconds, stop):
        self.waited.append(seconds)
        return False


def gate(**config):
    clock = StoodClock()
    return Gate({"MemorySizeInMB": 1024, "MaxConcurrency": 2, **config}, clock), clock


def test_the_first_request_and_one_after_a_pause_meet_a_cold_start():
    found, clock = gate()

    for moment in (0, 1, IDLE_SECONDS + 2):
        clock.now_is = moment
        with found.enter():
            pass

    assert clock.waited == [COLD_START_SECONDS] * 2


def test_requests_at_once_start_a_container_each():
    found, clock = gate()

    throttled = pytest.raises(ServiceError, match="Rate exceeded")
    with found.enter(), found.enter(), throttled, found.enter():
        pass

    assert len(clock.waited) == 2


def test_provisioned_concurrency_never_starts_cold():
    found, clock = gate(ProvisionedConcurrency=1)

    with found.enter():
        assert clock.waited == []
        with found.enter():
            assert clock.waited == [COLD_START_SECONDS]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"DataCaptureConfig": CAPTURE}, "Data capture is not supported"),
        ({"ShadowProductionVariants": "itself"}, "not supported for serverless"),
    ],
)
def test_what_a_serverless_endpoint_cannot_do_is_refused(sagemaker, world, config, words):
    container = {"Image": "image", "ModelDataUrl": "s3://out/m.tar.gz"}
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    wanted = {"MemorySizeInMB": 2048, "MaxConcurrency": 1}
    variant = {"VariantName": "v", "ModelName": "m", "ServerlessConfig": wanted}
    shadow = {**variant, "VariantName": "s"}
    more = {key: [shadow] if value == "itself" else value for key, value in config.items()}

    with pytest.raises(ClientError, match=words):
        sagemaker.create_endpoint_config(
            EndpointConfigName="c", ProductionVariants=[variant], **more
        )
