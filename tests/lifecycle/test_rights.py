"""The function may do what it has to with its policy of that moment, and nothing to others."""

import pytest
from automlv2_handlers.errors import DeniedError

from .cloudformation import CloudFormation, Resource
from .events import JOB, OLD, endpoint
from .stack import STACK_ID, Stack

MODELS = ("churn-1", "churn-2")
RUNNING = 1e6
MARK = "abcde-c8a1b2c3d4"
FOLDER = {
    "AssetBucket": "assets",
    "AssetKey": "1.zip",
    "Folder": f"s3://out/inputs/{MARK}/",
    "S3Uri": f"s3://out/inputs/{MARK}/0123456789abcdef/",
}


@pytest.fixture
def cloudformation(aws):
    return CloudFormation(aws, STACK_ID)


def job(**more):
    return Resource("Job", "AutoMLJobV2", lambda _: JOB | more)


def folder(**more):
    return Resource("Folder", "AutoMLInput", lambda _: FOLDER | more)


def serving(**more):
    return Resource("Endpoint", "AutoMLEndpoint", lambda _: OLD | more)


def model(**more):
    def properties(outputs):
        return {
            "AutoMLJobName": outputs["Wait"]["AutoMLJobName"],
            "ExecutionRoleArn": "arn:aws:iam::111122223333:role/host",
            "ProcessingUnit": "CPU",
            **more,
        }

    return Resource("Model", "AutoMLModel", properties)


def wait():
    def properties(outputs):
        name = outputs["Job"]["Ref"]
        return {
            "Target": "AutoMLJob",
            "AutoMLJobName": name,
            "LinkSeconds": 3300,
            "TimeoutSeconds": 3300,
            "Last": True,
        }

    return Resource("Wait", "AutoMLWait", properties)


def test_a_renamed_endpoint_goes_with_the_rights_of_the_new_template(aws, cloudformation):
    cloudformation.deploy([serving(EndpointName="shop")])

    assert cloudformation.deploy([serving(EndpointName="shop2")])

    assert set(aws.endpoints) == {"shop2"}
    assert len(aws.configs) == 1


def test_an_endpoint_that_left_the_template_goes(aws, cloudformation):
    cloudformation.deploy([serving(EndpointName="shop"), job()])

    assert cloudformation.deploy([job()])

    assert not aws.endpoints
    assert not aws.configs


def test_an_endpoint_renamed_and_rolled_back_goes_with_the_rights_of_the_old_template(
    aws, cloudformation
):
    cloudformation.deploy([serving(EndpointName="shop")])
    late = Resource("Late", "AutoMLModel", lambda o: _bad_model() | {"After": o["Endpoint"]["Ref"]})

    assert not cloudformation.deploy([serving(EndpointName="shop2"), late])

    assert set(aws.endpoints) == {"shop"}
    assert len(aws.configs) == 1


def test_a_running_job_that_was_renamed_is_stopped(aws, cloudformation):
    aws.job_seconds = RUNNING
    cloudformation.deploy([job(AutoMLJobName="first")])

    assert cloudformation.deploy([job(AutoMLJobName="second", Revision="2")])

    assert "Stopped" in aws.jobs["first"]
    cloudformation.delete()


def test_a_renamed_model_goes(aws, cloudformation):
    cloudformation.deploy([job(), wait(), model(ModelName="m1")])

    assert cloudformation.deploy([job(), wait(), model(ModelName="m2")])

    assert set(aws.models) == {*MODELS, "m2"}


def test_a_folder_that_left_the_template_goes(aws, cloudformation):
    cloudformation.deploy([folder(), job()])

    assert cloudformation.deploy([job()])

    assert not aws.written


def test_a_folder_goes_with_the_output_path_of_before(aws, cloudformation):
    cloudformation.deploy([folder()])

    elsewhere = {key: FOLDER[key].replace("out", "other") for key in ("Folder", "S3Uri")}
    assert cloudformation.deploy([folder(**elsewhere)])

    assert set(aws.written) == {f"{elsewhere['S3Uri']}0.csv"}
    cloudformation.delete()
    assert not aws.written


@pytest.mark.parametrize("operation", ["add_tags", "remove_tags", "delete_endpoint"])
def test_an_endpoint_of_somebody_else_cannot_be_touched(aws, operation):
    variants = OLD["ProductionVariants"]
    aws.call("create_endpoint_config", EndpointConfigName="c", ProductionVariants=variants)
    aws.call("create_endpoint", EndpointName="theirs", EndpointConfigName="c", Tags=[])
    aws.wait(3600)
    stack = Stack(aws)
    stack.create("AutoMLEndpoint", endpoint())
    arn = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/theirs"
    attempts = {
        "add_tags": lambda: aws.add_tags(arn, [{"Key": "cdk-automlv2:owner", "Value": "abcde/x"}]),
        "remove_tags": lambda: aws.remove_tags(arn, ["team"]),
        "delete_endpoint": lambda: aws.call("delete_endpoint", EndpointName="theirs"),
    }

    with aws.called_by(stack), pytest.raises(DeniedError):
        attempts[operation]()
    aws.denied.clear()


def test_a_role_that_the_stack_does_not_use_cannot_be_passed(aws):
    stack = Stack(aws)
    stack.create("AutoMLJobV2", JOB)
    other = {"RoleArn": "arn:aws:iam::111122223333:role/admin", "AutoMLJobName": "x-abcde-1"}
    tags = [{"Key": "cdk-automlv2:owner", "Value": "abcde/x"}]
    request = aws.request("CreateAutoMLJobV2", JOB | other) | {"Tags": tags}

    with aws.called_by(stack), pytest.raises(DeniedError, match="PassRole"):
        aws.call("create_auto_ml_job_v2", **request)
    aws.denied.clear()


def _bad_model():
    return {
        "AutoMLJobName": "nope",
        "ExecutionRoleArn": "arn:aws:iam::111122223333:role/host",
        "ProcessingUnit": "CPU",
    }
