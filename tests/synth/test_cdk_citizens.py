"""The constructs are what users of the CDK expect of resources."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from cdk_automlv2 import AutoMLEndpoint, OptionsError

from .helpers import endpoint, job, model


@pytest.mark.parametrize("make", [job, model, endpoint])
def test_each_knows_its_stack_and_environment(stack, make):
    made = make(stack)

    assert isinstance(made, cdk.Resource)
    assert made.stack.node.path == stack.node.path
    assert made.env.account == stack.account


def test_a_removal_policy_applied_later_keeps_endpoint_and_model(stack):
    made = endpoint(stack)
    made.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    for kind in ("AutoMLEndpoint", "AutoMLModel"):
        found = Template.from_stack(stack).find_resources(f"Custom::{kind}")
        [resource] = found.values()
        assert resource["DeletionPolicy"] == "Retain"
        assert resource["Properties"]["Retained"] is True


def test_a_removal_policy_that_cannot_be_is_refused(stack):
    with pytest.raises(OptionsError, match="- policy: must be one of DESTROY"):
        endpoint(stack).apply_removal_policy(cdk.RemovalPolicy.SNAPSHOT)


def test_the_cdks_own_constructs_can_refer_to_an_endpoint(stack):
    imported = AutoMLEndpoint.from_endpoint_name(stack, "Other", "shop")

    assert stack.resolve(imported.endpoint_ref.endpoint_arn)["Fn::Join"][1][-1].endswith("/shop")
    assert "Fn::GetAtt" in stack.resolve(endpoint(stack).endpoint_ref.endpoint_arn)


def test_the_name_of_a_role_stands_for_the_role_in_this_account(stack):
    job(stack, role="MyRole")

    [made] = Template.from_stack(stack).find_resources("Custom::AutoMLJobV2").values()
    assert made["Properties"]["RoleArn"]["Fn::Join"][1] == [
        "arn:",
        {"Ref": "AWS::Partition"},
        ":iam::",
        {"Ref": "AWS::AccountId"},
        ":role/MyRole",
    ]
