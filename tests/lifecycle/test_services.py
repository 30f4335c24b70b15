"""The fakes of the services behave as the documents say of AWS."""

import copy

import pytest
from automlv2_handlers.errors import BusyError, NameTakenError, NotFoundError, RefusedError

from .events import JOB, NEW, OLD
from .fake_aws import PLACE
from .services import validation
from .stack import Stack

MODELS = ("churn-1", "churn-2")
ARN = f"{PLACE}:endpoint/e"


@pytest.fixture
def served(aws):
    """An account with an endpoint in service."""
    for name, properties in (("c", OLD), ("d", NEW)):
        variants = properties["ProductionVariants"]
        aws.call("create_endpoint_config", EndpointConfigName=name, ProductionVariants=variants)
    aws.call("create_endpoint", EndpointName="e", EndpointConfigName="c")
    aws.wait(3600)
    return aws


def status(aws):
    return aws.call("describe_endpoint", EndpointName="e")["EndpointStatus"]


def job(**more):
    request = copy.deepcopy(JOB) | {"AutoMLJobName": "j"} | more
    del request["BaseName"]
    return request


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"AutoMLJobName": "a" * 33}, id="a length"),
        pytest.param({"AutoMLJobName": "a_b"}, id="a pattern"),
        pytest.param({"AutoMLJobObjective": {"MetricName": "Best"}}, id="an enumeration"),
        pytest.param({"AutoMLJobObjective": {"MetricName": "F1"}}, id="an objective alone"),
        pytest.param({"Tags": [{"Key": "a", "Value": "1"}] * 2}, id="a key twice"),
        pytest.param({"Tags": [{"Key": "aws:x", "Value": "1"}]}, id="a key of AWS's"),
        pytest.param({"NoSuchMember": "1"}, id="an unknown member"),
        pytest.param({"RoleArn": None}, id="a member missing"),
    ],
)
def test_what_boto3_or_the_service_refuses_is_refused(aws, wrong):
    request = {key: value for key, value in job(**wrong).items() if value is not None}
    stack = Stack(aws)
    stack.create("AutoMLJobV2", JOB)

    with aws.called_by(stack), pytest.raises(RefusedError):
        aws.call("create_auto_ml_job_v2", **request)


def test_requests_of_the_documents_pass():
    for problem in (
        {"ImageClassificationJobConfig": {"CompletionCriteria": {"MaxCandidates": 1}}},
        {"TextClassificationJobConfig": {"ContentColumn": "a", "TargetLabelColumn": "b"}},
        {"TextGenerationJobConfig": {"BaseModelName": "Falcon7BInstruct"}},
    ):
        request = job(AutoMLProblemTypeConfig=problem)

        validation.check("sagemaker", "create_auto_ml_job_v2", request)


@pytest.mark.parametrize("name", ["e", "E"])
def test_names_do_not_differ_by_case_alone(served, name):
    with pytest.raises(NameTakenError, match="already existing"):
        served.call("create_endpoint", EndpointName=name, EndpointConfigName="c")


def test_an_update_that_fails_rolls_back_before_it_is_in_service_again(served):
    served.update_end = "RolledBack"
    served.call("update_endpoint", EndpointName="e", EndpointConfigName="d")
    seen = [status(served)]
    for seconds in (served.endpoint_seconds, served.rolling_back_seconds):
        served.wait(seconds)
        seen.append(status(served))

    assert seen == ["Updating", "RollingBack", "InService"]
    assert served.seen_endpoint("e")["EndpointConfigName"] == "c"


def test_an_endpoint_that_is_patched_is_busy(served):
    served.maintain("e")

    assert status(served) == "SystemUpdating"
    with pytest.raises(BusyError):
        served.call("update_endpoint", EndpointName="e", EndpointConfigName="d")
    with pytest.raises(BusyError):
        served.call("delete_endpoint", EndpointName="e")


def test_an_endpoint_out_of_service_can_only_be_deleted(served):
    served.take_out_of_service("e")

    assert status(served) == "OutOfService"
    with pytest.raises(RefusedError):
        served.call("update_endpoint", EndpointName="e", EndpointConfigName="d")
    served.call("delete_endpoint", EndpointName="e")


@pytest.mark.parametrize("name", ["churn-1", "churn-2"])
def test_a_model_that_is_served_or_moved_to_is_missed_when_it_goes(served, name):
    served.call("update_endpoint", EndpointName="e", EndpointConfigName="d")

    served.call("delete_model", ModelName=name)

    assert served.misdeeds == ["deleted the model that endpoint e serves"]
    served.misdeeds.clear()
    served.has_models(name)


def test_what_has_just_been_made_may_not_be_seen_yet(aws):
    aws.lags.describes, aws.lags.lists = 20, 30
    aws.call("create_model", ModelName="new")

    with pytest.raises(NotFoundError):
        aws.call("describe_model", ModelName="new")
    assert not aws.call("list_models", NameContains="new")["Models"]
    aws.wait(20)
    assert aws.find("describe_model", ModelName="new")
    aws.wait(10)
    assert aws.call("list_models", NameContains="new")["Models"]


def test_what_has_just_gone_may_still_be_listed(aws):
    aws.lags.lists = 30
    aws.wait(60)
    aws.call("delete_model", ModelName="churn-1")

    assert aws.call("list_models", NameContains="churn-1")["Models"]
    aws.wait(30)
    assert not aws.call("list_models", NameContains="churn-1")["Models"]


def test_tags_may_be_seen_late(served):
    served.lags.tags = 20
    served.add_tags(ARN, [{"Key": "a", "Value": "1"}])
    served.wait(10)
    served.add_tags(ARN, [{"Key": "b", "Value": "2"}])

    assert served.tags_of(ARN) == {}
    served.wait(10)
    assert served.tags_of(ARN) == {"a": "1"}
    served.wait(10)
    assert served.tags_of(ARN) == {"a": "1", "b": "2"}


def test_more_than_fifty_tags_are_refused(served):
    tags = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    served.add_tags(ARN, tags)

    with pytest.raises(RefusedError, match="ResourceLimitExceeded"):
        served.add_tags(ARN, [{"Key": "one-more", "Value": ""}])


def test_an_error_of_the_service_goes_through_the_gateway(aws):
    aws.fail("describe_model", "ThrottlingException", "Rate exceeded", times=2)

    for _ in range(2):
        with pytest.raises(BusyError, match="DescribeModel: ThrottlingException: Rate exceeded"):
            aws.find("describe_model", ModelName="churn-1")
    assert aws.find("describe_model", ModelName="churn-1")


def test_the_same_execution_is_begun_once(aws):
    assert aws.start_execution("machine", "name", {"a": 1})
    assert aws.start_execution("machine", "name", {"a": 1})
    assert not aws.start_execution("machine", "name", {"a": 2})
    assert len(aws.executions) == 1
    aws.executions.clear()
