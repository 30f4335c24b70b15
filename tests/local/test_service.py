"""The local SageMaker speaks the API: through boto3, over its own HTTP application."""

import pytest
from botocore.exceptions import ClientError

from cdk_automlv2._core import service_model
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.faults import Fault
from cdk_automlv2.local.sagemaker.rates import PUBLISHED, Rates
from cdk_automlv2.local.sagemaker.service import OPERATIONS
from cdk_automlv2.local.training.candidates import archive
from cdk_automlv2.local.training.stages import LabelStage

from .fake_world import ROLE, ended, job_request, wait_for


def code(caught):
    return caught.value.response["Error"]["Code"]


def test_every_operation_is_one_of_the_service():
    assert set(OPERATIONS) <= service_model.operations()


def test_a_job_walks_to_its_end_and_shows_the_best_candidate(sagemaker):
    arn = sagemaker.create_auto_ml_job_v2(**job_request(), Tags=[{"Key": "a", "Value": "1"}])

    job = wait_for(lambda: ended(sagemaker, "churn"))
    assert job["AutoMLJobArn"] == arn["AutoMLJobArn"]
    assert job["AutoMLJobStatus"] == "Completed"
    assert job["BestCandidate"]["CandidateName"] == "candidate-01"
    assert sagemaker.list_tags(ResourceArn=job["AutoMLJobArn"])["Tags"] == [
        {"Key": "a", "Value": "1"}
    ]


def test_a_job_that_only_writes_notebooks_has_no_candidate(sagemaker):
    config = {"TargetAttributeName": "y", "GenerateCandidateDefinitionsOnly": True}
    request = job_request(AutoMLProblemTypeConfig={"TabularJobConfig": config})
    sagemaker.create_auto_ml_job_v2(**request)

    job = wait_for(lambda: ended(sagemaker, "churn"))

    assert job["AutoMLJobSecondaryStatus"] == "CandidateDefinitionsGenerated"
    assert "BestCandidate" not in job


def test_a_job_tells_from_its_start_what_is_resolved(sagemaker):
    criteria = {"MaxCandidates": 3}
    config = {"TargetAttributeName": "y", "ProblemType": "Regression"}
    config["CompletionCriteria"] = criteria
    request = job_request(AutoMLProblemTypeConfig={"TabularJobConfig": config})
    sagemaker.create_auto_ml_job_v2(**request, AutoMLJobObjective={"MetricName": "MSE"})

    resolved = {"AutoMLJobObjective": {"MetricName": "MSE"}, "CompletionCriteria": criteria}
    job = sagemaker.describe_auto_ml_job_v2(AutoMLJobName="churn")
    assert job["ResolvedAttributes"] == resolved
    assert wait_for(lambda: ended(sagemaker, "churn"))["ResolvedAttributes"] == resolved


@pytest.mark.parametrize(
    ("deploy", "name"),
    [
        ({"AutoGenerateEndpointName": True}, "automl-churn"),
        ({"AutoGenerateEndpointName": False, "EndpointName": "shop"}, "shop"),
    ],
)
def test_a_job_that_is_asked_to_serves_its_best_candidate(sagemaker, world, deploy, name):
    world.iam.s3.objects["out/model.tar.gz"] = archive(LabelStage(["no", "yes"]))
    sagemaker.create_auto_ml_job_v2(**job_request(ModelDeployConfig=deploy))

    job = wait_for(lambda: ended(sagemaker, "churn"))

    assert job["AutoMLJobSecondaryStatus"] == "Completed"
    assert job["ModelDeployResult"] == {"EndpointName": name}
    assert sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "InService"


def test_a_job_completes_though_its_endpoint_does_not_come_up(sagemaker, world):
    world.faults.add(Fault("EndpointFails"))
    sagemaker.create_auto_ml_job_v2(**job_request(ModelDeployConfig={}))

    job = wait_for(lambda: ended(sagemaker, "churn"))

    assert job["AutoMLJobStatus"] == "Completed"
    assert job["AutoMLJobSecondaryStatus"] == "ModelDeploymentError"
    assert "ModelDeployResult" not in job
    assert job["BestCandidate"]


def test_candidates_are_listed_in_the_order_asked_for(sagemaker):
    sagemaker.create_auto_ml_job_v2(**job_request())
    wait_for(lambda: ended(sagemaker, "churn"))

    found = sagemaker.list_candidates_for_auto_ml_job(
        AutoMLJobName="churn",
        SortBy="FinalObjectiveMetricValue",
        SortOrder="Descending",
        MaxResults=2,
    )["Candidates"]

    assert [item["CandidateName"] for item in found] == ["candidate-01", "candidate-02"]


def test_a_job_name_is_taken_for_ever_whatever_its_case(sagemaker):
    sagemaker.create_auto_ml_job_v2(**job_request("churn"))

    with pytest.raises(ClientError) as caught:
        sagemaker.create_auto_ml_job_v2(**job_request("CHURN"))

    assert code(caught) == "ResourceInUse"


def test_a_hanging_job_is_stopped(sagemaker, world):
    world.faults.add(Fault("JobHangs"))
    sagemaker.create_auto_ml_job_v2(**job_request())

    sagemaker.stop_auto_ml_job(AutoMLJobName="churn")

    assert wait_for(lambda: ended(sagemaker, "churn"))["AutoMLJobStatus"] == "Stopped"
    with pytest.raises(ClientError, match="is Stopped"):
        sagemaker.stop_auto_ml_job(AutoMLJobName="churn")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"AutoMLJobName": "x" * 40}, "at 'autoMLJobName' failed to satisfy constraint"),
        ({"AutoMLJobObjective": {"MetricName": "Best"}}, "autoMLJobObjective.metricName"),
        (
            {
                "AutoMLProblemTypeConfig": {
                    "TextGenerationJobConfig": {"BaseModelName": "Llama2-7B"}
                }
            },
            "AcceptEula: must be True for Llama2-7B",
        ),
    ],
)
def test_rejects_what_the_service_would_refuse(sagemaker, change, text):
    with pytest.raises(ClientError, match=text) as caught:
        sagemaker.create_auto_ml_job_v2(**(job_request() | change))

    assert code(caught) == "ValidationException"


@pytest.mark.parametrize(
    ("operation", "request_of", "error"),
    [
        ("describe_auto_ml_job_v2", {"AutoMLJobName": "x"}, "ResourceNotFound"),
        ("list_candidates_for_auto_ml_job", {"AutoMLJobName": "x"}, "ResourceNotFound"),
        ("describe_model", {"ModelName": "x"}, "ValidationException"),
        ("describe_endpoint", {"EndpointName": "x"}, "ValidationException"),
        ("describe_endpoint_config", {"EndpointConfigName": "x"}, "ValidationException"),
        ("delete_endpoint", {"EndpointName": "x"}, "ValidationException"),
        ("list_training_jobs", {}, "UnknownOperationException"),
    ],
)
def test_what_is_not_there_is_told_as_the_service_does(sagemaker, operation, request_of, error):
    with pytest.raises(ClientError) as caught:
        getattr(sagemaker, operation)(**request_of)

    assert code(caught) == error


def test_a_denied_caller_is_refused(sagemaker, world):
    world.iam.denied = {"iam:PassRole"}

    with pytest.raises(ClientError) as caught:
        sagemaker.create_auto_ml_job_v2(**job_request())

    assert code(caught) == "AccessDeniedException"
    assert not world.jobs


def test_calls_that_come_too_often_are_throttled_as_published():
    rates = Rates(speed=1, limited=True)
    rates.admit("CreateModel")

    with pytest.raises(ServiceError, match="ThrottlingException: Rate exceeded"):
        rates.admit("CreateModel")
    rates.admit("CreateEndpoint")
    rates.admit("CreateAutoMLJobV2")
    rates.admit("CreateAutoMLJobV2")
    assert set(PUBLISHED) <= set(OPERATIONS)


def test_some_calls_are_throttled_by_chance():
    rates = Rates(speed=1, limited=True, chance=0.5)
    refused = 0
    for _ in range(200):
        try:
            rates.admit("DescribeAutoMLJobV2")
        except ServiceError:
            refused += 1

    assert 60 < refused < 140


def test_a_planned_fault_comes_as_often_as_planned(sagemaker, world):
    world.faults.add(Fault("ListEndpoints", code="ValidationException", message="no", times=1))

    with pytest.raises(ClientError, match="no"):
        sagemaker.list_endpoints()
    assert sagemaker.list_endpoints()["Endpoints"] == []


def test_a_model_needs_a_configuration_and_an_endpoint_a_model(sagemaker):
    variant = {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large"}

    with pytest.raises(ClientError, match="Could not find model"):
        sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")


def test_an_endpoint_of_a_model_that_cannot_be_loaded_fails_and_can_be_deleted(sagemaker):
    container = {"Image": "i", "ModelDataUrl": "s3://out/none.tar.gz"}
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, Containers=[container])
    variant = {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")

    with pytest.raises(ClientError, match="Cannot create already existing endpoint"):
        sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")
    failed = wait_for(lambda: settled(sagemaker, "e"))
    assert failed["EndpointStatus"] == "Failed"
    assert failed["FailureReason"].startswith("The model could not be loaded")
    sagemaker.delete_endpoint(EndpointName="e")
    wait_for(lambda: not sagemaker.list_endpoints()["Endpoints"])
    sagemaker.delete_endpoint_config(EndpointConfigName="c")
    sagemaker.delete_model(ModelName="m")
    assert sagemaker.list_models()["Models"] == []


def settled(sagemaker, name):
    endpoint = sagemaker.describe_endpoint(EndpointName=name)
    return None if endpoint["EndpointStatus"] == "Creating" else endpoint
