"""The first cause in the events of a stack and its nested ones."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from cdk_automlv2.cli import constructs
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.failures import is_missing

_STACK: Final = "AWS::CloudFormation::Stack"
_STARTS: Final = re.compile(r"^(CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$")
_CONSEQUENCE: Final = re.compile(
    r"^Resource (creation|update|deletion) cancelled|^The following resource\(s\) failed|"
    r"^Embedded stack .* was not successfully"
)

Event = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """A stack, standing or deleted.

    Attributes:
        name: Its name.
        id: Its ARN.
        status: Its status.
        events: Of it, in the order in which they happened.
    """

    name: str
    id: str
    status: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Cause:
    """What failed first.

    Attributes:
        stack: Name or ARN of the stack that it is in.
        logical_id: The resource.
        kind: Its type.
        physical_id: Its name, if it had one.
        at: When.
        reason: Why, as CloudFormation says.
        operation: Of the stack: ``CREATE``, ``UPDATE`` or ``DELETE``.
        consequences: How many others failed because of it.
        is_past: Whether a later operation of the stack went well.
    """

    stack: str
    logical_id: str
    kind: str
    physical_id: str
    at: datetime.datetime
    reason: str
    operation: str
    consequences: int
    is_past: bool


def find(client: Client, name: str) -> Found:
    """Return a stack with its events; the last one of that name if it was deleted.

    Raises:
        Failure: If there never was one that CloudFormation remembers.
    """
    cloudformation = client("cloudformation")
    try:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if not is_missing(error):
            raise
        stack = _deleted(cloudformation, name)
        if stack is None:
            raise constructs.NoStack.of(client, name) from error
    events = _events(client, stack["StackId"])
    return Found(name, stack["StackId"], stack["StackStatus"], events)


def _deleted(cloudformation: Any, name: str) -> Event | None:
    """Return the stack of that name that was deleted last; CloudFormation keeps 90 days."""
    pages = cloudformation.get_paginator("list_stacks")
    found = [
        item
        for page in pages.paginate(StackStatusFilter=["DELETE_COMPLETE"])
        for item in page["StackSummaries"]
        if item["StackName"] == name
    ]
    return max(found, key=lambda item: item["CreationTime"], default=None)


def _events(client: Client, stack: str) -> tuple[Event, ...]:
    pages = client("cloudformation").get_paginator("describe_stack_events")
    found = [item for page in pages.paginate(StackName=stack) for item in page["StackEvents"]]
    return tuple(reversed(found))


def first_cause(client: Client, found: Found) -> Cause | None:
    """Return what failed first in the last operation that failed; nothing if none has."""
    runs = list(_operations(found))
    for number in range(len(runs) - 1, -1, -1):
        operation, events = runs[number]
        failed = list(_failed(events))
        causes = [event for event in failed if not _is_consequence(event, found.id)]
        if causes:
            is_past = number < len(runs) - 1
            return _cause(client, found, causes[0], operation, len(failed) - 1, is_past)
    return None


def _operations(found: Found) -> Iterator[tuple[str, Sequence[Event]]]:
    """Yield the operations of a stack, in their order."""
    events: list[Event] = []
    name = ""
    for event in found.events:
        start = _STARTS.match(event["ResourceStatus"])
        if start and event.get("PhysicalResourceId") == found.id:
            if events:
                yield name, events
            events, name = [], start[1]
        events.append(event)
    if events:
        yield name, events


def _failed(events: Sequence[Event]) -> Iterator[Event]:
    for event in events:
        if event["ResourceStatus"].endswith("_FAILED"):
            yield event


def _is_consequence(event: Event, stack_id: str) -> bool:
    """Whether an event only says that another one has failed."""
    reason = event.get("ResourceStatusReason") or ""
    is_stack = event.get("PhysicalResourceId") == stack_id
    nested = event["ResourceType"] == _STACK and not is_stack
    return not nested and (is_stack or bool(_CONSEQUENCE.match(reason)))


def _cause(
    client: Client,
    found: Found,
    event: Event,
    operation: str,
    consequences: int,
    is_past: bool,
) -> Cause:
    inner_id = event.get("PhysicalResourceId") or ""
    if event["ResourceType"] == _STACK and inner_id and inner_id != found.id:
        inner = Found(found.name, inner_id, "", _events(client, inner_id))
        deeper = first_cause(client, inner)
        if deeper is not None:
            return deeper
    return Cause(
        stack=found.id,
        logical_id=event["LogicalResourceId"],
        kind=event["ResourceType"],
        physical_id=inner_id,
        at=event["Timestamp"],
        reason=event.get("ResourceStatusReason") or "",
        operation=operation,
        consequences=consequences,
        is_past=is_past,
    )
