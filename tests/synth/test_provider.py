import json

import aws_cdk as cdk
import pytest

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLEndpoint,
    AutoMLModel,
    AutoMLTabularConfig,
    AutoMLV2,
)

from .helpers import (
    ROLE_ARN,
    actions,
    endpoint,
    job,
    model,
    resources,
    statement_for,
    statements,
    template,
)

OURS = "AutoMLV2Provider"


def test_the_fixed_cost_is_nine_resources_at_most_however_many_jobs(stack):
    for number in range(3):
        job(stack, f"Job{number}", role=ROLE_ARN, output_path="s3://out/")

    fixed = [logical_id for logical_id in template(stack)["Resources"] if OURS in logical_id]
    assert len(fixed) <= 9
    assert len(resources(stack, "AWS::Lambda::Function")) == 1
    assert len(resources(stack, "AWS::StepFunctions::StateMachine")) == 1


def test_a_job_with_model_and_endpoint_is_three_resources_and_its_links(stack):
    job_ = job(stack, role=ROLE_ARN, output_path="s3://out/")
    endpoint(stack, model=model(stack, job=job_, role=ROLE_ARN))

    own = [
        item["Type"]
        for logical_id, item in template(stack)["Resources"].items()
        if OURS not in logical_id
    ]
    assert sorted(own) == [
        "Custom::AutoMLEndpoint",
        "Custom::AutoMLJobV2",
        "Custom::AutoMLModel",
        "Custom::AutoMLWait",
    ]


def test_two_stacks_have_a_provider_each():
    app = cdk.App()
    one, two = cdk.Stack(app, "One"), cdk.Stack(app, "Two")

    job(one)
    job(two)

    assert len(resources(one, "AWS::Lambda::Function")) == 1
    assert len(resources(two, "AWS::Lambda::Function")) == 1


def test_every_custom_resource_comes_after_the_rights_and_the_state_machine(stack):
    endpoint(stack)

    found = template(stack)["Resources"]
    [function] = [name for name, item in found.items() if item["Type"] == "AWS::Lambda::Function"]
    [machine] = [name for name, item in found.items() if "StateMachine" in item["Type"]]
    policies = {name for name in found if "FunctionPolicy" in name}
    assert policies
    assert policies <= set(found[function]["DependsOn"])
    for item in found.values():
        if item["Type"].startswith("Custom::"):
            assert item["Properties"]["ServiceToken"] == {"Fn::GetAtt": [function, "Arn"]}
            assert item["Properties"]["StateMachineArn"] == {"Fn::GetAtt": [machine, "Arn"]}


def test_the_function_may_start_the_state_machine_by_its_name(stack):
    job(stack)

    [machine] = resources(stack, "AWS::StepFunctions::StateMachine")
    name = machine["Properties"]["StateMachineName"]
    start = statement_for(stack, "FunctionPolicy", "states:StartExecution")
    assert f":stateMachine:{name}" in str(start["Resource"])
    assert len(name) <= 80


def listings(stack):
    return [
        line
        for line in statements(stack, "FunctionPolicy")
        if actions(line) == {"s3:ListBucket"} and ":s3:::in" in str(line["Resource"])
    ]


def test_prefixes_of_one_bucket_share_a_statement(stack):
    for number in range(3):
        channel = AutoMLDataChannel("S3Prefix", f"s3://in/{number}/")
        job(stack, f"Job{number}", inputs=channel)

    [listing] = listings(stack)
    assert listing["Condition"]["StringLike"]["s3:prefix"] == ["0/*", "1/*", "2/*"]


def test_a_whole_bucket_may_be_listed_without_condition(stack):
    job(stack, inputs=AutoMLDataChannel("S3Prefix", "s3://in/"))

    [listing] = listings(stack)
    assert "Condition" not in listing


KNOW_NO_RESOURCES = {
    "sagemaker:ListAutoMLJobs",
    "sagemaker:ListCandidatesForAutoMLJob",
    "sagemaker:ListEndpointConfigs",
    "sagemaker:ListModels",
    "sagemaker:ListTransformJobs",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


def test_the_function_may_do_to_everything_only_what_knows_no_resources(stack):
    endpoint(stack)

    wide = [line for line in statements(stack, "FunctionPolicy") if "*" in line["Resource"]]
    assert set().union(*(actions(line) for line in wide)) == KNOW_NO_RESOURCES


def test_the_logs_of_the_state_machine_hold_no_execution_data(stack):
    job(stack)

    [machine] = resources(stack, "AWS::StepFunctions::StateMachine")
    logging = machine["Properties"]["LoggingConfiguration"]
    assert logging["IncludeExecutionData"] is False
    assert logging["Level"] == "ALL"


def test_the_name_scope_follows_the_name_of_the_stack():
    scopes = set()
    for name in ("One", "Two", "One"):
        stack = cdk.Stack(cdk.App(), "Stack", stack_name=name)
        job(stack)
        scopes.add(resources(stack, "Custom::AutoMLJobV2")[0]["Properties"]["NameScope"])

    assert len(scopes) == 2
    assert all(len(scope) == 7 for scope in scopes)


def test_a_nested_stack_has_a_provider_of_its_own():
    parent = cdk.Stack(cdk.App(), "Parent")
    nested = cdk.NestedStack(parent, "Nested")

    job(nested)

    assert len(resources(nested, "AWS::Lambda::Function")) == 1


def test_the_asset_does_not_change_when_the_handlers_have_run(stack):
    job(stack)
    [function] = resources(stack, "AWS::Lambda::Function")

    other = cdk.Stack(cdk.App(), "Shop")
    job(other)

    [again] = resources(other, "AWS::Lambda::Function")
    assert function["Properties"]["Code"] == again["Properties"]["Code"]


@pytest.mark.parametrize("flags", [{}, {"@aws-cdk/aws-iam:minimizePolicies": True}])
def test_synthesizes_with_and_without_feature_flags(flags):
    stack = cdk.Stack(cdk.App(context=flags), "Shop")

    endpoint(stack)

    assert json.dumps(template(stack))


def test_a_hundred_jobs_with_endpoints_fit_into_one_stack():
    stack = cdk.Stack(cdk.App(), "Shop")
    config = AutoMLTabularConfig("y", max_total_job_runtime_in_seconds=600)
    for number in range(100):
        made = job(
            stack, f"Job{number}", problem_config=config, role=ROLE_ARN, output_path="s3://out/"
        )
        served = AutoMLModel(stack, f"Model{number}", job=made, role=ROLE_ARN)
        AutoMLEndpoint(stack, f"Endpoint{number}", model=served, instance_type="ml.m5.large")

    assert len(template(stack)["Resources"]) <= 500
    sizes = [
        len(json.dumps(policy["Properties"]["PolicyDocument"]))
        for policy in resources(stack, "AWS::IAM::Policy")
    ]
    assert max(sizes) < 10_240


def test_a_whole_pipeline_may_depend_on_another_without_a_circle(stack):
    first = AutoMLV2(stack, "First", AutoMLTabularConfig("y", max_total_job_runtime_in_seconds=600))
    first.fit("s3://in/train/")
    first.deploy(1, "ml.m5.large")
    second = AutoMLV2(
        stack, "Second", AutoMLTabularConfig("y", max_total_job_runtime_in_seconds=600)
    )
    second.fit("s3://in/train/")
    second.deploy(1, "ml.m5.large")

    second.node.add_dependency(first)

    assert template(stack)


def test_the_function_is_told_which_stack_it_serves(stack):
    nested = cdk.NestedStack(stack, "Inner")
    job(stack)
    job(nested)

    for one in (stack, nested):
        [function] = resources(one, "AWS::Lambda::Function")
        variables = function["Properties"]["Environment"]["Variables"]
        assert variables == {"STACK_ID": {"Ref": "AWS::StackId"}}
