"""``automlv2 explain``: the first cause, what else is known of it, and what to do."""

import json
import re
from pathlib import Path

import pytest

from cdk_automlv2.cli.explain.remedies import remedy_for

from .account import JOB, START, at, job

README = (Path(__file__).parents[2] / "README.md").read_text()
STACK_ID = "arn:aws:cloudformation:eu-west-1:1:stack/Clinic/1"
REASON = f"AutoML job '{JOB}' failed: the column is empty"


def event(logical_id, status, reason="", *, kind="Custom::AutoMLWait", own="id", after=0):
    return {
        "LogicalResourceId": logical_id,
        "ResourceType": kind,
        "PhysicalResourceId": own,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "Timestamp": at(after),
    }


def of_stack(status, reason="", after=0):
    kind = "AWS::CloudFormation::Stack"
    return event("Clinic", status, reason, kind=kind, own=STACK_ID, after=after)


def history(account, *events, stack=STACK_ID):
    """Events come newest first."""
    account.cloudformation.events[stack] = list(reversed(events))


@pytest.fixture
def failed(account):
    account.clinic(status="ROLLBACK_COMPLETE")
    account.sagemaker.jobs[JOB] = job("Failed", FailureReason="the column is empty: A")
    history(
        account,
        of_stack("CREATE_IN_PROGRESS", "User Initiated"),
        event("Bucket", "CREATE_FAILED", "Resource creation cancelled", after=1),
        event("Wait", "CREATE_FAILED", REASON, after=2),
        event("Role", "CREATE_FAILED", "Resource creation cancelled", after=3),
        of_stack("ROLLBACK_IN_PROGRESS", "The following resource(s) failed", after=4),
        of_stack("ROLLBACK_COMPLETE", after=5),
    )


def explained(call, *arguments):
    done = call("explain", "Clinic", "--json", *arguments)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_the_first_cause_is_no_consequence_and_has_its_remedy(failed, call):
    shown = explained(call)

    assert shown["cause"]["logical-id"] == "Wait"
    assert shown["cause"]["reason"] == REASON
    assert shown["cause"]["consequences"] == 2
    assert "set another revision" in shown["remedy"]
    assert shown["next"] == "cdk deploy"


def test_job_execution_and_log_are_evidence(failed, account, call):
    execution = {"name": "Wait-Create-x", "status": "TIMED_OUT", "executionArn": "arn"}
    account.executions.executions = [{**execution, "error": "States.Timeout", "cause": "late"}]
    line = {"fact": "request failed", "logical_id": "Wait", "error": "LifecycleError: bad"}
    account.logs.write("function-log", 2, json.dumps(line))
    account.logs.write("function-log", 2, json.dumps({**line, "logical_id": "Other"}))

    found = {item["source"]: item["text"] for item in explained(call)["evidence"]}

    assert found["job"] == "Failed: the column is empty: A"
    assert found["execution"] == "TIMED_OUT: States.Timeout late"
    assert found["log"].startswith("request failed  logical_id=Wait error=LifecycleError: bad")


def test_a_cause_in_a_nested_stack_is_found_there(account, call):
    account.clinic(status="ROLLBACK_COMPLETE")
    nested = {"kind": "AWS::CloudFormation::Stack", "own": "inner-arn"}
    history(
        account,
        of_stack("CREATE_IN_PROGRESS"),
        event("Inner", "CREATE_FAILED", "Embedded stack inner-arn was not successfully", **nested),
    )
    history(account, event("Deep", "CREATE_FAILED", "Rate exceeded"), stack="inner-arn")

    assert explained(call)["cause"]["logical-id"] == "Deep"


def test_a_failure_of_an_earlier_operation_is_said_to_be_past(failed, account, call):
    before = list(reversed(account.cloudformation.events[STACK_ID]))
    history(account, *before, of_stack("UPDATE_IN_PROGRESS", after=9), of_stack("UPDATE_COMPLETE"))

    assert explained(call)["cause"]["is-past"] is True


def test_a_stack_that_was_deleted_is_explained_still(failed, account, call):
    account.cloudformation.templates.clear()
    gone = {"StackName": "Clinic", "StackId": STACK_ID, "StackStatus": "DELETE_COMPLETE"}
    account.cloudformation.deleted = [{**gone, "CreationTime": START}]

    shown = explained(call)

    assert (shown["status"], shown["cause"]["logical-id"]) == ("DELETE_COMPLETE", "Wait")
    assert "not read" in {item["source"] for item in shown["evidence"]}


def test_a_stack_that_never_was_ends_with_the_next_command(call):
    done = call("explain", "Clinic")

    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("next: ")


def test_nothing_failed_is_said_in_one_line(account, call):
    account.clinic()
    history(account, of_stack("CREATE_IN_PROGRESS"), of_stack("CREATE_COMPLETE"))

    done = call("explain", "Clinic")

    assert done.stdout == "what\tof\ttext\nstack\tClinic\tCREATE_COMPLETE\n"
    assert done.stderr == "Clinic is CREATE_COMPLETE, and nothing of it has failed\n"


def test_a_job_that_failed_without_failing_the_stack_is_found(account, call):
    account.clinic()
    account.sagemaker.jobs[JOB] = job("Failed", FailureReason="no rows")
    history(account, of_stack("CREATE_IN_PROGRESS"), of_stack("CREATE_COMPLETE"))

    shown = explained(call)

    assert shown["cause"] is None
    assert shown["evidence"][0]["text"] == f"AutoML job '{JOB}' failed: no rows"
    assert "set another revision" in shown["remedy"]


def test_a_pipe_gets_rows_with_the_remedy_and_the_next_command_last(failed, call):
    rows = [line.split("\t") for line in call("explain", "Clinic").stdout.splitlines()]

    assert [row[0] for row in rows[-2:]] == ["remedy", "next"]
    assert ["first cause", REASON] in [[row[0], row[2]] for row in rows]


MESSAGES = re.findall(r"^\| `(.*?)` \|", README.split("## Troubleshooting")[1], re.M)


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_of_the_readme_has_a_remedy(message):
    assert remedy_for(message.replace("…", "x")).pattern


def test_a_reason_that_nobody_knows_leads_to_the_log():
    assert remedy_for("the moon is full").next == "automlv2 logs STACK"


@pytest.mark.parametrize(
    "words",
    [
        "Target attribute name 'x' does not exist in the dataset",
        "Column 'x': must be numeric, got 'y'",
        "image s3://a/b.png is of Region eu-west-1",
    ],
)
def test_what_sagemaker_says_of_a_failed_job_does_not_change_the_remedy(words):
    assert remedy_for(f"AutoML job 'a' failed: {words}").words.startswith("mend the data")
