"""InvokeEndpoint: the answers and the errors of the data plane."""

import pytest
from botocore.exceptions import ClientError, WaiterError

from cdk_automlv2.local.sagemaker.clock import Clock
from cdk_automlv2.local.sagemaker.faults import Fault
from cdk_automlv2.local.training.candidates import archive
from cdk_automlv2.local.training.stages import LabelStage

from .deployed import deploy, in_service
from .fake_world import ROLE, client, error_of, wait_for

pytestmark = pytest.mark.processes


@pytest.fixture
def runtime(url):
    found = client("sagemaker-runtime", url)
    yield found
    found.close()


def test_an_answer_names_its_variant_and_its_type(sagemaker, runtime, world):
    deploy(sagemaker, world)

    answer = runtime.invoke_endpoint(EndpointName="Shop", ContentType="text/csv", Body=b"1\n0\n")

    assert answer["Body"].read() == b"yes\nno\n"
    assert answer["ContentType"] == "text/csv"
    assert answer["InvokedProductionVariant"] == "variant-yes"
    assert answer["ResponseMetadata"]["RequestId"]


def test_traffic_follows_weights_and_the_target(sagemaker, runtime, world):
    deploy(sagemaker, world, variants={"old": 0.0, "new": 1.0})
    ask = {"EndpointName": "Shop", "ContentType": "text/csv", "Body": b"1\n"}

    assert {runtime.invoke_endpoint(**ask)["Body"].read() for _ in range(20)} == {b"new\n"}
    answer = runtime.invoke_endpoint(**ask, TargetVariant="variant-old")
    assert answer["Body"].read() == b"old\n"
    assert answer["InvokedProductionVariant"] == "variant-old"
    with pytest.raises(ClientError, match="Variant none not found") as caught:
        runtime.invoke_endpoint(**ask, TargetVariant="none")
    assert error_of(caught)[0] == "ValidationError"


@pytest.mark.parametrize("name", ["none", "shop", "SHOP"])
def test_an_endpoint_is_asked_by_its_very_name(sagemaker, runtime, world, name):
    deploy(sagemaker, world)

    with pytest.raises(ClientError) as caught:
        runtime.invoke_endpoint(EndpointName=name, Body=b"1\n")

    code, message = error_of(caught)
    assert code == "ValidationError"
    assert message == f"Endpoint {name} of account 000000000000 not found."
    assert sagemaker.describe_endpoint(EndpointName="shop")["EndpointName"] == "Shop"


@pytest.mark.parametrize(
    ("ask", "status", "words"),
    [
        ({"ContentType": "text/plain", "Body": b"1"}, 415, "'text/plain' is not supported"),
        ({"ContentType": "text/csv", "Body": b"x"}, 400, "the container failed"),
        ({"ContentType": "text/csv", "Body": b"5"}, 500, "the container failed"),
        (
            {"ContentType": "text/csv", "Accept": "image/png", "Body": b"1"},
            406,
            "Accept 'image/png' is not supported: the answer is text/csv",
        ),
    ],
)
def test_a_containers_error_is_handed_on_with_its_status(
    sagemaker, runtime, world, ask, status, words
):
    deploy(sagemaker, world)

    with pytest.raises(ClientError) as caught:
        runtime.invoke_endpoint(EndpointName="Shop", **ask)

    error = caught.value.response
    whose = "client" if status < 500 else "server"
    assert error["Error"]["Code"] == "ModelError"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert error["OriginalStatusCode"] == status
    assert words in error["OriginalMessage"]
    assert error["LogStreamArn"].endswith(":log-group:/aws/sagemaker/Endpoints/Shop")
    start = f'Received {whose} error ({status}) from primary with message "'
    assert error["Error"]["Message"].startswith(start)


@pytest.mark.parametrize("accept", ["text/csv", "*/*", "text/*", "image/png, text/csv;q=0.5", ""])
def test_what_the_container_answers_with_is_accepted(sagemaker, runtime, world, accept):
    deploy(sagemaker, world)

    answer = runtime.invoke_endpoint(
        EndpointName="Shop", ContentType="text/csv; charset=utf-8", Accept=accept, Body=b"1\n"
    )

    assert answer["Body"].read() == b"yes\n"


@pytest.mark.parametrize(
    "more",
    [
        {"TargetModel": "x.tar.gz"},
        {"TargetContainerHostname": "x"},
        {"InferenceComponentName": "x"},
        {"EnableExplanations": "`true`"},
    ],
)
def test_what_no_endpoint_here_can_do_is_refused(sagemaker, runtime, world, more):
    deploy(sagemaker, world)

    with pytest.raises(ClientError) as caught:
        runtime.invoke_endpoint(EndpointName="Shop", ContentType="text/csv", Body=b"1\n", **more)

    assert error_of(caught)[0] == "ValidationError"


def test_an_asynchronous_endpoint_is_not_invoked(sagemaker, runtime, world):
    config = {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://out/async/"}}}
    assert deploy(sagemaker, world, config=config)["AsyncInferenceConfig"]

    with pytest.raises(ClientError, match="use InvokeEndpointAsync"):
        runtime.invoke_endpoint(EndpointName="Shop", ContentType="text/csv", Body=b"1\n")


def test_a_description_shows_images_counts_and_weights(sagemaker, world):
    [shown] = deploy(sagemaker, world, variants={"yes": 2.0})["ProductionVariants"]

    [image] = shown.pop("DeployedImages")
    assert image["SpecifiedImage"] == "registry/image:1"
    assert image["ResolvedImage"].startswith("registry/image@sha256:")
    assert shown == {
        "VariantName": "variant-yes",
        "CurrentWeight": 2.0,
        "DesiredWeight": 2.0,
        "CurrentInstanceCount": 1,
        "DesiredInstanceCount": 1,
    }


def test_a_serverless_variant_has_no_instances(sagemaker, world):
    world.iam.s3.objects["out/m.tar.gz"] = archive(LabelStage(["no", "yes"]))
    container = {"Image": "image", "ModelDataUrl": "s3://out/m.tar.gz"}
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    config = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    variant = {"VariantName": "v", "ModelName": "m", "ServerlessConfig": config}
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")

    [shown] = wait_for(lambda: in_service(sagemaker, "e"))["ProductionVariants"]

    assert shown["CurrentServerlessConfig"] == config
    assert "CurrentInstanceCount" not in shown


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({}, 1.0),
        ({"RetainAllVariantProperties": True}, 3.0),
        (
            {
                "RetainAllVariantProperties": True,
                "ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredWeight"}],
            },
            1.0,
        ),
    ],
)
def test_an_update_keeps_weights_only_where_it_is_told_to(sagemaker, world, more, kept):
    deploy(sagemaker, world, variants={"yes": 3.0})
    variant = {"VariantName": "variant-yes", "ModelName": "yes", "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(EndpointConfigName="next", ProductionVariants=[variant])

    sagemaker.update_endpoint(EndpointName="Shop", EndpointConfigName="next", **more)

    def updated():
        found = in_service(sagemaker, "Shop")
        return found if found and found["EndpointConfigName"] == "next" else None

    assert wait_for(updated)["ProductionVariants"][0]["CurrentWeight"] == kept


def test_boto3s_waiters_see_an_endpoint_come_and_go(sagemaker, world):
    deploy(sagemaker, world)
    often = {"Delay": 1, "MaxAttempts": 20}

    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="Shop", WaiterConfig=often)
    sagemaker.delete_endpoint(EndpointName="Shop")
    sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="Shop", WaiterConfig=often)

    assert sagemaker.list_endpoints()["Endpoints"] == []
    with pytest.raises(ClientError, match="Could not find"):
        sagemaker.list_tags(ResourceArn="arn:aws:sagemaker:us-east-1:000000000000:endpoint/shop")


def test_boto3s_waiter_gives_up_on_an_endpoint_that_failed(sagemaker, world):
    world.faults.add(Fault("EndpointFails", message="no capacity"))
    assert deploy(sagemaker, world)["FailureReason"] == "no capacity"

    waiter = sagemaker.get_waiter("endpoint_in_service")
    with pytest.raises(WaiterError, match="terminal failure state"):
        waiter.wait(EndpointName="Shop", WaiterConfig={"Delay": 1, "MaxAttempts": 5})


def test_an_endpoint_on_instances_does_not_become_serverless(sagemaker, world):
    deploy(sagemaker, world)
    config = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    variant = {"VariantName": "v", "ModelName": "yes", "ServerlessConfig": config}
    sagemaker.create_endpoint_config(EndpointConfigName="next", ProductionVariants=[variant])

    with pytest.raises(ClientError, match="cannot become serverless"):
        sagemaker.update_endpoint(EndpointName="Shop", EndpointConfigName="next")
    assert in_service(sagemaker, "Shop")["EndpointConfigName"] == "Shop"


def test_what_an_endpoint_is_on_its_way_to_is_shown_until_it_is_there(sagemaker, world):
    world.clock = Clock(speed=300)
    container = {"Image": "image", "ModelDataUrl": "s3://out/none.tar.gz"}
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    variant = {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")

    pending = sagemaker.describe_endpoint(EndpointName="e")["PendingDeploymentSummary"]

    assert pending["EndpointConfigName"] == "c"
    assert pending["ProductionVariants"][0]["DesiredInstanceCount"] == 1
    assert "PendingDeploymentSummary" not in wait_for(lambda: in_service(sagemaker, "e"))
