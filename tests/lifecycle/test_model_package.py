"""A model's version in the registry: one for each winner, found again, deleted only if wanted."""

import pytest

from .events import JOB, MODEL, MODEL_TYPE, MORE_CANDIDATES
from .events import JOB_TYPE as JOBS

TYPE = "AutoMLModelPackage"
GROUP = {
    "ModelPackageGroupName": "churn",
    "ModelApprovalStatus": "PendingManualApproval",
    "ContentTypes": ["text/csv"],
    "ResponseTypes": ["text/csv"],
    "Retain": "true",
}


class Registered:
    """A job, its model, and what is registered of it."""

    def __init__(self, stack):
        self.stack, self.aws = stack, stack.aws
        self.names = [self._learn("One", JOB), self._learn("Two", MORE_CANDIDATES)]
        self.models = [
            stack.create(MODEL_TYPE, {**MODEL, "AutoMLJobName": name}, LogicalResourceId=id_)[
                "PhysicalResourceId"
            ]
            for name, id_ in zip(self.names, ("ModelOne", "ModelTwo"), strict=True)
        ]

    def _learn(self, id_, properties):
        made = self.stack.create(JOBS, properties, LogicalResourceId=f"Job{id_}")
        self.aws.wait(3600)
        return made["PhysicalResourceId"]

    def properties(self, number=0, **more):
        names = {"ModelName": self.models[number], "AutoMLJobName": self.names[number]}
        return GROUP | names | more


@pytest.fixture
def registered(stack):
    stack.logical_id = "Churn"
    return Registered(stack)


def test_a_model_is_registered_with_its_containers_and_figures(stack, aws, registered):
    answer = stack.create(TYPE, registered.properties())

    assert answer["Status"] == "SUCCESS", answer["Reason"]
    arn = answer["PhysicalResourceId"]
    assert answer["Data"]["ModelPackageArn"] == arn
    package = aws.packages[arn]
    [container] = package["InferenceSpecification"]["Containers"]
    [served] = aws.models[registered.models[0]]["Containers"]
    assert container["ModelDataUrl"] == served["ModelDataUrl"]
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    said = package["CustomerMetadataProperties"]
    assert said["value"] == "0.97"
    assert said["job"] == registered.names[0]
    assert said["model"] == registered.models[0]


def test_another_winner_is_another_version_and_the_same_one_is_none(stack, aws, registered):
    old, new = registered.properties(), registered.properties(1)
    first = stack.create(TYPE, old)["PhysicalResourceId"]
    again = stack.update(TYPE, first, old, {**old, "ContentTypes": ["application/json"]})
    assert again["PhysicalResourceId"] == first

    second = stack.update(TYPE, first, old, new)["PhysicalResourceId"]
    assert second != first
    assert set(aws.packages) == {first, second}


def test_a_stack_on_its_way_back_finds_the_former_version(stack, aws, registered):
    old, new = registered.properties(), registered.properties(1)
    first = stack.create(TYPE, old)["PhysicalResourceId"]
    second = stack.update(TYPE, first, old, new)["PhysicalResourceId"]
    stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"

    assert stack.update(TYPE, second, new, old)["PhysicalResourceId"] == first
    assert len(aws.packages) == 2


@pytest.mark.parametrize(("retain", "left"), [("true", 1), ("false", 0)])
def test_a_version_stays_when_its_model_goes_unless_said_otherwise(
    stack, aws, registered, retain, left
):
    properties = registered.properties(Retain=retain)
    made = stack.create(TYPE, properties)["PhysicalResourceId"]
    stack.status = "DELETE_IN_PROGRESS"

    assert stack.delete(TYPE, made, properties)["Status"] == "SUCCESS"
    assert len(aws.packages) == left


def test_a_version_of_somebody_else_is_not_deleted(stack, aws, registered):
    other = aws.client("sagemaker").create_model_package(
        ModelPackageGroupName="churn",
        ClientToken="other",
        ModelApprovalStatus="Approved",
        InferenceSpecification={"Containers": [{"Image": "other"}]},
    )["ModelPackageArn"]
    properties = registered.properties(Retain="false")
    stack.status = "DELETE_IN_PROGRESS"

    assert stack.delete(TYPE, other, properties)["Status"] == "SUCCESS"
    assert set(aws.packages) == {other}


def test_what_people_have_decided_stays_through_a_deployment(stack, aws, registered):
    old = registered.properties()
    made = stack.create(TYPE, old)["PhysicalResourceId"]
    aws.approve(made)
    stack.update(TYPE, made, old, {**old, "ModelApprovalStatus": "PendingManualApproval"})

    assert aws.packages[made]["ModelApprovalStatus"] == "Approved"


def test_a_version_that_was_deleted_by_hand_is_registered_again(stack, aws, registered):
    old = registered.properties()
    made = stack.create(TYPE, old)["PhysicalResourceId"]
    aws.packages.clear()

    answer = stack.update(TYPE, made, old, {**old, "ContentTypes": ["application/json"]})
    assert set(aws.packages) == {answer["PhysicalResourceId"]}


def test_a_group_that_does_not_exist_fails_by_name(stack, registered):
    answer = stack.create(TYPE, registered.properties(ModelPackageGroupName="nowhere"))

    assert answer["Status"] == "FAILED"
    assert "nowhere does not exist" in answer["Reason"]
