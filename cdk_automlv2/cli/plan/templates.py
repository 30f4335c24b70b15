"""The templates that are compared: what the app has synthesized, and what is deployed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

from botocore.exceptions import ClientError

from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import again, tool

Resources = Mapping[str, Mapping[str, Any]]
_NESTED = "AWS::CloudFormation::Stack"
_SYNTH = tool("cdk", "synth", "--quiet")
_FILE = "aws:asset:path"


@dataclass(frozen=True)
class Pair:
    """One stack, before and after.

    Attributes:
        stack: Its name.
        before: Resources of what is deployed; none of a stack that is new.
        after: Resources of what is synthesized; none of a nested stack that goes.
        ids: Physical ids of what is deployed, by logical id.
    """

    stack: str
    before: Resources
    after: Resources
    ids: Mapping[str, str] = field(default_factory=dict)


def pairs(client: Client, folder: Path, names: tuple[str, ...]) -> Iterator[Pair]:
    """Yield the stacks of an app, nested ones after the one that holds them.

    Args:
        client: Makes the clients of the account.
        folder: Where the app was synthesized to.
        names: Stacks to look at; none for all.

    Raises:
        Failure: If there is nothing synthesized, or no such stack.
    """
    found = dict(synthesized(folder))
    unknown = [name for name in names if name not in found]
    if unknown:
        raise _unknown(unknown, folder, list(found))
    for name in names or found:
        yield from _with_nested(client, found[name], name, name)


def _unknown(names: Sequence[str], folder: Path, there: Sequence[str]) -> Failure:
    words = f"no stack {', '.join(names)} in {folder}; there are {', '.join(there)}"
    near = get_close_matches(names[0], there, n=1, cutoff=0.0)
    return Failure(words, again(names[0], near[0]) if near else _SYNTH)


def synthesized(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and template of each stack, those of stages included."""
    for artifact_id, artifact in manifest_of(folder)["artifacts"].items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "aws:cloudformation:stack":
            name = properties.get("stackName", artifact_id)
            yield name, folder / properties["templateFile"]
        elif artifact["type"] == "cdk:cloud-assembly":
            yield from synthesized(folder / properties["directoryName"])


def manifest_of(folder: Path) -> Mapping[str, Any]:
    """Return what the CDK says that a folder holds.

    Raises:
        Failure: If it says nothing, or the file is another's.
    """
    path = folder / "manifest.json"
    if not path.is_file():
        words = f"nothing is synthesized in {folder}; run `cdk synth` first, or give --app"
        raise Failure(words, _SYNTH)
    try:
        found = json.loads(path.read_bytes())
        if isinstance(found["artifacts"], Mapping):
            return cast(Mapping[str, Any], found)
    except (ValueError, LookupError, TypeError):
        pass
    raise Failure(f"{path} is not what `cdk synth` writes", _SYNTH)


def _with_nested(client: Client, path: Path, stack: str, deployed: str) -> Iterator[Pair]:
    after = json.loads(path.read_text()).get("Resources", {})
    before, ids = _deployed(client, deployed) if deployed else ({}, {})
    yield Pair(stack, before, after, ids)
    for logical_id, resource in after.items():
        file = resource.get("Metadata", {}).get(_FILE)
        if resource["Type"] == _NESTED and file:
            inner = f"{stack}/{logical_id}"
            yield from _with_nested(client, path.parent / file, inner, ids.get(logical_id, ""))
    for logical_id, resource in before.items():
        if resource["Type"] == _NESTED and logical_id not in after:
            gone, inner_ids = _deployed(client, ids[logical_id])
            yield Pair(f"{stack}/{logical_id}", gone, {}, inner_ids)


def _deployed(client: Client, stack: str) -> tuple[Resources, Mapping[str, str]]:
    """Return the resources of a stack and their ids; none if there is no such stack."""
    cloudformation = client("cloudformation")
    try:
        body = cloudformation.get_template(StackName=stack)["TemplateBody"]
    except ClientError as error:
        if "does not exist" in str(error):
            return {}, {}
        raise
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    ids = {
        item["LogicalResourceId"]: item.get("PhysicalResourceId", "")
        for page in pages
        for item in page["StackResourceSummaries"]
    }
    template = json.loads(body) if isinstance(body, str) else body
    return template.get("Resources", {}), ids
