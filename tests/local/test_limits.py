"""Limits of Step Functions and Parameter Store in the local cloud; on servers of its own."""

import json

import pytest
from botocore.exceptions import ClientError

from .fake_world import wait_for
from .gateway import role

STATES = "states.amazonaws.com"
PASS = {"Type": "Pass", "End": True}
LOOP = {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}
WAIT = {"W": {"Type": "Wait", "Seconds": 10_000_000, "End": True}}
LARGE = "x" * (256 * 1024)


@pytest.fixture(scope="module")
def states(servers):
    return servers.client("stepfunctions")


@pytest.fixture(scope="module")
def machine(servers, states):
    """Make a state machine of these states; its ARN."""
    arn = role(servers, "limits", service=STATES)

    def make(name, **found):
        definition = json.dumps({"StartAt": next(iter(found)), "States": found})
        made = states.create_state_machine(name=name, definition=definition, roleArn=arn)
        return made["stateMachineArn"]

    return make


def ended(states, arn, **given):
    execution = states.start_execution(stateMachineArn=arn, **given)["executionArn"]

    def look():
        found = states.describe_execution(executionArn=execution)
        return found if found["status"] != "RUNNING" else None

    return wait_for(look)


def test_a_history_of_25_000_events_is_the_end_of_an_execution(states, machine):
    found = ended(states, machine("loops", **LOOP))

    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert "maximum number of history events (25000)" in found["cause"]
    last = states.get_execution_history(
        executionArn=found["executionArn"], reverseOrder=True, maxResults=1
    )
    assert last["events"][0]["id"] == 25_000


def test_a_result_over_256_kib_fails_and_is_not_caught(states, machine):
    half = LARGE[: len(LARGE) // 2]
    both = {"one.$": "$.x", "two.$": "$.x"}
    doubled = {"Type": "Pass", "Parameters": both, "End": True}
    branch = {"StartAt": "D", "States": {"D": doubled}}
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    parallel = {"Type": "Parallel", "Branches": [branch], "End": True, "Catch": catch}
    given = json.dumps({"x": half})

    for name, found in (
        ("doubles", {"D": doubled}),
        ("branches-large", {"P": parallel, "Caught": PASS}),
    ):
        assert ended(states, machine(name, **found), input=given)["error"] == (
            "States.DataLimitExceeded"
        )


def test_an_input_over_256_kib_and_a_wrong_name_are_refused(states, machine):
    arn = machine("waits", **WAIT)

    with pytest.raises(ClientError, match="less than or equal to 262144"):
        states.start_execution(stateMachineArn=arn, input=json.dumps(LARGE))
    for name in ("x" * 81, "a b", "a/b", "a*"):
        with pytest.raises(ClientError, match="Invalid Name"):
            states.start_execution(stateMachineArn=arn, name=name)
    with pytest.raises(ClientError, match="Invalid Name"):
        machine("x" * 81, **WAIT)


def test_the_same_start_while_it_runs_is_answered_as_the_first(states, machine):
    arn = machine("repeats", **WAIT)
    start = {"stateMachineArn": arn, "name": "once", "input": '{"a": 1}'}

    first, again = (states.start_execution(**start) for _ in range(2))

    assert first["executionArn"] == again["executionArn"]
    assert first["startDate"] == again["startDate"]
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        states.start_execution(**{**start, "input": '{"a": 2}'})
    states.stop_execution(executionArn=first["executionArn"])
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        states.start_execution(**start)


def test_a_parameter_holds_four_kilobytes_or_eight(servers):
    ssm = servers.client("ssm")
    text = {"Name": "limited", "Type": "String", "Overwrite": True}

    ssm.put_parameter(**text, Value="x" * 4096)
    with pytest.raises(ClientError, match="advanced-parameter tier"):
        ssm.put_parameter(**text, Value="é" * 2049)
    ssm.put_parameter(**text, Value="x" * 8192, Tier="Advanced")
    with pytest.raises(ClientError, match="8192"):
        ssm.put_parameter(**text, Value="x" * 8193, Tier="Intelligent-Tiering")


def test_a_table_of_a_template_has_what_it_says_and_its_protection_holds(servers):
    cloudformation, dynamodb = servers.client("cloudformation"), servers.client("dynamodb")
    table = {
        "TableName": "kept",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "until"},
        "SSESpecification": {"SSEEnabled": True},
        "DeletionProtectionEnabled": True,
    }

    def template(**change):
        resource = {"Type": "AWS::DynamoDB::Table", "Properties": {**table, **change}}
        return json.dumps({"Resources": {"T": resource}})

    def status():
        found = cloudformation.describe_stacks(StackName="Kept")["Stacks"][0]["StackStatus"]
        return "" if found.endswith("IN_PROGRESS") else found

    cloudformation.create_stack(StackName="Kept", TemplateBody=template())
    assert wait_for(status) == "CREATE_COMPLETE"
    backups = dynamodb.describe_continuous_backups(TableName="kept")["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    live = dynamodb.describe_time_to_live(TableName="kept")["TimeToLiveDescription"]
    found = dynamodb.describe_table(TableName="kept")["Table"]
    assert (recovery, live["AttributeName"]) == ("ENABLED", "until")
    assert found["SSEDescription"]["Status"] == "ENABLED"

    cloudformation.delete_stack(StackName="Kept")
    assert wait_for(status) == "DELETE_FAILED"
    assert dynamodb.describe_table(TableName="kept")["Table"]["TableStatus"] == "ACTIVE"
    dynamodb.update_table(TableName="kept", DeletionProtectionEnabled=False)
    cloudformation.delete_stack(StackName="Kept")
    waiter = cloudformation.get_waiter("stack_delete_complete")
    waiter.wait(StackName="Kept", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})
