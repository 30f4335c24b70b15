"""Stacks of the local cloud whose roles decide; on servers of its own."""

import json

import pytest
from botocore.exceptions import ClientError

from .fake_world import wait_for
from .gateway import allow, as_role, role

CODE = "def handler(event, context):\n    return {'seen': event}\n"
QUEUE = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})


def trust(service):
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return {"Version": "2012-10-17", "Statement": [statement]}


def template(*rights):
    """A function, and a state machine that calls it; its role has these rights."""
    policies = [
        {
            "PolicyName": "rights",
            "PolicyDocument": {"Version": "2012-10-17", "Statement": list(rights)},
        }
    ]
    states = {"Do": {"Type": "Task", "Resource": "${Function}", "End": True}}
    resources = {
        "FunctionRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": trust("lambda.amazonaws.com")},
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.12",
                "Handler": "index.handler",
                "Code": {"ZipFile": CODE},
                "Role": {"Fn::GetAtt": ["FunctionRole", "Arn"]},
            },
        },
        "MachineRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": trust("states.amazonaws.com"),
                "Policies": policies if rights else [],
            },
        },
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "Definition": {"StartAt": "Do", "States": states},
                "DefinitionSubstitutions": {"Function": {"Fn::GetAtt": ["Function", "Arn"]}},
                "RoleArn": {"Fn::GetAtt": ["MachineRole", "Arn"]},
            },
        },
    }
    return json.dumps({"Resources": resources, "Outputs": {"Arn": {"Value": {"Ref": "Machine"}}}})


def deployed(cloud, name, body):
    """Make a stack; returns its first output."""
    cloudformation = cloud.client("cloudformation")
    able = {"Capabilities": ["CAPABILITY_IAM"]}
    cloudformation.create_stack(StackName=name, TemplateBody=body, **able)
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.wait(StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 200})
    [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    return stack["Outputs"][0]["OutputValue"]


@pytest.mark.parametrize(("allowed", "status"), [(True, "SUCCEEDED"), (False, "FAILED")])
def test_a_state_machine_of_a_template_calls_its_function_as_its_role(servers, allowed, status):
    function = {"Fn::GetAtt": ["Function", "Arn"]}
    rights = [allow("lambda:InvokeFunction", on=function)] if allowed else []
    states = servers.client("stepfunctions")
    machine = deployed(servers, f"Machine{allowed}", template(*rights))
    execution = states.start_execution(stateMachineArn=machine, input='{"a": 1}')["executionArn"]

    def ended():
        found = states.describe_execution(executionArn=execution)
        return found if found["status"] != "RUNNING" else None

    found = wait_for(ended)

    assert found["status"] == status
    assert "lambda:InvokeFunction" in found["cause"] if not allowed else '"a"' in found["output"]


def test_a_stack_is_handed_a_role_by_who_may_hand_it_on(servers):
    executing = role(servers, "cfn-exec", allow("*"), service="cloudformation.amazonaws.com")
    deploying = allow("cloudformation:*")
    only = {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}
    passing = allow("iam:PassRole", on=executing, **only)
    with_it = as_role(servers, role(servers, "deployer", deploying, passing), "cloudformation")
    without = as_role(servers, role(servers, "halfway", deploying), "cloudformation")

    with pytest.raises(ClientError, match="iam:PassRole"):
        without.create_stack(StackName="Handed", TemplateBody=QUEUE, RoleARN=executing)
    with_it.create_stack(StackName="Handed", TemplateBody=QUEUE, RoleARN=executing)
    waiter = with_it.get_waiter("stack_create_complete")
    waiter.wait(StackName="Handed", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})
