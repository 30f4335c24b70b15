"""A model that is registered: what the function is told and may, and what is refused."""

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_sagemaker as sagemaker

from cdk_automlv2 import ModelRegistration
from cdk_automlv2.errors import OptionsError
from tests.synth.helpers import may, model, properties, template

VERSION = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/1"
OTHER = VERSION.replace("churn", "fraud")


@pytest.fixture
def stack():
    place = cdk.Environment(account="111122223333", region="eu-west-1")
    return cdk.Stack(cdk.App(), "Shop", env=place)


def ids(stack, kind):
    found = template(stack)["Resources"].items()
    return [name for name, item in found if item["Type"] == f"Custom::{kind}"]


def test_a_groups_name_registers_the_model_pending_approval(stack):
    model(stack, register_in="churn")

    found = properties(stack, "Custom::AutoMLModelPackage")
    [made] = ids(stack, "AutoMLModel")
    assert found["ModelName"] == {"Ref": made}
    assert found["ModelPackageGroupName"] == "churn"
    assert found["ModelApprovalStatus"] == "PendingManualApproval"
    assert found["Retain"] == "true"


def test_the_function_may_register_in_that_group_and_approve_nothing(stack):
    model(stack, register_in="churn")

    assert may(stack, "ProviderFunction", "sagemaker:CreateModelPackage", VERSION)
    assert may(stack, "ProviderFunction", "sagemaker:DescribeModelPackage", VERSION)
    for action in ("CreateModelPackage", "DescribeModelPackage"):
        assert not may(stack, "ProviderFunction", f"sagemaker:{action}", OTHER)
    for action in ("DeleteModelPackage", "UpdateModelPackage"):
        assert not may(stack, "ProviderFunction", f"sagemaker:{action}", VERSION)


def test_versions_are_deleted_only_where_that_is_said(stack):
    policy = cdk.RemovalPolicy.DESTROY
    model(stack, register_in=ModelRegistration("churn", "Approved", removal_policy=policy))

    found = properties(stack, "Custom::AutoMLModelPackage")
    assert (found["Retain"], found["ModelApprovalStatus"]) == ("false", "Approved")
    assert may(stack, "ProviderFunction", "sagemaker:DeleteModelPackage", VERSION)


def test_a_group_of_the_app_comes_first_and_should_stay(stack):
    group = sagemaker.CfnModelPackageGroup(stack, "Group", model_package_group_name="churn")
    model(stack, register_in=group)

    [made] = ids(stack, "AutoMLModelPackage")
    assert "Group" in template(stack)["Resources"][made]["DependsOn"]
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    assert "call group.apply_removal_policy(RETAIN)" in str([item.entry.data for item in found])


def test_a_model_that_is_not_registered_has_no_resource_more_and_no_version(stack):
    made = model(stack)

    assert ids(stack, "AutoMLModelPackage") == []
    with pytest.raises(OptionsError, match="register_in: must be given"):
        _ = made.model_package_arn


@pytest.mark.parametrize("group", ["", "a/b", "-churn", "x" * 64])
def test_a_name_that_no_group_has_is_refused(stack, group):
    with pytest.raises(OptionsError, match="group"):
        model(stack, register_in=group)
