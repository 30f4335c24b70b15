"""The model registry of the local SageMaker: through boto3, over its own HTTP application."""

import json

import pytest
from botocore.exceptions import ClientError

from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.events import Events
from cdk_automlv2.local.training.candidates import archive
from cdk_automlv2.local.training.stages import LabelStage

from .fake_world import ROLE, ask, error_of, wait_for

GROUP = "churn"
PLACE = "arn:aws:sagemaker:us-east-1:000000000000"
FIRST = {"Image": "first", "ModelDataUrl": "s3://out/first.tar.gz", "Environment": {"A": "1"}}
SECOND = {"Image": "second", "ModelDataUrl": "s3://out/second.tar.gz"}


def specification(*containers):
    types = {"SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}
    return {"Containers": list(containers), **types}


@pytest.fixture
def group(sagemaker):
    sagemaker.create_model_package_group(
        ModelPackageGroupName=GROUP, Tags=[{"Key": "team", "Value": "ml"}]
    )
    return sagemaker


@pytest.fixture
def heard(world):
    events = []
    world.events = Events(events.append)
    return events


def register(sagemaker, *containers, **more):
    containers = containers or (FIRST,)
    request = {"ModelPackageGroupName": GROUP, "InferenceSpecification": specification(*containers)}
    return sagemaker.create_model_package(**{**request, **more})["ModelPackageArn"]


def refused(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return error_of(caught)


def versions(sagemaker, **filters):
    found = sagemaker.list_model_packages(ModelPackageGroupName=GROUP, **filters)
    return [item["ModelPackageVersion"] for item in found["ModelPackageSummaryList"]]


def test_versions_are_numbered_and_a_number_is_not_used_again(group):
    arns = [register(group) for _ in range(2)]
    group.delete_model_package(ModelPackageName=arns[1])

    assert arns == [f"{PLACE}:model-package/{GROUP}/{number}" for number in (1, 2)]
    assert register(group) == f"{PLACE}:model-package/{GROUP}/3"
    assert versions(group) == [3, 1]
    assert versions(group, SortBy="Name", SortOrder="Ascending") == [1, 3]


def test_a_version_waits_for_approval_and_shows_what_was_registered(group):
    arn = register(group, CustomerMetadataProperties={"F1": "0.9"})

    found = group.describe_model_package(ModelPackageName=f"{GROUP}/1")

    assert found["ModelPackageArn"] == arn
    assert found["ModelApprovalStatus"] == "PendingManualApproval"
    assert found["ModelPackageStatus"] == "Completed"
    assert found["InferenceSpecification"]["Containers"] == [FIRST]
    assert found["CustomerMetadataProperties"] == {"F1": "0.9"}
    assert "ModelPackageName" not in found


def test_a_token_makes_registering_idempotent(group):
    once, again = (register(group, ClientToken="release-1") for _ in range(2))

    assert once == again
    assert versions(group) == [1]
    code, words = refused(lambda: register(group, SECOND, ClientToken="release-1"))
    assert code == "ConflictException"
    assert "release-1" in words


def test_an_update_changes_approval_containers_and_metadata(group):
    arn = register(group, CustomerMetadataProperties={"F1": "0.9", "by": "me"})

    group.update_model_package(
        ModelPackageArn=arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="looks good",
        InferenceSpecification=specification(SECOND),
        CustomerMetadataProperties={"F1": "0.8"},
        CustomerMetadataPropertiesToRemove=["by"],
        ModelLifeCycle={"Stage": "Production", "StageStatus": "Started"},
    )

    found = group.describe_model_package(ModelPackageName=arn)
    assert found["ModelApprovalStatus"] == "Approved"
    assert found["ApprovalDescription"] == "looks good"
    assert found["InferenceSpecification"]["Containers"] == [SECOND]
    assert found["CustomerMetadataProperties"] == {"F1": "0.8"}
    assert found["ModelLifeCycle"]["Stage"] == "Production"
    assert versions(group, ModelApprovalStatus="Approved") == [1]
    assert versions(group, ModelApprovalStatus="Rejected") == []


def test_every_change_of_a_package_is_an_event(group, heard):
    arn = register(group)
    group.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")

    assert [event["detail"]["ModelApprovalStatus"] for event in heard] == [
        "PendingManualApproval",
        "Approved",
    ]
    event = json.loads(json.dumps(heard[1]))
    assert event["detail_type"] == "SageMaker Model Package State Change"
    assert event["source"] == "aws.sagemaker"
    assert event["resources"] == [arn]
    assert event["detail"]["ModelPackageGroupName"] == GROUP
    assert event["detail"]["CreationTime"].endswith("Z")
    assert not [key for key in event["detail"] if key.startswith("_")]


def test_models_and_endpoints_tell_their_changes(sagemaker, world, heard):
    container = {"Image": "image", "ModelDataUrl": "s3://out/none.tar.gz"}
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    variant = {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")
    wait_for(lambda: len(heard) == 3)
    sagemaker.delete_endpoint(EndpointName="e")
    sagemaker.delete_model(ModelName="m")

    told = [(e["detail_type"], e["detail"].get("EndpointStatus")) for e in heard]
    assert told == [
        ("SageMaker Model State Change", None),
        ("SageMaker Endpoint State Change", "CREATING"),
        ("SageMaker Endpoint State Change", "FAILED"),
        ("SageMaker Endpoint State Change", "DELETING"),
        ("SageMaker Model State Change", None),
    ]
    assert isinstance(heard[1]["detail"]["CreationTime"], int)


def test_a_group_with_versions_cannot_be_deleted(group):
    arn = register(group)

    code, _ = refused(group.delete_model_package_group, ModelPackageGroupName=GROUP)
    assert code == "ConflictException"
    group.delete_model_package(ModelPackageName=arn)
    group.delete_model_package_group(ModelPackageGroupName=GROUP)
    code, words = refused(group.describe_model_package_group, ModelPackageGroupName=GROUP)
    assert (code, "does not exist" in words) == ("ValidationException", True)


def test_groups_are_listed_and_described(group):
    code, words = refused(group.create_model_package_group, ModelPackageGroupName=GROUP)
    assert (code, "already exists" in words) == ("ValidationException", True)

    [listed] = group.list_model_package_groups(NameContains="chu")["ModelPackageGroupSummaryList"]
    found = group.describe_model_package_group(ModelPackageGroupName=listed["ModelPackageGroupArn"])
    assert found["ModelPackageGroupStatus"] == "Completed"
    assert group.list_tags(ResourceArn=found["ModelPackageGroupArn"])["Tags"] == [
        {"Key": "team", "Value": "ml"}
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ModelPackageName": "x"}, "Cannot determine which one to use"),
        ({"ModelPackageGroupName": None}, "Missing ARN"),
        ({"ModelPackageGroupName": "none"}, "model-package-group/none does not exist"),
        ({"Tags": [{"Key": "a", "Value": "b"}]}, "those of its group"),
        ({"InferenceSpecification": specification({"ModelDataUrl": "s3://b/m"})}, "Image"),
        ({"CertifyForMarketplace": True}, "does not have AWS Marketplace"),
    ],
)
def test_a_package_that_cannot_be_is_refused(group, change, words):
    base = {"ModelPackageGroupName": GROUP, "InferenceSpecification": specification(FIRST)}
    request = {key: value for key, value in {**base, **change}.items() if value is not None}

    code, told = refused(group.create_model_package, **request)

    assert code == "ValidationException"
    assert words in told


def test_a_package_without_a_group_has_a_name_and_no_approval(group):
    arn = group.create_model_package(
        ModelPackageName="alone", InferenceSpecification=specification(SECOND)
    )["ModelPackageArn"]

    found = group.list_model_packages()["ModelPackageSummaryList"]
    assert [item["ModelPackageName"] for item in found] == ["alone"]
    assert "ModelApprovalStatus" not in group.describe_model_package(ModelPackageName=arn)
    _, words = refused(
        group.update_model_package, ModelPackageArn=arn, ModelApprovalStatus="Approved"
    )
    assert "not versioned" in words
    _, words = refused(
        group.create_model_package,
        ModelPackageName="other",
        InferenceSpecification=specification(FIRST),
    )
    assert "non-versioned" in words


def test_a_model_of_a_package_has_its_containers_once_it_is_approved(group, world):
    for key in ("out/first.tar.gz", "out/second.tar.gz"):
        world.iam.s3.objects[key] = archive(LabelStage(["no", "yes"]))
    arn = register(group, FIRST, SECOND)
    model = {"ExecutionRoleArn": ROLE, "Containers": [{"ModelPackageName": arn}]}
    _, words = refused(group.create_model, ModelName="early", **model)
    assert "must be Approved" in words
    group.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")

    group.create_model(ModelName="approved", **model)
    group.update_model_package(ModelPackageArn=arn, InferenceSpecification=specification(SECOND))

    described = group.describe_model(ModelName="approved")
    assert described["Containers"] == [{"ModelPackageName": arn}]
    assert images_of_endpoint(group, "approved") == ["first", "second"]


def images_of_endpoint(sagemaker, model):
    variant = {"VariantName": "v", "ModelName": model, "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(EndpointConfigName=model, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=model, EndpointConfigName=model)
    [shown] = wait_for(
        lambda: sagemaker.describe_endpoint(EndpointName=model).get("ProductionVariants")
    )
    return [image["SpecifiedImage"] for image in shown["DeployedImages"]]


def test_a_container_adds_its_variables_to_those_of_its_package(group, world):
    arn = register(group, ModelApprovalStatus="Approved")
    container = {"ModelPackageName": arn, "Environment": {"B": "2"}}

    group.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container)

    [found] = world.models[f"{PLACE}:model/m"]["_Containers"]
    assert found == {**FIRST, "Environment": {"A": "1", "B": "2"}}


def test_a_policy_is_kept_and_taken_away(group):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    _, words = refused(group.get_model_package_group_policy, ModelPackageGroupName=GROUP)
    assert "Cannot find resource policy" in words

    group.put_model_package_group_policy(ModelPackageGroupName=GROUP, ResourcePolicy=policy)

    found = group.get_model_package_group_policy(ModelPackageGroupName=GROUP)
    assert found["ResourcePolicy"] == policy
    group.delete_model_package_group_policy(ModelPackageGroupName=GROUP)
    assert refused(group.get_model_package_group_policy, ModelPackageGroupName=GROUP)
    for wrong in ("{", "[]", json.dumps({"Statement": [{"Effect": "Allow"}]})):
        request = {"ModelPackageGroupName": GROUP, "ResourcePolicy": wrong}
        assert refused(group.put_model_package_group_policy, **request)


def test_the_same_names_in_two_accounts_are_two_groups(world):
    for account in ("111111111111", "222222222222"):
        ask(world, "CreateModelPackageGroup", {"ModelPackageGroupName": GROUP}, account)

    with pytest.raises(ServiceError, match="already exists"):
        ask(world, "CreateModelPackageGroup", {"ModelPackageGroupName": GROUP}, "111111111111")
    assert len(world.groups) == 2
