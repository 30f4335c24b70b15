"""The log groups that belong to a stack, a job or an endpoint, and their lines in order."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from cdk_automlv2.cli import constructs
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.constructs import ENDPOINT, JOB, Construct
from cdk_automlv2.cli.failures import is_missing

_PROVIDER: Final = "AutoMLV2Provider"
_GROUP: Final = "AWS::Logs::LogGroup"
_MACHINE: Final = "AWS::StepFunctions::StateMachine"
_OF_JOBS: Final = ("TrainingJobs", "ProcessingJobs", "TransformJobs", "AutoMLJobs")


@dataclass(frozen=True)
class Source:
    """A log group, or a part of one.

    Attributes:
        name: What it is of, for people.
        group: Its name.
        prefix: What the names of its streams begin with; empty for all.
        wanted: Texts of which a line must hold one; none for all lines.
    """

    name: str
    group: str
    prefix: str = ""
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A line of a log.

    Attributes:
        at: When.
        source: Where it is from.
        message: As it was written.
        id: By which it is recognized when it comes again.
    """

    at: datetime.datetime
    source: Source
    message: str
    id: str

    @property
    def fields(self) -> Mapping[str, Any] | None:
        """Its members, where it is an object of JSON."""
        try:
            found = json.loads(self.message)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


def of_stack(client: Client, stack: str, wanted: Sequence[Construct] = ()) -> list[Source]:
    """Return the groups of a stack's functions and state machines, its nested ones included.

    Args:
        client: Makes clients.
        stack: Name of the stack.
        wanted: Constructs that lines must be of; none for all lines.
    """
    known = constructs.of_stack(client, stack)
    texts = tuple(text for item in wanted for text in (item.logical_id, item.physical_id) if text)
    found = []
    for own in dict.fromkeys([stack, *(item.own_stack for item in known)]):
        for resource in provided(client, own, _GROUP):
            logical_id = resource["LogicalResourceId"].removeprefix(_PROVIDER)
            kind = "function" if logical_id.startswith("Function") else "executions"
            found.append(Source(kind, resource["PhysicalResourceId"], wanted=texts))
    return found


def of_target(kind: str, name: str) -> list[Source]:
    """Return SageMaker's groups of a job or an endpoint."""
    if kind == ENDPOINT:
        return [Source("endpoint", f"/aws/sagemaker/Endpoints/{name}")]
    assert kind == JOB
    return [Source(kind, f"/aws/sagemaker/{kind}", prefix=name) for kind in _OF_JOBS]


def machines(client: Client, stack: str) -> list[str]:
    """Return the ARNs of the state machines that a stack waits by."""
    return [item["PhysicalResourceId"] for item in provided(client, stack, _MACHINE)]


def provided(client: Client, stack: str, kind: str) -> list[Mapping[str, Any]]:
    """Return the resources of a kind that this library has added to a stack."""
    return [
        item
        for item in constructs.resources_of(client, stack).values()
        if item.get("ResourceType") == kind
        and item["LogicalResourceId"].startswith(_PROVIDER)
        and item.get("PhysicalResourceId")
    ]


def read(client: Client, sources: Sequence[Source], since: datetime.datetime) -> list[Line]:
    """Return the lines since a moment, of all sources together, in their order."""
    found = [line for source in sources for line in _of_source(client, source, since)]
    return sorted(found, key=lambda line: line.at)


def _of_source(client: Client, source: Source, since: datetime.datetime) -> Iterator[Line]:
    request: dict[str, Any] = {
        "logGroupName": source.group,
        "startTime": int(since.timestamp() * 1000),
    }
    if source.prefix:
        request["logStreamNamePrefix"] = source.prefix
    try:
        for page in client("logs").get_paginator("filter_log_events").paginate(**request):
            for event in page["events"]:
                message = event["message"].rstrip("\n")
                if not source.wanted or any(text in message for text in source.wanted):
                    at = datetime.datetime.fromtimestamp(event["timestamp"] / 1000, datetime.UTC)
                    yield Line(at, source, message, event.get("eventId") or f"{at} {message}")
    except ClientError as error:
        if not is_missing(error):  # A group comes with its first line.
            raise
