"""``watch`` and ``describe`` on a release whose job still trains."""

import json

import pytest

from tests.lifecycle.fake_aws import FakeAws
from tests.lifecycle.releases import KEY, TYPE, User
from tests.lifecycle.stack import Stack

from .account import JOB, candidate, custom, job

RUNNING = ("InProgress", "ModelTuning")


@pytest.fixture
def user():
    aws = FakeAws()
    aws.job_seconds = 24 * 3600
    return User(Stack(aws))


@pytest.fixture
def shop(user, account):
    """A stack whose first release trains: its records are the function's own."""
    user.deploy()
    user.aws.run(lambda: bool(user.release(1).job))
    name = user.release(1).job
    account.services["dynamodb"] = user.aws.client("dynamodb")
    arn = {"Fn::GetAtt": ["Function", "Arn"]}
    properties = {"Key": KEY, "TableName": {"Ref": "Table"}, "ServiceToken": arn}
    account.cloudformation.add(
        "Shop",
        {
            "Churn": custom(TYPE, f"Shop/{KEY}/Resource", **properties),
            "Table": {"Type": "AWS::DynamoDB::Table"},
            "Function": {"Type": "AWS::Lambda::Function"},
        },
        {"Churn": "churn", "Table": user.stack.table, "Function": "function"},
    )
    account.sagemaker.jobs[name] = {**job(*RUNNING), "AutoMLJobName": name}
    account.sagemaker.candidates[name] = [
        candidate("good", 0.9),
        {**candidate("bad", status="Failed"), "FailureReason": "out of memory"},
    ]
    return account


def events(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_watch_shows_the_job_of_a_release_and_its_candidates(shop, user, call):
    done = call("watch", "Shop", "--timeout", "0", "--json")

    assert done.exit_code == 5, done.stderr
    assert [(e["event"], e["state"]) for e in events(done)] == [
        *(("stack", "CREATE_COMPLETE"), ("release", "started"), ("job", "InProgress")),
        *(("candidate", "Completed"), ("candidate", "Failed"), ("result", "timed-out")),
    ]
    assert events(done)[2]["name"] == user.release(1).job
    assert events(done)[4]["reason"] == "out of memory"


def test_describe_shows_how_far_a_release_is(shop, user, call):
    rows = dict(
        line.split("\t")[:2] for line in call("describe", f"Shop/{KEY}").stdout.splitlines()
    )
    shown = json.loads(call("describe", f"Shop/{KEY}", "--json").stdout)

    assert (rows["release"], rows["state"]) == ("1", "started")
    assert rows["job"] == user.release(1).job
    assert (shown["kind"], shown["description"]["job"]) == ("AutoMLRelease", rows["job"])


def test_describe_of_a_stack_says_the_state_of_its_releases(shop, call):
    [row] = json.loads(call("describe", "Shop", "--json").stdout)["constructs"]

    assert row["status"] == "release 1 started"


def test_candidates_of_a_release_say_which_have_failed_and_why(shop, call):
    shown = json.loads(call("candidates", f"Shop/{KEY}", "--json").stdout)["candidates"]

    assert [(row["status"], row["reason"]) for row in shown] == [
        ("Completed", None),
        ("Failed", "out of memory"),
    ]


def test_notebooks_of_a_job_are_shown_where_aws_gives_them(account, call):
    account.clinic()
    made = {
        "DataExplorationNotebookLocation": "s3://out/exploration.ipynb",
        "CandidateDefinitionNotebookLocation": "s3://out/definitions.ipynb",
    }
    account.sagemaker.jobs[JOB] = job(AutoMLJobArtifacts=made)

    rows = dict(line.split("\t") for line in call("describe", "Clinic/Job").stdout.splitlines())

    assert rows["data exploration"] == "s3://out/exploration.ipynb"
    assert rows["candidate definitions"] == "s3://out/definitions.ipynb"
