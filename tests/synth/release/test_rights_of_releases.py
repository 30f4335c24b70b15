import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from cdk_automlv2 import (
    FunctionGate,
    SmokeTest,
)
from tests.synth.helpers import ROLE_ARN, may, resources, scope_of, template

from .declared import release


@pytest.fixture
def judged(stack):
    asked = lambda_.Function(
        stack,
        "Asked",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): return {}"),
    )
    release(stack, gates=[FunctionGate(asked), SmokeTest(["1,2"])])
    return stack


def test_the_function_may_do_what_releases_need_and_no_more(stack):
    release(stack)
    name = properties_of_machine(stack)
    place = "arn:aws:states:eu-west-1:111122223333"
    table = "arn:aws:dynamodb:eu-west-1:111122223333:table/other"
    bus = "arn:aws:events:eu-west-1:111122223333:event-bus/default"

    assert may(stack, "function", "states:StartExecution", f"{place}:stateMachine:{name}")
    assert may(stack, "function", "states:StopExecution", f"{place}:execution:{name}:x")
    assert may(stack, "function", "events:PutEvents", bus, events__source="cdk.automlv2")
    assert not may(stack, "function", "events:PutEvents", bus, events__source="aws.s3")
    assert not may(stack, "function", "dynamodb:GetItem", table)
    assert not may(stack, "function", "states:StopExecution", f"{place}:execution:other:x")
    assert not may(stack, "function", "sagemaker:InvokeEndpoint", ":endpoint/x")


def properties_of_machine(stack):
    [machine] = [
        item["Properties"]["StateMachineName"]
        for name, item in template(stack)["Resources"].items()
        if "ReleasesMachine" in name and item["Type"] == "AWS::StepFunctions::StateMachine"
    ]
    return machine


def test_gates_that_ask_an_endpoint_give_the_right_to_ask_those_of_the_stack_only(judged):
    scope = scope_of(judged)

    own = f":endpoint/trial-{scope}abc"
    assert may(judged, "function", "sagemaker:InvokeEndpoint", own)
    assert not may(judged, "function", "sagemaker:InvokeEndpoint", ":endpoint/trial-other")


def test_a_function_gate_gives_the_right_to_invoke_that_function_alone(judged):
    [statement] = [
        line
        for item in template(judged)["Resources"].values()
        if item["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        for line in item["Properties"]["PolicyDocument"]["Statement"]
        if line["Action"] == "lambda:InvokeFunction"
    ]

    assert statement["Resource"]["Fn::GetAtt"][0].startswith("Asked")


def test_who_is_to_be_notified_hears_of_every_end(stack):
    release(stack, notify=sns.Topic(stack, "Topic"))

    [rule] = resources(stack, "AWS::Events::Rule")
    pattern = rule["Properties"]["EventPattern"]
    assert pattern["source"] == ["cdk.automlv2"]
    assert pattern["detail"]["id"] == ["Churn"]
    assert pattern["detail"]["stack"] == ["Shop"]
    assert set(pattern["detail"]["state"]) == {
        *("in-service", "refused", "undecided", "failed", "rolled-back"),
    }


def test_forty_releases_do_not_make_the_function_s_policy_longer():
    lengths = []
    for count in (1, 40):
        stack = cdk.Stack(cdk.App(), "Shop")
        for number in range(count):
            release(stack, f"Model{number}", role=ROLE_ARN, output_path="s3://out/")
        documents = [
            item["Properties"]["PolicyDocument"]
            for name, item in assertions.Template.from_stack(stack).to_json()["Resources"].items()
            if "FunctionPolicy" in name
        ]
        lengths.append(len(str(documents)))

    assert lengths[0] == lengths[1]
