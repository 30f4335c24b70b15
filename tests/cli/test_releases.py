"""The commands on releases, on records that the function itself has written."""

import datetime
import io
import json

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2
from cdk_automlv2.cli.releases import commands
from tests.lifecycle.fake_aws import FakeAws
from tests.lifecycle.releases import KEY, User, endpoint, minimum
from tests.lifecycle.stack import Stack

from .fakes import CloudFormation, quiet


class Function:
    """The function of the stack, behind Lambda's API."""

    def __init__(self, stack):
        self._stack = stack

    def invoke(self, FunctionName, Payload):  # noqa: N803
        assert FunctionName == "function"
        with quiet():
            returned = self._stack._serve(json.loads(Payload))
        return {"Payload": io.BytesIO(json.dumps(returned).encode())}


class Person:
    def get_caller_identity(self):
        return {"Arn": "arn:aws:iam::111122223333:user/ann"}


@pytest.fixture
def user():
    aws = FakeAws()
    aws.winners_differ = True
    return User(Stack(aws))


@pytest.fixture
def run(user, monkeypatch):
    clients = {
        "cloudformation": CloudFormation(user.stack.table),
        "dynamodb": user.aws.client("dynamodb"),
        "lambda": Function(user.stack),
        "sts": Person(),
    }

    def sleep(seconds):
        with quiet():
            user.aws.wait(seconds)

    monkeypatch.setattr(commands.time, "sleep", sleep)
    monkeypatch.setattr(commands.time, "monotonic", lambda: user.aws.now)

    def run(*arguments):
        factory = lambda profile, region, local: clients.__getitem__  # noqa: E731
        return CliRunner().invoke(automlv2, arguments, obj=factory)

    return run


def test_history_shows_every_release_and_which_one_serves(user, run):
    user.deploy()
    user.run()
    user.deploy(Job={"Revision": "2"}, Gates=[minimum(0.99)])
    user.run()

    rows = json.loads(run("history", "Shop/Churn", "--json").stdout)

    assert [(row["release"], row["state"], row["serving"]) for row in rows] == [
        *((2, "refused", False), (1, "in-service", True)),
    ]
    assert rows[0]["gates"][0]["Verdict"] == "refuse"
    assert rows[0]["value"] == 0.97


def test_plain_rows_are_separated_by_tabs_and_nothing_is_cut(user, run):
    user.deploy(Gates=[minimum(0.99)])
    user.run()

    titles, line = run("status", "Shop/Churn", "--plain").stdout.splitlines()

    assert titles.split("\t")[:3] == ["id", "release", "state"]
    assert line.split("\t")[:3] == ["Churn", "1", "refused"]
    assert line.endswith("gate Objective: F1 is 0.97, below the minimum of 0.99")


@pytest.mark.parametrize(
    ("gate", "status"),
    [({"Minimum": 0.9}, 0), ({"Minimum": 0.99}, 3), ({"Metric": "AUC", "Minimum": 0.1}, 6)],
)
def test_wait_ends_with_the_status_of_the_release(user, run, gate, status):
    user.deploy(Gates=[{"Type": "Objective", **gate}])

    ended = run("wait", "Shop/Churn", "--json")

    assert ended.exit_code == status
    assert json.loads(ended.stdout)["release"] == 1
    assert "release 1 started" in ended.stderr


def test_wait_says_when_its_own_time_is_up(user, run):
    user.aws.job_seconds = 24 * 3600
    user.deploy()

    ended = run("wait", "Shop/Churn", "--timeout", "5")

    assert ended.exit_code == 5
    assert "still started after 5 min" in ended.stderr


def test_a_superseded_release_ends_its_wait_with_a_status_of_its_own(user, run):
    user.deploy()
    user.deploy(Job={"Revision": "2"})

    assert run("wait", "Shop/Churn", "--release", "1").exit_code == 4


def test_retraining_rolling_back_and_aborting_ask_the_function(user, run):
    user.deploy()
    user.run()
    user.deploy(Job={"Revision": "2"})
    user.run()

    assert run("rollback", "Shop/Churn").stdout == "release 3 started: serves release 1 again\n"
    assert run("abort", "Shop/Churn").stdout == "release 3 aborted\n"
    assert run("retrain", "Shop/Churn").stdout == "release 4 started\n"

    user.run()

    assert user.states == ["in-service", "in-service", "failed", "in-service"]
    assert user.release(3).reason == "aborted by arn:aws:iam::111122223333:user/ann"


def test_a_retraining_that_was_not_started_is_no_success(user, run):
    user.deploy()

    refused = run("retrain", "Shop/Churn")

    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert refused.stderr == (
        "Error: not started: release 1 is under way\nnext: automlv2 wait Shop/Churn\n"
    )


def test_a_pipeline_reads_the_number_of_the_release_that_it_has_started(user, run):
    user.deploy()
    user.run()
    retrained = json.loads(run("retrain", "Shop/Churn", "--json").stdout)
    aborted = json.loads(run("abort", "Shop/Churn", "--json").stdout)

    assert (retrained["release"], aborted["release"]) == (2, None)


def test_wait_says_until_when_another_release_may_move_the_endpoint(user, run):
    user.deploy()
    user.aws.run(lambda: bool(user.head.mover))
    until = datetime.datetime.fromtimestamp(user.head.mover_until, datetime.UTC)
    user.deploy(Endpoint=endpoint(InitialInstanceCount=2))
    user.aws.run(lambda: "which may" in user.release(2).reason)

    told = run("wait", "Shop/Churn", "--timeout", "0").stderr

    reason = "release 1, which may still move the endpoint"
    assert f"release 2 deploying: {reason}, until {until:%H:%M:%S} UTC\n" in told


def test_a_reason_that_begins_with_the_state_is_said_once(user, run):
    user.deploy()
    user.deploy(Job={"Revision": "2"})

    told = run("wait", "Shop/Churn", "--release", "1").stderr

    assert told == "release 1 superseded by release 2\n"


def test_what_the_function_refuses_is_one_line_and_the_next_command(user, run):
    user.deploy()
    user.run()

    refused = run("rollback", "Shop/Churn", "7")

    assert refused.exit_code == 1
    assert refused.stderr == (
        "Error: cannot roll back: there is no release 7\nnext: automlv2 history Shop/Churn\n"
    )


def test_a_name_that_stands_for_several_is_refused_with_all_of_them(run):
    refused = run("history", "Shop")

    assert refused.stderr == (
        "Error: Shop stands for 2 releases; say which: Shop/Churn, Shop/Inner/Demand\n"
        "next: automlv2 history Shop/Churn\n"
    )


def test_a_name_below_a_nested_stack_may_be_short(user, run):
    done = run("history", "Shop/Demand")

    assert done.stdout.splitlines()[1:] == []
    assert done.stderr == "there is no release yet\nnext: automlv2 watch Shop\n"


def test_a_name_that_stands_for_none_is_refused_with_what_there_is(run):
    assert run("history", "Shop/Chrun").stderr == (
        "Error: there is no release Shop/Chrun; there are Shop/Churn, Shop/Inner/Demand\n"
        "next: automlv2 history Shop/Churn\n"
    )
    assert run("history", "Empty").stderr == (
        "Error: there is no release Empty; stack Empty has no release\n"
        "next: automlv2 describe Empty\n"
    )


def test_a_record_of_a_newer_kind_is_refused_with_the_way_out(user, run):
    user.deploy()
    row = user.aws.rows[user.stack.table, f"M#{KEY}", "HEAD"]
    row["record"]["S"] = json.dumps({**json.loads(row["record"]["S"]), "schema": "2.0"})

    refused = run("status", "Shop/Churn")

    assert refused.exit_code == 1
    assert "update cdk-automlv2" in refused.stderr


@pytest.mark.parametrize("command", ["status", "history", "wait", "retrain", "rollback", "abort"])
def test_local_and_a_profile_exclude_each_other(command):
    refused = CliRunner().invoke(automlv2, [command, "Shop/Churn", "--local", "--profile", "p"])

    assert refused.exit_code == 2
    assert "--local goes without --profile and --region" in refused.stderr


def test_a_promotion_records_who_has_decided_and_why(user, run):
    user.deploy(Gates=[{"Type": "Objective", "Metric": "AUC", "Minimum": 0.5}])
    user.run()
    assert run("wait", "Shop/Churn").exit_code == 6

    done = run("promote", "Shop/Churn", "--why", "AUC is not computed\nfor one class")
    assert (done.exit_code, done.stdout) == (0, "release 2 started: promotes release 1\n")
    user.run()

    assert run("wait", "Shop/Churn").exit_code == 0
    [newest, _] = json.loads(run("history", "Shop/Churn", "--json").stdout)
    assert newest["by"] == "arn:aws:iam::111122223333:user/ann"
    assert newest["why"] == "AUC is not computed for one class"
    assert newest["gates"][0]["Reason"] == (
        "promoted by arn:aws:iam::111122223333:user/ann: AUC is not computed for one class"
    )


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (("--why", "because"), 1, "release 1 is in-service, not undecided"),
        ((), 2, "Missing option '--why'"),
        (("--why", " "), 2, "--why needs a reason"),
        (("0", "--why", "because"), 2, "Invalid value for '[NUMBER]'"),
    ],
)
def test_a_promotion_that_is_none_ends_with_its_exit_status(user, run, options, status, words):
    user.deploy()
    user.run()
    refused = run("promote", "Shop/Churn", *options)

    assert refused.exit_code == status
    assert words in refused.stderr
    assert user.states == ["in-service"]
