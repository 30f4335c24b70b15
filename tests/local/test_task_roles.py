"""A state machine of the local cloud can do what its role allows; on servers of its own."""

import json

import pytest
from botocore.exceptions import ClientError

from .fake_world import wait_for
from .gateway import ACCOUNTS, allow, role

ACCOUNT = ACCOUNTS[0]
STATES = "states.amazonaws.com"
EVENT = {"Source": "mine", "DetailType": "told", "Detail": {}}
PUT_EVENT = ("arn:aws:states:::events:putEvents", {"Entries": [EVENT]})
BUS = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default"
PARAMETER = f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/tasked"


def task(resource, given, **more):
    state = {"Type": "Task", "Resource": resource, "Parameters": given, "End": True, **more}
    return {"StartAt": "Do", "States": {"Do": state, "Caught": {"Type": "Pass", "End": True}}}


@pytest.fixture(scope="module")
def run(servers):
    """Run a state machine with a role of its own; its last status, error and cause."""
    states = servers.client("stepfunctions")

    def run_as(name, definition, *statements):
        arn = role(servers, f"task-{name}", *statements, service=STATES)
        machine = states.create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=arn
        )
        started = states.start_execution(stateMachineArn=machine["stateMachineArn"])

        def ended():
            found = states.describe_execution(executionArn=started["executionArn"])
            return found if found["status"] != "RUNNING" else None

        return wait_for(ended)

    return run_as


@pytest.mark.parametrize(
    ("kind", "given", "action", "on", "error"),
    [
        ("events", PUT_EVENT, "events:PutEvents", BUS, "EventBridge."),
        (
            "lambda",
            ("arn:aws:states:::lambda:invoke", {"FunctionName": "none"}),
            "lambda:InvokeFunction",
            f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:none",
            "Lambda.AWSLambdaException",
        ),
        (
            "function",
            (f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:none", {}),
            "lambda:InvokeFunction",
            f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:none",
            "Lambda.AWSLambdaException",
        ),
        (
            "table",
            ("arn:aws:states:::dynamodb:getItem", {"TableName": "none", "Key": {}}),
            "dynamodb:GetItem",
            f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/none",
            "DynamoDB.AmazonDynamoDBException",
        ),
        (
            "parameter",
            ("arn:aws:states:::aws-sdk:ssm:getParameter", {"Name": "tasked"}),
            "ssm:GetParameter",
            PARAMETER,
            "Ssm.SsmException",
        ),
        (
            "queue",
            (
                "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                {"QueueUrl": f"http://x/{ACCOUNT}/none", "MessageBody": "x"},
            ),
            "sqs:SendMessage",
            f"arn:aws:sqs:us-east-1:{ACCOUNT}:none",
            "SQS.AmazonSQSException",
        ),
    ],
)
def test_a_task_without_the_right_fails_by_name(run, kind, given, action, on, error):
    denied = run(f"denied-{kind}", task(*given), allow("sts:GetCallerIdentity"))
    allowed = run(f"allowed-{kind}", task(*given), allow(action, on=on))

    assert denied["status"] == "FAILED"
    assert denied["error"].startswith(error)
    assert f"not authorized to perform: {action} on resource: {on}" in denied["cause"]
    assert "not authorized" not in allowed.get("cause", "")


def test_a_task_with_the_right_does_what_it_says(run, servers):
    servers.client("ssm").put_parameter(Name="tasked", Value="x", Type="String")
    get = ("arn:aws:states:::aws-sdk:ssm:getParameter", {"Name": "tasked"})

    found = run("reads", task(*get), allow("ssm:GetParameter", on=PARAMETER))

    assert json.loads(found["output"])["Parameter"]["Value"] == "x"


def test_a_missing_right_may_be_caught(run):
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]

    found = run("catches", task(*PUT_EVENT, Catch=catch), allow("s3:*"))

    assert found["status"] == "SUCCEEDED"
    assert "AmazonEventBridgeException" in found["output"]


def test_a_branch_acts_as_the_role_too(run):
    branch = task(*PUT_EVENT)
    both = {"Type": "Parallel", "Branches": [branch, branch], "End": True}

    found = run("branches", {"StartAt": "Both", "States": {"Both": both}}, allow("s3:*"))

    assert (found["status"], "events:PutEvents" in found["cause"]) == ("FAILED", True)


def test_a_right_may_depend_on_the_source_of_an_event(run):
    for source, status in (("mine", "SUCCEEDED"), ("other", "FAILED")):
        right = allow("events:PutEvents", StringEquals={"events:source": source})
        assert run(f"source-{source}", task(*PUT_EVENT), right)["status"] == status


def test_a_role_that_does_not_trust_step_functions_is_refused(servers):
    states = servers.client("stepfunctions")
    foreign = role(servers, "task-foreign", service="lambda.amazonaws.com")
    trusted = role(servers, "task-trusted", service=STATES)
    definition = json.dumps(task(*PUT_EVENT))

    with pytest.raises(ClientError, match="authorized to assume the provided role"):
        states.create_state_machine(name="distrusted", definition=definition, roleArn=foreign)
    made = states.create_state_machine(name="trusted", definition=definition, roleArn=trusted)
    with pytest.raises(ClientError, match="authorized to assume the provided role"):
        states.update_state_machine(stateMachineArn=made["stateMachineArn"], roleArn=foreign)
