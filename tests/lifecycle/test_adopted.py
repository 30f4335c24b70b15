"""What existed before its stack is taken over as it is, or left alone."""

import copy

import pytest
from automlv2_handlers.domain import tags

from .cloudformation import CloudFormation, Resource
from .events import JOB, MORE_CANDIDATES, endpoint
from .fake_aws import Crash, FakeAws
from .stack import STACK_ID

NAME = "somebodys-job"
GIVEN = JOB | {"AutoMLJobName": NAME, "RoleArn": "arn:aws:iam::111122223333:role/job"}
SERVED = "somebodys-endpoint"
_OURS = ("BaseName", "Revision", "Tags")


def marked(stack, aws, kind, logical_id, arn, mark=True):
    """Put on what ``automlv2 adopt`` puts on: the owner, and that it was there before."""
    event = stack.event("Create", kind, GIVEN, LogicalResourceId=logical_id)
    parsed = type("Event", (), {})()
    parsed.properties, parsed.owner = event["ResourceProperties"], f"Shop/{logical_id}"
    owner = {tags.OWNER: tags.owner(parsed)}
    aws.tags[arn] = {**aws.tags.get(arn, {}), **owner, **({tags.ADOPTED: "true"} if mark else {})}


@pytest.fixture
def aws():
    """An account with things of nobody's, so that not all of the invariants hold at the end."""
    return FakeAws()


@pytest.fixture
def cloudformation(aws):
    made = CloudFormation(aws, STACK_ID)
    made.stack.enforces_rights = False  # tests/e2e/test_adopt.py has them.
    return made


@pytest.fixture
def stack(cloudformation):
    return cloudformation.stack


@pytest.fixture
def before(stack, aws):
    """A finished job and an endpoint of somebody's, marked for the stack."""
    sagemaker = aws.client("sagemaker")
    made = {key: copy.deepcopy(GIVEN[key]) for key in GIVEN if key not in _OURS}
    job = sagemaker.create_auto_ml_job_v2(**made)
    aws.has_models("churn-1", "churn-2")
    config = endpoint("churn-1")["ProductionVariants"]
    sagemaker.create_endpoint_config(EndpointConfigName="theirs", ProductionVariants=config)
    served = sagemaker.create_endpoint(EndpointName=SERVED, EndpointConfigName="theirs")
    aws.wait(7200)
    marked(stack, aws, "AutoMLJobV2", "Job", job["AutoMLJobArn"])
    marked(stack, aws, "AutoMLEndpoint", "Endpoint", served["EndpointArn"])
    aws.calls.clear()
    return job["AutoMLJobArn"], served["EndpointArn"]


def job(more=None):
    return Resource("Job", "AutoMLJobV2", lambda _: GIVEN | (more or {}))


def served(model="churn-2"):
    return Resource("Endpoint", "AutoMLEndpoint", lambda _: endpoint(model, EndpointName=SERVED))


def failing():
    return Resource("Late", "AutoMLModel", lambda _: {"AutoMLJobName": "none"}, ("Job", "Endpoint"))


def test_a_marked_job_is_taken_over_without_training(cloudformation, before, aws):
    assert cloudformation.deploy([job()])

    assert aws.calls["create_auto_ml_job_v2"] == 0
    assert aws.tags[before[0]][tags.FINGERPRINT] == "unknown"


def test_an_update_works_as_usual_afterwards(cloudformation, before, aws):
    assert cloudformation.deploy([job(), served()])
    assert cloudformation.deploy(
        [job({"Tags": [{"Key": "team", "Value": "a"}]}), served("churn-1")]
    )

    assert aws.calls["create_auto_ml_job_v2"] == aws.calls["create_endpoint"] == 0
    assert aws.tags[before[0]]["team"] == "a"

    trained = {**GIVEN, **MORE_CANDIDATES}
    del trained["AutoMLJobName"]
    again = Resource("Job", "AutoMLJobV2", lambda _: trained)
    assert cloudformation.deploy([again, served("churn-1")])
    assert aws.calls["create_auto_ml_job_v2"] == 1


def test_a_job_that_was_trained_otherwise_is_not_taken_and_nothing_is_trained(
    cloudformation, before, aws
):
    assert not cloudformation.deploy([job(MORE_CANDIDATES)])

    assert aws.calls["create_auto_ml_job_v2"] == 0
    assert tags.FINGERPRINT not in aws.tags[before[0]]


@pytest.mark.parametrize("marks", [{}, {tags.ADOPTED: "true"}])
def test_a_job_without_the_mark_of_this_resource_is_nobodys_to_take(
    cloudformation, before, aws, marks
):
    aws.tags[before[0]] = {tags.OWNER: "other22/someone", **marks}

    assert not cloudformation.deploy([job()])
    assert aws.calls["create_auto_ml_job_v2"] == 0


def test_an_endpoint_moves_to_the_stacks_model_and_is_never_made_again(cloudformation, before, aws):
    assert cloudformation.deploy([served()])

    assert aws.calls["create_endpoint"] == aws.calls["delete_endpoint"] == 0
    assert aws.calls["update_endpoint"] == 1
    assert "theirs" in aws.configs


[ONE] = endpoint("churn-1")["ProductionVariants"]
NOWHERE = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
KINDS = {
    "variants": {"ProductionVariants": [ONE, {**ONE, "VariantName": "Other"}]},
    "serverless": {
        "ProductionVariants": [
            {"VariantName": "small", "ModelName": "churn-1", "ServerlessConfig": NOWHERE}
        ]
    },
    "asynchronous": {
        "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://out/answers/"}}
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_endpoint_of_any_kind_is_taken_over_where_it_stands(cloudformation, before, aws, kind):
    aws.configs["theirs"] = aws.configs["theirs"] | copy.deepcopy(KINDS[kind])
    declared = endpoint("churn-2", EndpointName=SERVED) | copy.deepcopy(KINDS[kind])
    for variant in declared["ProductionVariants"]:
        variant["ModelName"] = "churn-2"

    assert cloudformation.deploy([Resource("Endpoint", "AutoMLEndpoint", lambda _: declared)])

    assert aws.calls["create_endpoint"] == aws.calls["delete_endpoint"] == 0
    assert aws.calls["update_endpoint"] == 1
    assert "theirs" in aws.configs


def test_a_stack_that_fails_leaves_endpoint_and_job_as_they_were_found(cloudformation, before, aws):
    assert not cloudformation.deploy([job(), served(), failing()])

    assert aws.calls["delete_endpoint"] == aws.calls["stop_auto_ml_job"] == 0
    assert aws.find("describe_endpoint", EndpointName=SERVED)["EndpointStatus"] == "InService"


def test_a_stack_that_is_deleted_takes_what_it_has_taken_over(cloudformation, before, aws):
    assert cloudformation.deploy([job(), served()])
    cloudformation.delete()

    assert aws.find("describe_endpoint", EndpointName=SERVED) is None


def test_a_crash_at_any_call_takes_over_once(stack, aws, before):
    for number in range(1, 7):

        def die():
            raise Crash

        for key in (tags.FINGERPRINT, tags.TRAINING, tags.REQUEST):
            aws.tags[before[0]].pop(key, None)
        event = stack.event("Create", "AutoMLJobV2", GIVEN, LogicalResourceId="Job")
        aws.interrupt_at, aws.interrupt = aws.entered + number, die
        stack.invoke(event)
        stack.run()
        [answer, *_] = stack.answers[event["RequestId"]]
        assert answer["Status"] == "SUCCESS", f"call {number}: {answer}"
        assert answer["PhysicalResourceId"] == NAME
    assert aws.calls["create_auto_ml_job_v2"] == 0
