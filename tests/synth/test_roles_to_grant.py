"""``role`` of a job and a model is the role, however it was given, to be granted more."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from .helpers import ROLE_ARN, job, may, model, resources, template

SAGEMAKER = iam.ServicePrincipal("sagemaker.amazonaws.com")


def attached_roles(stack):
    """Return the roles that policies of the stack which allow reading the bucket belong to."""
    found = []
    for policy in resources(stack, "AWS::IAM::Policy"):
        if "s3:GetObject*" in str(policy["Properties"]["PolicyDocument"]):
            found += policy["Properties"]["Roles"]
    return found


def depends_on_a_policy(stack, kind, id="", of=""):
    """Whether a resource of that kind waits for a policy, or for one that belongs to ``of``."""
    body = template(stack)["Resources"]
    [resource] = [
        item
        for name, item in body.items()
        if item["Type"] == f"Custom::{kind}" and name.startswith(id)
    ]
    return any(
        of in name for name in resource["DependsOn"] if body[name]["Type"] == "AWS::IAM::Policy"
    )


@pytest.mark.parametrize(("make", "kind"), [(job, "AutoMLJobV2"), (model, "AutoMLModel")])
@pytest.mark.parametrize(("given", "name"), [(ROLE_ARN, "given"), ("by-name", "by-name")])
@pytest.mark.parametrize("ask", [lambda made: made.role, lambda made: made])
def test_a_role_given_as_text_is_granted_and_waited_for(stack, make, kind, given, name, ask):
    made = make(stack, role=given)
    s3.Bucket(stack, "More").grant_read(ask(made))

    assert attached_roles(stack) == [name]
    assert depends_on_a_policy(stack, kind)


@pytest.mark.parametrize(("make", "kind"), [(job, "AutoMLJobV2"), (model, "AutoMLModel")])
def test_a_role_made_here_is_granted_and_waited_for(stack, make, kind):
    made = make(stack)
    s3.Bucket.from_bucket_name(stack, "More", "more").grant_read(made.role)

    assert may(
        stack, "ChurnModelRole" if make is model else "ChurnRole", "s3:GetObject", "s3://more/a"
    )
    assert depends_on_a_policy(stack, kind)


@pytest.mark.parametrize("make", [job, model])
def test_a_role_given_as_a_construct_is_that_role(stack, make):
    role = iam.Role(stack, "Given", assumed_by=SAGEMAKER)

    assert make(stack, role=role).role is role


def test_a_role_that_is_a_token_is_granted(stack):
    made = job(stack, role=cdk.Fn.import_value("TheRole"))
    s3.Bucket(stack, "More").grant_read(made.role)

    [name] = attached_roles(stack)
    assert "TheRole" in str(name)


def test_nothing_is_imported_where_nobody_asks_for_the_role(stack):
    made = job(stack, role=ROLE_ARN)

    assert made.node.try_find_child("GivenRole") is None
    assert made.role is made.role


def test_whoever_is_granted_a_job_s_output_may_be_another_job(stack):
    first = job(stack, "First")
    second = job(stack, "Second")
    first.grant_read_output(second)

    assert depends_on_a_policy(stack, "AutoMLJobV2", id="Second", of="SecondRole")
