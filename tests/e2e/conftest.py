import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cdk_automlv2.cli import tables
from cdk_automlv2.local import LocalCloud
from cdk_automlv2.local.cloud.cloud import ACCOUNT

SHOP = Path(__file__).parent / "apps" / "shop"
DATA = SHOP.parents[3] / "data" / "diagnosis_train.csv"
SPEED = 240
OTHER = "222222222222"
"""A second account of the local cloud."""

SECRET = re.compile(r"cfn-response|Signature|ResponseURL|SecretAccessKey", re.IGNORECASE)
"""What a log line with a pre-signed URL or a key would hold."""


def answer_of(cloud: LocalCloud, endpoint: str) -> str:
    """Ask an endpoint of a diagnosis about the first row that it has learnt from."""
    rows = DATA.read_text().splitlines()
    told = cloud.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, ContentType="text/csv", Body=rows[1].partition(",")[2]
    )
    return str(told["Body"].read().decode().strip())


_VALIDATED: set[Path] = set()


@contextmanager
def validated(app: Path) -> Iterator[None]:
    """The CDK validates an app's templates when it is deployed first: it takes most of synth."""
    if app in _VALIDATED:
        yield
        return
    _VALIDATED.add(app)
    off = os.environ.pop("CDK_VALIDATION", "false")
    try:
        yield
    finally:
        os.environ["CDK_VALIDATION"] = off


class Deployment:
    """One stack of the shop app on a local cloud."""

    def __init__(self, cloud: LocalCloud, name: str, app: Path = SHOP) -> None:
        self.cloud = cloud
        self.name = name
        self.app = app

    def deploy(self, *options: str, **context: Any) -> subprocess.CompletedProcess[str]:
        return self._cdk(["deploy", "--require-approval", "never", *options], context)

    def must_deploy(self, *options: str, **context: Any) -> dict[str, str]:
        done = self.deploy(*options, **context)
        assert done.returncode == 0, done.stdout
        return self.outputs()

    def roll_back(self, **context: Any) -> subprocess.CompletedProcess[str]:
        return self._cdk(["rollback"], context)

    def delete(self) -> None:
        """Delete the stack without the CLI, which would synthesize the app once more."""
        cloudformation = self.cloud.client("cloudformation")
        cloudformation.delete_stack(StackName=self.name)
        waiter = cloudformation.get_waiter("stack_delete_complete")
        waiter.wait(StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})

    def outputs(self) -> dict[str, str]:
        return {item["OutputKey"]: item["OutputValue"] for item in self.stack()["Outputs"]}

    def stack(self) -> dict[str, Any]:
        answer = self.cloud.client("cloudformation").describe_stacks(StackName=self.name)
        found: dict[str, Any] = answer["Stacks"][0]
        return found

    def status(self) -> str:
        """Status of the stack; DELETE_COMPLETE if there is none."""
        stacks = self.cloud.client("cloudformation").list_stacks()["StackSummaries"]
        return next(
            (item["StackStatus"] for item in stacks if item["StackName"] == self.name),
            "DELETE_COMPLETE",
        )

    def reasons(self) -> list[str]:
        """Reasons of the stack's failed events, the newest first."""
        events = self.cloud.client("cloudformation").describe_stack_events(StackName=self.name)
        return [
            event["ResourceStatusReason"]
            for event in events["StackEvents"]
            if "FAILED" in event["ResourceStatus"]
        ]

    def close(self) -> None:
        """Look for secrets in all logs there are, delete the stack, and look at what is left."""
        assert not [line for line in self.logged() if SECRET.search(line)]
        self.cloud.clear_faults()
        self.delete()
        assert self.left() == {}

    def logged(self) -> list[str]:
        """Every line of every log group, those of the state machine included."""
        logs = self.cloud.client("logs")
        return [
            event["message"]
            for group in logs.describe_log_groups()["logGroups"]
            for page in logs.get_paginator("filter_log_events").paginate(
                logGroupName=group["logGroupName"]
            )
            for event in page["events"]
        ]

    def left(self) -> dict[str, Any]:
        """What is there beside the records of jobs, which AWS keeps for ever."""
        found = tables.inventory(self.cloud)
        return {kind: rows for kind, rows in found.items() if rows and kind != "jobs"}

    def _cdk(
        self, arguments: list[str], context: dict[str, Any]
    ) -> subprocess.CompletedProcess[str]:
        given = {"stack": self.name, **context} if self.app == SHOP else context
        options = [part for key, value in given.items() for part in ("-c", f"{key}={value}")]
        output = ["--output", str(self.cloud.folder / f"cdk.out.{self.name}")]
        whole = [*arguments, self.name, *options, *output]
        with validated(self.app):
            return self.cloud.cdk(whole, folder=self.app, quiet=True)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory):
    accounts = (ACCOUNT, OTHER)
    folder = tmp_path_factory.mktemp("cloud")
    with LocalCloud.start(folder, speed=SPEED, accounts=accounts) as running:
        yield running


@pytest.fixture
def shop(cloud, request):
    name = "Shop" + "".join(part.title() for part in request.node.originalname.split("_")[1:4])
    deployment = Deployment(cloud, name)
    yield deployment
    deployment.close()
