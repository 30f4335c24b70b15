"""What the shell completes, of every command that takes a name."""

import time

import click
import pytest
from click.shell_completion import ShellComplete

from cdk_automlv2.cli import completion
from cdk_automlv2.cli.commands import automlv2
from cdk_automlv2.cli.releases import records

from .account import ENDPOINT, JOB, refusal
from .tree import leaves

JOB_PATH, ENDPOINT_PATH = "Clinic/Diagnosis/Job", "Clinic/Diagnosis/Endpoint"
NAMES = {
    **dict.fromkeys(("candidates", "report"), ({"Clinic", JOB}, {JOB_PATH})),
    "invoke": ({"Clinic", ENDPOINT}, {ENDPOINT_PATH}),
    **dict.fromkeys(
        ("describe", "watch", "logs", "cost"),
        ({"Clinic", JOB, ENDPOINT}, {JOB_PATH, ENDPOINT_PATH}),
    ),
    "explain": ({"Clinic"}, set()),
    "adopt": ({JOB, ENDPOINT}, set()),
    "lock": ({"Clinic", JOB}, set()),
    **dict.fromkeys(
        ("status", "history", "wait", "retrain", "rollback", "abort", "promote"),
        ({"Clinic"}, set()),
    ),
}
"""Of each command what completes at first, and what below the stack; it has no release."""

NO_NAMES = {"doctor", "schema", "stacks", "validate", "plan"}


@pytest.fixture
def complete(account):
    def complete(*typed):
        options = {"obj": lambda profile, region, local: account.client}
        shell = ShellComplete(automlv2, options, "automlv2", "_AUTOMLV2_COMPLETE")
        return {item.value for item in shell.get_completions(list(typed[:-1]), typed[-1])}

    return complete


def test_every_command_that_takes_a_name_is_in_this_table():
    of_aws = {leaf.words for leaf in leaves() if leaf.path[0] != "local"}

    assert {leaf.words for leaf in leaves() if leaf.takes_names} == NAMES.keys()
    assert of_aws - NAMES.keys() == NO_NAMES


@pytest.mark.parametrize("command", NAMES)
def test_every_command_completes_the_names_that_it_takes_and_no_others(account, complete, command):
    account.clinic()
    first, below = NAMES[command]

    assert complete(command, "") == first
    assert complete(command, "Clinic/") == below
    assert complete(command, "Clinic/Diagnosis/J") == {
        name for name in below if name.startswith("Clinic/Diagnosis/J")
    }


def test_numbers_of_releases_complete_with_their_states(account, complete, monkeypatch):
    account.clinic()
    found = [{"number": 12, "state": "in-service"}, {"number": 3, "state": "refused"}]
    monkeypatch.setattr("cdk_automlv2.cli.releases.find.one", lambda client, name: name)
    monkeypatch.setattr(records, "releases", lambda client, place: iter(found))

    assert complete("rollback", "Clinic/Churn", "") == {"12", "3"}
    assert complete("promote", "Clinic/Churn", "1") == {"12"}
    assert complete("wait", "Clinic/Churn", "--release", "") == {"12", "3"}
    assert complete("lock", "Clinic/Churn", "--release", "3") == {"3"}


def test_stacks_of_a_plan_complete_from_what_was_synthesized(complete, tmp_path, monkeypatch):
    (tmp_path / "cdk.out").mkdir()
    artifact = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "x.json"}}
    text = f'{{"artifacts": {{"Shop": {artifact}}}}}'.replace("'", '"')
    (tmp_path / "cdk.out" / "manifest.json").write_text(text)
    monkeypatch.chdir(tmp_path)

    assert complete("plan", "S") == {"Shop"}


def test_completion_is_silent_where_aws_refuses(account, complete):
    account.clinic()
    account.sagemaker.faults = [refusal("ThrottlingException", "Rate exceeded")]

    assert complete("candidates", "x") == set()


def test_completion_waits_no_longer_than_half_a_second(account):
    account.cloudformation.get_paginator = lambda _: time.sleep(5)
    context = click.Context(automlv2, obj=lambda profile, region, local: account.client)
    began = time.monotonic()

    assert completion.NAME.shell_complete(context, click.Argument(["name"]), "") == []
    assert time.monotonic() - began < 2
