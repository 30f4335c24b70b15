"""Tries, in a real account, what no document says of CloudFormation; prints what it really did.

    python -m bench.aws.cloudformation_points

Needs the rights to deploy a stack with one role and one function; costs next to nothing. Each point
is a stack of its own, deleted at the end. The custom resources in it note each request, with the
status that the stack shows at that moment.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError

from bench.aws.points import try_all

_RECORDER = """
import json, urllib.request
import boto3

def handler(event, context):
    wanted = event["ResourceProperties"]
    name = wanted["Name"] if event["RequestType"] != "Delete" else event["PhysicalResourceId"]
    stacks = boto3.client("cloudformation").describe_stacks(StackName=event["StackId"])["Stacks"]
    print("SEEN " + json.dumps({
        "request": event["RequestType"],
        "resource": event["LogicalResourceId"],
        "id": event.get("PhysicalResourceId", ""),
        "wanted": wanted["Name"],
        "status": stacks[0]["StackStatus"],
    }))
    if event["RequestType"] != "Delete" and wanted.get("Silent") == "true":
        return
    fails = event["RequestType"] != "Delete" and wanted.get("Fails") == "true"
    body = json.dumps({
        "Status": "FAILED" if fails else "SUCCESS",
        "Reason": "as wanted" if fails else "a reason of a success",
        "PhysicalResourceId": name,
        **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
    }).encode()
    request = urllib.request.Request(
        event["ResponseURL"], data=body, method="PUT", headers={"Content-Type": ""}
    )
    urllib.request.urlopen(request)
"""
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "cloudformation:DescribeStacks",
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
            ],
            "Resource": "*",
        }
    ],
}
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Custom:
    """A custom resource: its physical id is its name."""

    name: str
    fails: bool = False
    silent: bool = False
    after: str = ""

    def to_resource(self) -> dict[str, Any]:
        """Return it as a template has it."""
        properties = {
            "ServiceToken": {"Fn::GetAtt": ["Recorder", "Arn"]},
            "ServiceTimeout": "30",
            "Name": self.name,
            "Fails": str(self.fails).lower(),
            "Silent": str(self.silent).lower(),
        }
        body = {"Type": "Custom::Trial", "Properties": properties}
        return body | ({"DependsOn": self.after} if self.after else {})


@dataclass
class Trial:
    """One stack and what its function has noted."""

    cloudformation: Any
    logs: Any
    name: str
    noted: int = 0
    changes: int = 0

    def deploy(self, *, rollback: bool = True, **resources: Custom) -> str:
        """Bring the stack to these resources; return the status it ends in, or a refusal."""
        template = json.dumps(self._template(resources))
        made = {"StackName": self.name, "ChangeSetName": f"change-{self.changes}"}
        self.changes += 1
        try:
            self.cloudformation.create_change_set(
                **made,
                ChangeSetType="UPDATE" if self.changes > 1 else "CREATE",
                TemplateBody=template,
                Capabilities=["CAPABILITY_IAM"],
            )
            ready = self.cloudformation.get_waiter("change_set_create_complete")
            ready.wait(**made, WaiterConfig={"Delay": 2})
            self.cloudformation.execute_change_set(**made, DisableRollback=not rollback)
        except (ClientError, WaiterError) as error:
            return f"refused: {error}"
        return self._wait()

    def requests(self) -> str:
        """Return the requests since the last look, in their order."""
        time.sleep(2 * _POLL_SECONDS)
        group = f"/aws/lambda/{self.name}"
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        lines = [
            event["message"].partition("SEEN ")[2]
            for page in pages
            for event in page["events"]
            if "SEEN " in event["message"]
        ]
        fresh, self.noted = lines[self.noted :], len(lines)
        seen = [json.loads(line) for line in fresh]
        return ", then ".join(
            f"{item['request']} {item['resource']} to {item['wanted']} (id {item['id'] or 'none'}, "
            f"{item['status']})"
            for item in seen
        )

    def reasons(self) -> list[str]:
        """Return the reasons of the custom resources' events that went well."""
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        return [
            event["ResourceStatusReason"]
            for event in events
            if event["ResourceStatus"] == "CREATE_COMPLETE"
            and event["ResourceType"] == "Custom::Trial"
            and event.get("ResourceStatusReason")
        ]

    def delete(self) -> None:
        """Delete the stack and the function's log."""
        self.cloudformation.delete_stack(StackName=self.name)
        with contextlib.suppress(ClientError):
            self._wait()
        with contextlib.suppress(ClientError):
            self.logs.delete_log_group(logGroupName=f"/aws/lambda/{self.name}")

    def _template(self, resources: dict[str, Custom]) -> dict[str, Any]:
        role = {
            "AssumeRolePolicyDocument": _TRUST,
            "Policies": [{"PolicyName": "Trial", "PolicyDocument": _POLICY}],
        }
        function = {
            "FunctionName": self.name,
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Timeout": 60,
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": _RECORDER},
        }
        return {
            "Resources": {
                "Role": {"Type": "AWS::IAM::Role", "Properties": role},
                "Recorder": {"Type": "AWS::Lambda::Function", "Properties": function},
                **{name: custom.to_resource() for name, custom in resources.items()},
            }
        }

    def _wait(self) -> str:
        while True:
            [stack] = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return str(stack["StackStatus"])
            time.sleep(_POLL_SECONDS)


def rollback_order(trial: Trial) -> str:
    """4: which requests come when a replaced resource is rolled back."""
    trial.deploy(A=Custom("one"), B=Custom("b", after="A"))
    trial.requests()
    ended = trial.deploy(A=Custom("two"), B=Custom("c", fails=True, after="A"))
    return f"{ended}: {trial.requests()}"


def pending_deletion(trial: Trial) -> str:
    """Whether what was replaced before a failure without rollback is deleted by the next update."""
    return _after_a_failed_update(trial, "two")


def pending_deletion_of_what_came_back(trial: Trial) -> str:
    """Whether such a deletion is sent though the stack has gone back to the same id."""
    return _after_a_failed_update(trial, "one")


def _after_a_failed_update(trial: Trial, name: str) -> str:
    """Replace "one" by "two" and fail without rollback, then deploy ``name``."""
    trial.deploy(A=Custom("one"), B=Custom("b", after="A"))
    failed = trial.deploy(rollback=False, A=Custom("two"), B=Custom("c", fails=True, after="A"))
    trial.requests()
    ended = trial.deploy(rollback=False, A=Custom(name), B=Custom("d", after="A"))
    return f"{failed}, then {ended}: {trial.requests()}"


def creation_given_up(trial: Trial) -> str:
    """Which id the Delete has of a creation that had not answered when another failed."""
    ended = trial.deploy(A=Custom("one", silent=True), B=Custom("b", fails=True))
    return f"{ended}: {trial.requests()}"


def creation_tried_again(trial: Trial) -> str:
    """Which requests come when a creation that failed without rollback is tried again."""
    failed = trial.deploy(rollback=False, A=Custom("one", fails=True))
    trial.requests()
    ended = trial.deploy(rollback=False, A=Custom("two"))
    return f"{failed}, then {ended}: {trial.requests()}"


def reason_of_a_success(trial: Trial) -> str:
    """Whether the stack's events show the reason of an answer that is a success."""
    trial.deploy(A=Custom("one"))
    return f"{trial.reasons() or 'no'}"


POINTS: tuple[Callable[[Trial], str], ...] = (
    rollback_order,
    pending_deletion,
    pending_deletion_of_what_came_back,
    creation_given_up,
    creation_tried_again,
    reason_of_a_success,
)


@contextlib.contextmanager
def _trial(point: str) -> Iterator[Trial]:
    name = f"trial-{uuid.uuid4().hex[:6]}-{point.replace('_', '-')}"
    trial = Trial(boto3.client("cloudformation"), boto3.client("logs"), name)
    try:
        yield trial
    finally:
        trial.delete()


def _attempt(point: Callable[[Trial], str]) -> str:
    with _trial(point.__name__) as trial:
        return point(trial)


def main() -> int:
    """Try the points asked for; return how many could not be tried."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", choices=[point.__name__ for point in POINTS], action="append")
    given = parser.parse_args()
    return try_all(POINTS, given.only, _attempt)


if __name__ == "__main__":
    sys.exit(main())
