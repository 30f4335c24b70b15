"""docs/command.md lists the rights of each command: what they call is looked at."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from cdk_automlv2.cli.commands import automlv2

from .account import ENDPOINT, JOB, START, endpoint, job
from .running import KEY

DOC = (Path(__file__).parents[2] / "docs" / "command.md").read_text()
PREFIXES = {
    "sagemaker-runtime": "sagemaker",
    "service-quotas": "servicequotas",
    "stepfunctions": "states",
}
RIGHTS = DOC.split("## Rights")[1].split("## Members")[0]
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", RIGHTS, re.M))
USUAL = set(re.findall(r"`(\w+:\w+)`", RIGHTS.split("| Command")[0]))
CALLS = {
    "candidates": [("Clinic",), ("Shop",)],
    "describe": [(), ("Clinic",), ("Clinic/Endpoint",), (JOB,), (f"Shop/{KEY}",)],
    "watch": [("Clinic",), ("Shop", "--timeout", "0"), (JOB,)],
    "explain": [("Clinic",), ("Shop",)],
    "logs": [("Clinic",), ("Clinic/Job",), (ENDPOINT,), (f"Shop/{KEY}",)],
    "invoke": [("Clinic", "1,2")],
    "cost": [(), ("Clinic",), ("Shop",), ("--price-list",)],
    "doctor": [("--app", "."), ()],
    "lock": [("Shop",), (JOB, "--job")],
    "plan": [("--app", ".")],
}


class Recorder:
    """A client that writes down what it is asked for."""

    def __init__(self, service, inner, seen):
        self._service, self._inner, self._seen = service, inner, seen

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        if name == "get_paginator":
            return lambda operation: (self._note(operation), found(operation))[1]
        if callable(found):
            self._note(name)
        return found

    def _note(self, operation):
        action = operation.removesuffix("_v2") if self._service == "s3" else operation
        action = {"list_objects": "list_bucket"}.get(action, action).replace("_", "")
        self._seen.add(f"{PREFIXES.get(self._service, self._service)}:{action}")


@pytest.fixture
def recorded(shop, tmp_path, monkeypatch):
    """Run a command on a stack that has failed; return the actions that it has called."""
    shop.clinic()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    variant = {"VariantName": "A", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    shop.sagemaker.configs["config"] = {"ProductionVariants": [variant]}
    shop.sagemaker.jobs[JOB] = job("Failed", FailureReason="no rows")
    shop.sagemaker.endpoints[ENDPOINT] = endpoint(EndpointArn="arn:endpoint")
    shop.cloudformation.events["arn:aws:cloudformation:eu-west-1:1:stack/Clinic/1"] = [
        {
            "LogicalResourceId": "Wait",
            "ResourceType": "Custom::AutoMLWait",
            "ResourceStatus": "CREATE_FAILED",
            "ResourceStatusReason": f"AutoML job '{JOB}' failed",
            "Timestamp": START,
        }
    ]
    source = {"DataSource": {"S3DataSource": {"S3Uri": "s3://data/train/"}}}
    properties = {"AutoMLJobInputDataConfig": [source]}
    resources = {"Job": {"Type": "Custom::AutoMLJobV2", "Properties": properties}}
    (tmp_path / "t.json").write_text(json.dumps({"Resources": resources}))
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"Clinic": stack}}))

    def recorded(*arguments):
        seen = set()

        def factory(profile, region, local):
            return lambda service: Recorder(service, shop.client(service), seen)

        CliRunner().invoke(automlv2, arguments, obj=factory)
        return seen

    return recorded


def rights_of(command):
    """Return the actions that the page lists for a command, and those of the rows it refers to."""
    row = ROWS[command]
    others = [name for name in re.findall(r"`(\w+)`", row) if name in ROWS]
    own = set(re.findall(r"`(\w+:\w+)`", row))
    return own.union(*map(rights_of, others))


@pytest.mark.parametrize("command", CALLS)
def test_a_command_calls_nothing_that_its_rights_do_not_name(recorded, command):
    called = set().union(*(recorded(command, *given) for given in CALLS[command]))
    listed = {right.lower() for right in rights_of(command) | USUAL}

    assert called
    assert called <= listed
