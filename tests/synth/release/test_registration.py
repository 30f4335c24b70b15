"""A release in the model registry: its rights there, what hears of approvals, what is refused."""

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_sagemaker as sagemaker

from cdk_automlv2 import AutoMLRelease, AutoMLTabularConfig
from cdk_automlv2.errors import OptionsError
from tests.synth.helpers import CHANNEL, may, properties, resources

VERSION = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/1"
OTHER = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/other/1"


@pytest.fixture
def stack():
    return cdk.Stack(cdk.App(), "Shop")


@pytest.fixture
def release(stack):
    return AutoMLRelease(
        stack,
        "Churn",
        problem_config=AutoMLTabularConfig("y"),
        inputs=CHANNEL,
        instance_type="ml.m5.large",
    )


def warnings(stack):
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    return " ".join(str(item.entry.data) for item in found)


def test_the_release_says_where_and_as_what_it_registers(stack, release):
    release.register_in("Churn", approval_status="Approved")

    assert properties(stack, "Custom::AutoMLRelease")["Registration"] == {
        "ModelPackageGroupName": "Churn",
        "ModelApprovalStatus": "Approved",
        "ContentTypes": ["text/csv"],
        "ResponseTypes": ["text/csv"],
        "Retain": "true",
    }
    assert resources(stack, "AWS::Events::Rule") == []


def test_the_function_may_register_in_that_group_and_delete_nothing(stack, release):
    release.register_in("churn")

    for action in ("CreateModelPackage", "DescribeModelPackage"):
        assert may(stack, "ProviderFunction", f"sagemaker:{action}", VERSION)
        assert not may(stack, "ProviderFunction", f"sagemaker:{action}", OTHER)
    for action in ("DeleteModelPackage", "UpdateModelPackage"):
        assert not may(stack, "ProviderFunction", f"sagemaker:{action}", VERSION)


def test_versions_that_go_with_the_construct_may_be_deleted(stack, release):
    release.register_in("churn", removal_policy=cdk.RemovalPolicy.DESTROY)

    assert properties(stack, "Custom::AutoMLRelease")["Registration"]["Retain"] == "false"
    assert may(stack, "ProviderFunction", "sagemaker:DeleteModelPackage", VERSION)


def test_an_approval_in_the_group_invokes_the_function(stack, release):
    release.register_in("churn")

    rule = properties(stack, "AWS::Events::Rule")
    assert rule["EventPattern"] == {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {"ModelPackageGroupName": ["churn"], "ModelApprovalStatus": ["Approved"]},
    }
    [target] = rule["Targets"]
    assert target["InputTransformer"]["InputPathsMap"] == {
        "id": "$.id",
        "detail-ModelPackageArn": "$.detail.ModelPackageArn",
    }


def test_a_group_of_the_app_is_there_first_and_should_stay(stack, release):
    group = sagemaker.CfnModelPackageGroup(stack, "Group", model_package_group_name="churn")
    release.register_in(group)

    [made] = resources(stack, "Custom::AutoMLRelease")
    assert "Group" in made["DependsOn"]
    assert "a group that has some cannot be deleted" in warnings(stack)


def test_a_group_that_stays_is_not_warned_of(stack, release):
    group = sagemaker.CfnModelPackageGroup(stack, "Group", model_package_group_name="churn")
    group.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
    release.register_in(group)

    assert "model-package-group" not in warnings(stack)


@pytest.mark.parametrize(
    ("group", "options"),
    [
        ("-churn", {}),
        ("arn:aws:sagemaker:eu-west-1:444455556666:model-package-group/churn", {}),
        (7, {}),
        ("churn", {"approval_status": "Rejected"}),
        ("churn", {"content_types": "text/csv"}),
    ],
)
def test_what_the_registry_would_refuse_is_refused_at_synth(release, group, options):
    with pytest.raises(OptionsError):
        release.register_in(group, **options)


def test_a_second_group_is_refused(release):
    release.register_in("churn")
    with pytest.raises(OptionsError, match="one group only"):
        release.register_in("other")
