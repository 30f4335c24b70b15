"""Roles that aspects rename, move or retain, and roles that exist already."""

import json

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cdk_automlv2 import AutoMLDataChannel, AutoMLTabularConfig, AutoMLV2
from tests.iam import Environment, Question, evaluate

from .helpers import endpoint, job, model, resources, template

SAGEMAKER = {"iam:PassedToService": "sagemaker.amazonaws.com"}


@jsii.implements(cdk.IAspect)
class OnRoles:
    """Does something to each role, as an enterprise's aspect does."""

    def __init__(self, change):
        self.change = change

    def visit(self, node):
        if isinstance(node, iam.CfnRole):
            self.change(node)


def prefix_property(role):
    if role.role_name:
        role.role_name = f"acme-{role.role_name}"


def prefix_override(role):
    role.add_property_override("RoleName", f"acme-{role.role_name or role.node.addr[-8:]}")


def other_name(role):
    role.add_property_override("RoleName", f"acme-{role.node.addr[-8:]}")


def other_name_property(role):
    role.role_name = f"acme-{role.node.addr[-8:]}"


def path_property(role):
    role.path = "/team/ml/"


def path_override(role):
    role.add_property_override("Path", "/team/ml/")


def no_name(role):
    role.role_name = None


def boundary(role):
    role.permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"


CHANGES = [
    prefix_property,
    prefix_override,
    other_name,
    other_name_property,
    path_property,
    path_override,
    no_name,
    boundary,
]


def role_arn(name, role):
    """The ARN that the role has once it is deployed."""
    properties = role["Properties"]
    resolved = Environment().resolve(properties.get("RoleName", f"Shop-{name}"), {"Resources": {}})
    return f"arn:aws:iam::111122223333:role{properties.get('Path', '/')}{resolved}"


def check_passing(stack):
    """The function may pass each role that SageMaker runs as, and that of a job itself."""
    body = template(stack)
    made = {
        name: item
        for name, item in body["Resources"].items()
        if item["Type"] == "AWS::IAM::Role" and "sagemaker" in json.dumps(item["Properties"])[:300]
    }
    assert made
    for name, item in made.items():
        arn = role_arn(name, item)
        place = Environment(attributes={f"{name}.Arn": arn})
        question = Question("iam:PassRole", arn, SAGEMAKER)
        assert evaluate(place.function_documents(body), question).allowed
        if "Model" not in name:
            assert evaluate(place.documents_of(body, name), question).allowed


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_function_passes_the_role_that_the_template_has_after_aspects(change):
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    endpoint(stack)
    cdk.Aspects.of(app).add(OnRoles(change))

    check_passing(stack)


@pytest.mark.parametrize("change", [no_name, other_name], ids=lambda change: change.__name__)
def test_the_right_to_pass_a_renamed_role_comes_before_its_job(change):
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    model(stack)
    cdk.Aspects.of(app).add(OnRoles(change))

    found = template(stack)["Resources"]
    for kind in ("Custom::AutoMLJobV2", "Custom::AutoMLModel"):
        [user] = [item for item in found.values() if item["Type"] == kind]
        assert any("Pass" in name for name in user["DependsOn"])


def test_what_is_retained_has_no_name_that_the_next_deployment_would_need():
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    endpoint(stack)
    cdk.RemovalPolicies.of(app).retain()

    for role in resources(stack, "AWS::IAM::Role"):
        assert role["DeletionPolicy"] == "Retain"
        assert "RoleName" not in role["Properties"]
    check_passing(stack)


@jsii.implements(cdk.IAspect)
class RenamesMachines:
    def visit(self, node):
        if isinstance(node, sfn.CfnStateMachine):
            node.add_property_override("StateMachineName", "acme-waiter")


@pytest.mark.parametrize("how", ["retained", "renamed", "as it is"])
def test_the_function_starts_the_state_machine_whatever_its_name_becomes(how):
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    endpoint(stack)
    if how == "retained":
        cdk.RemovalPolicies.of(app).retain()
    if how == "renamed":
        cdk.Aspects.of(app).add(RenamesMachines())

    body = template(stack)
    [(name, machine)] = [
        item for item in body["Resources"].items() if "StateMachine" in item[1]["Type"]
    ]
    assert ("StateMachineName" in machine["Properties"]) is (how != "retained")
    named = machine["Properties"].get("StateMachineName", "generated")
    arn = f"arn:aws:states:eu-west-1:111122223333:stateMachine:{named}"
    place = Environment(physical_ids={name: arn}, attributes={f"{name}.Arn": arn})
    question = Question("states:StartExecution", arn)
    assert evaluate(place.function_documents(body), question).allowed


def test_a_retained_endpoint_keeps_its_role_without_its_name(stack):
    endpoint(stack, removal_policy=cdk.RemovalPolicy.RETAIN)

    kept = [item for item in resources(stack, "AWS::IAM::Role") if "DeletionPolicy" in item]
    assert len(kept) == 1
    assert "RoleName" not in kept[0]["Properties"]
    check_passing(stack)


@pytest.mark.parametrize("order", ["roles renamed", "roles retained", "roles as they are"])
def test_one_pipeline_may_depend_on_another_without_a_circle(order):
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    config = AutoMLTabularConfig("y", max_total_job_runtime_in_seconds=600)
    pipelines = []
    for name in ("First", "Second"):
        scope = Construct(stack, name)
        bucket = s3.Bucket(scope, "Data")
        role = iam.Role(scope, "Given", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
        own = AutoMLV2(scope, "Own", config)
        own.fit(AutoMLDataChannel.from_bucket(bucket, "train/"))
        own.deploy(1, "ml.m5.large")
        AutoMLV2(scope, "Shared", config, role=role, output=bucket).fit("s3://in/train/")
        pipelines.append(scope)
    pipelines[1].node.add_dependency(pipelines[0])
    if order == "roles renamed":
        cdk.Aspects.of(app).add(OnRoles(other_name))
    if order == "roles retained":
        cdk.RemovalPolicies.of(app).retain()

    assert template(stack)  # Refuses circles.


PRECREATED = {
    "Shop/AutoMLV2Provider/FunctionRole": "acme-function",
    "Shop/AutoMLV2Provider/WaiterRole": "acme-waiter",
    "Shop/Churn/Role": "acme-job",
    "Shop/ChurnModel/Role": "acme-model",
}


def test_precreated_roles_are_used_and_no_role_or_policy_is_made(tmp_path):
    app = cdk.App(outdir=str(tmp_path))
    iam.Role.customize_roles(app, use_precreated_roles=PRECREATED)
    stack = cdk.Stack(app, "Shop")
    endpoint(stack)

    found = template(stack)["Resources"].values()
    assert not [item for item in found if item["Type"].startswith("AWS::IAM::")]
    text = json.dumps(template(stack))
    assert all(f"role/{name}" in text for name in PRECREATED.values())


def test_the_report_on_precreated_roles_names_their_rights(tmp_path):
    app = cdk.App(outdir=str(tmp_path))
    iam.Role.customize_roles(app, use_precreated_roles=PRECREATED)
    endpoint(cdk.Stack(app, "Shop"))
    app.synth()

    report = json.loads((tmp_path / "iam-policy-report.json").read_text())
    rights = {
        role["roleConstructPath"]: json.dumps(role["identityPolicyStatements"])
        for role in report["roles"]
    }
    function = rights["Shop/AutoMLV2Provider/FunctionRole"]
    for word in ("CreateAutoMLJobV2", "acme-job", "acme-model", "s3:ListBucket"):
        assert word in function
    assert "s3:PutObject" in rights["Shop/Churn/Role"]
    assert "acme-job" in rights["Shop/Churn/Role"]
    assert "s3:GetObject" in rights["Shop/ChurnModel/Role"]


def test_sagemaker_is_trusted_on_behalf_of_this_account_unless_that_is_turned_off():
    def trusts(context):
        stack = cdk.Stack(cdk.App(context=context), "Shop")
        job(stack)
        return json.dumps(resources(stack, "AWS::IAM::Role"))

    assert "aws:SourceAccount" in trusts({})
    assert "aws:SourceAccount" not in trusts({"cdk-automlv2:source-account-condition": "false"})
    assert "aws:SourceAccount" not in trusts({"cdk-automlv2:source-account-condition": False})
