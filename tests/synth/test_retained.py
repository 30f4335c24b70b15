"""What may outlive its stack has no name that the next deployment would find taken."""

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam

from cdk_automlv2 import Deployment

from .helpers import endpoint, job, model, template

KEPT = ("Retain", "RetainExceptOnCreate")
HELD = "AWS::SSM::Parameter", "AWS::CloudWatch::Alarm"
"""What others find by its name, and which therefore goes with its stack."""


@jsii.implements(cdk.IAspect)
class OnResources:
    def __init__(self, change):
        self.change = change

    def visit(self, node):
        if isinstance(node, cdk.CfnResource):
            self.change(node)


def policy_applied(app):
    cdk.RemovalPolicies.of(app).retain()


def policy_set(app):
    def change(resource):
        resource.cfn_options.deletion_policy = cdk.CfnDeletionPolicy.RETAIN

    cdk.Aspects.of(app).add(OnResources(change))


def kept_when_replaced(app):
    def change(resource):
        resource.cfn_options.update_replace_policy = cdk.CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE

    cdk.Aspects.of(app).add(OnResources(change))


def overridden(app):
    add = OnResources(lambda resource: resource.add_override("DeletionPolicy", "Retain"))
    cdk.Aspects.of(app).add(add)


def overridden_when_replaced(app):
    add = OnResources(lambda resource: resource.add_override("UpdateReplacePolicy", "Retain"))
    cdk.Aspects.of(app).add(add)


def named(resource):
    """The property by which a resource has a name of its own, if it has one."""
    if resource["Type"] == "AWS::IAM::Policy":  # A part of its role.
        return set()
    word = resource["Type"].rpartition("::")[2]
    return {"Name", f"{word}Name"} & resource.get("Properties", {}).keys()


def deployed(change):
    """The resources of a stack with a job, and of another one which serves it."""
    app = cdk.App()
    train, serve = cdk.Stack(app, "Train"), cdk.Stack(app, "Serve")
    made = job(train)
    deployment = Deployment.canary(percent=10, wait=cdk.Duration.minutes(5), errors=1)
    endpoint(serve, model=model(serve, job=made), deployment=deployment)
    cdk.CfnOutput(serve, "Best", value=made.best_candidate_name)
    change(app)
    return [item for stack in (train, serve) for item in template(stack)["Resources"].values()]


@pytest.mark.parametrize(
    "change",
    [policy_applied, policy_set, kept_when_replaced, overridden, overridden_when_replaced],
)
def test_what_may_stay_has_no_name_however_that_is_said(change):
    found = deployed(change)

    assert {item["Type"] for item in found if named(item)} == set(HELD)
    for item in found:
        if item.get("DeletionPolicy") in KEPT or item.get("UpdateReplacePolicy") in KEPT:
            assert not named(item), item["Type"]


def test_what_goes_has_its_name():
    kinds = {item["Type"] for item in deployed(lambda _: None) if named(item)}

    assert kinds == {"AWS::IAM::Role", "AWS::StepFunctions::StateMachine", *HELD}


def test_one_role_that_is_kept_by_a_raw_override_loses_its_name_alone(stack):
    role = model(stack).node.find_child("Role").node.default_child
    assert isinstance(role, iam.CfnRole)
    role.add_override("DeletionPolicy", "Retain")

    names = [
        named(item)
        for item in template(stack)["Resources"].values()
        if item["Type"] == "AWS::IAM::Role" and "sagemaker" in str(item["Properties"])
    ]
    assert sorted(names, key=len) == [set(), {"RoleName"}]
