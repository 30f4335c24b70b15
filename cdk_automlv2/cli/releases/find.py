"""Finds releases by stack and construct: ``STACK``, ``STACK/ID`` or ``STACK/Scope/ID``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from botocore.exceptions import ClientError

from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.constructs import NoStack
from cdk_automlv2.cli.failures import Failure, is_missing
from cdk_automlv2.cli.following import again, run, tool

_TYPE = "Custom::AutoMLRelease"
_NESTED = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Place:
    """Where the records of one construct lie, and who is to be asked to change them.

    Attributes:
        stack: Name of its stack.
        key: Its path below that.
        table: Name of the table.
        function: Name of the function.
    """

    stack: str
    key: str
    table: str
    function: str

    @property
    def name(self) -> str:
        """What the user calls it."""
        return f"{self.stack}/{self.key}"


def one(client: Client, name: str) -> Place:
    """Return the one release construct that is meant.

    Raises:
        Failure: If there is none, or more than one; says which there are.
    """
    found = every(client, name)
    if len(found) == 1:
        return found[0]
    names = ", ".join(place.name for place in found)
    words = f"{name} stands for {len(found)} releases; say which: {names}"
    raise Failure(words, again(name, found[0].name))


def every(client: Client, name: str) -> list[Place]:
    """Return the release constructs of a stack, or those that are meant of it.

    Raises:
        Failure: If there is none; says which there are.
    """
    stack, _, wanted = name.partition("/")
    try:
        known = list(_of_stack(client, stack, ""))
    except ClientError as error:
        if not is_missing(error):
            raise
        raise NoStack.of(client, stack) from error
    found = [place for place in known if _is_meant(place.key, wanted)]
    if found:
        return found
    there = ", ".join(place.name for place in known)
    words = f"there is no release {name}"
    hint = f"; there are {there}" if there else f"; stack {stack} has no release"
    near = get_close_matches(name, [place.name for place in known], n=1, cutoff=0.0)
    raise Failure(words + hint, again(name, near[0]) if near else run("describe", stack))


def _is_meant(key: str, wanted: str) -> bool:
    return wanted in ("", key) or key.endswith(f"/{wanted}")


def _of_stack(client: Client, stack: str, above: str) -> Iterator[Place]:
    cloudformation = client("cloudformation")
    ids = {
        item["LogicalResourceId"]: item.get("PhysicalResourceId", "")
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        for item in page["StackResourceSummaries"]
    }
    body = cloudformation.get_template(StackName=stack)["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else body
    for logical_id, resource in template.get("Resources", {}).items():
        if resource["Type"] == _TYPE:
            properties = resource["Properties"]
            yield Place(
                stack=above or stack,
                key=str(properties["Key"]),
                table=_referred(properties["TableName"], ids),
                function=_referred(properties["ServiceToken"], ids),
            )
        elif resource["Type"] == _NESTED and ids.get(logical_id):
            yield from _of_stack(client, ids[logical_id], above or stack)


def _referred(value: Any, ids: Mapping[str, str]) -> str:
    """Return the physical id behind a reference of a template."""
    match value:
        case str():
            return value
        case {"Ref": name}:
            return ids[name]
        case {"Fn::GetAtt": [name, *_]}:
            return ids[name]
    words = f"the template refers to its function in a way not known: {value}"
    raise Failure(words, tool("pip", "install", "--upgrade", "cdk-automlv2"))
