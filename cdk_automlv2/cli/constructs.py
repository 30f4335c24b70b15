"""Finds what a stack holds of this library: ``STACK``, ``STACK/ID`` or ``STACK/Scope/ID``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.failures import Failure, is_missing
from cdk_automlv2.cli.following import ELSEWHERE, again, here, run

JOB: Final = "AutoMLJobV2"
ENDPOINT: Final = "AutoMLEndpoint"
MODEL: Final = "AutoMLModel"
RELEASE: Final = "AutoMLRelease"
SHOWN: Final = (JOB, MODEL, ENDPOINT, RELEASE)
"""Kinds that a person may ask for; the others (waits, gates, uploads) belong to them."""

_PREFIX: Final = "Custom::"
_NESTED: Final = "AWS::CloudFormation::Stack"
_HASH: Final = re.compile(r"[0-9A-F]{8}$")
_L1: Final = re.compile(r"(/Resource)?(/Default)?$")


@dataclass(frozen=True)
class Construct:
    """A resource of this library in a deployed stack.

    Attributes:
        stack: Name of the outermost stack.
        id: Its path below that; its logical id where the template holds no paths.
        kind: Such as ``AutoMLJobV2``.
        logical_id: In its own stack.
        physical_id: Its name; empty while CloudFormation does not know it.
        status: Of the resource, such as ``CREATE_COMPLETE``.
        own_stack: Name or ARN of the stack that it is in itself.
        properties: As they stand in the template.
    """

    stack: str
    id: str
    kind: str
    logical_id: str
    physical_id: str
    status: str
    own_stack: str
    properties: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """What the user calls it."""
        return f"{self.stack}/{self.id}"


def of_stack(client: Client, stack: str) -> list[Construct]:
    """Return the constructs of a stack and its nested ones.

    Raises:
        Failure: If there is no such stack.
    """
    try:
        return list(_of_stack(client, stack, stack, ""))
    except ClientError as error:
        if is_missing(error):
            raise NoStack.of(client, stack) from error
        raise


class NoStack(Failure):
    """When a stack is not there.

    Args:
        stack: The name that was given.
        near: The name of one that is there and looks alike; empty if none does.
        what: What was looked for.
    """

    def __init__(self, stack: str, near: str, what: str = "no stack") -> None:
        self.near = near
        words = f"there is {what} {stack!r} {here()}"
        deleted = (run("explain", stack), "if it was deleted")
        if near:
            super().__init__(f"{words}; did you mean {near!r}?", again(stack, near))
        else:
            super().__init__(words, run("describe"), deleted, ELSEWHERE)

    @classmethod
    def of(cls, client: Client, stack: str) -> NoStack:
        """Return the fault of a stack that is not there, with the nearest that is."""
        return cls(stack, _near(client, stack))


def _near(client: Client, stack: str) -> str:
    """Return the standing stack whose name is nearest; empty if that cannot be found out."""
    try:
        pages = client("cloudformation").get_paginator("list_stacks")
        found = {
            item["StackName"].lower(): item["StackName"]
            for page in pages.paginate(StackStatusFilter=standing())
            for item in page["StackSummaries"]
            if "ParentId" not in item
        }
    except (ClientError, BotoCoreError):
        return ""
    near = get_close_matches(stack.lower(), found, n=1)
    return str(found[near[0]]) if near else ""


def standing() -> list[str]:
    """Return the statuses of stacks that exist."""
    done = [f"{verb}_COMPLETE" for verb in ("CREATE", "UPDATE", "ROLLBACK", "UPDATE_ROLLBACK")]
    failed = ["CREATE_FAILED", "UPDATE_FAILED", "ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED"]
    running = [f"{verb}_IN_PROGRESS" for verb in ("CREATE", "UPDATE", "UPDATE_ROLLBACK")]
    return [*done, *failed, *running, "DELETE_FAILED", "IMPORT_COMPLETE"]


def meant(found: Sequence[Construct], wanted: str, kinds: Sequence[str]) -> list[Construct]:
    """Return the constructs of those kinds that an id stands for.

    An id stands for the construct of that path, else for those whose path ends with it, else for
    those below it.
    """
    known = [item for item in found if item.kind in kinds]
    if not wanted:
        return known
    tests = (
        lambda item: item.id == wanted or item.logical_id == wanted,
        lambda item: item.id.endswith(f"/{wanted}"),
        lambda item: f"/{item.id}".find(f"/{wanted}/") >= 0,
    )
    for test in tests:
        if chosen := [item for item in known if test(item)]:
            return chosen
    return []


def listed(found: Sequence[Construct]) -> str:
    """Return the names of constructs in a sentence."""
    return ", ".join(item.name for item in found)


def nearest(name: str, there: Sequence[Construct]) -> str:
    """Return the construct whose name is nearest to one that is none."""
    names = [item.name for item in there]
    return (get_close_matches(name, names, n=1, cutoff=0.0) or names)[0]


def _of_stack(client: Client, stack: str, outer: str, above: str) -> Iterator[Construct]:
    template, resources = template_of(client, stack), resources_of(client, stack)
    for logical_id, resource in template.get("Resources", {}).items():
        kind, known = resource["Type"], resources.get(logical_id, {})
        physical_id = known.get("PhysicalResourceId", "")
        path = _path(resource, outer) or f"{above}{_HASH.sub('', logical_id)}"
        if kind == _NESTED and physical_id:
            inner = path.rsplit("/", 1)[0].removesuffix(".NestedStack")
            yield from _of_stack(client, physical_id, outer, f"{inner}/")
        elif kind.startswith(_PREFIX):
            yield Construct(
                stack=outer,
                id=path,
                kind=kind.removeprefix(_PREFIX),
                logical_id=logical_id,
                physical_id=physical_id,
                status=known.get("ResourceStatus", ""),
                own_stack=stack,
                properties=resource.get("Properties", {}),
            )


def template_of(client: Client, stack: str) -> Mapping[str, Any]:
    """Return the template that a stack has."""
    body = client("cloudformation").get_template(StackName=stack)["TemplateBody"]
    found: Mapping[str, Any] = json.loads(body) if isinstance(body, str) else body
    return found


def resources_of(client: Client, stack: str) -> dict[str, Mapping[str, Any]]:
    """Return the resources of a stack by their logical ids."""
    pages = client("cloudformation").get_paginator("list_stack_resources")
    return {
        item["LogicalResourceId"]: item
        for page in pages.paginate(StackName=stack)
        for item in page["StackResourceSummaries"]
    }


def _path(resource: Mapping[str, Any], stack: str) -> str:
    """Return the path below the stack, by what the CDK writes; a stage comes before the stack."""
    whole = _L1.sub("", str(resource.get("Metadata", {}).get("aws:cdk:path", "")))
    parts = whole.split("/")
    for count in range(1, len(parts)):
        if "-".join(parts[:count]) == stack:
            return "/".join(parts[count:])
    return "/".join(parts[1:])
