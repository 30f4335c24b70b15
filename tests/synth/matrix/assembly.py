"""A synthesized app: its templates, where they stand, and the order they are deployed in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import cx_api

Template = dict[str, Any]


@dataclass(frozen=True)
class Synthesized:
    """A top-level stack.

    Attributes:
        name: Its name.
        template: Its template.
        folder: Where the templates of its nested stacks lie.
    """

    name: str
    template: Template = field(repr=False)
    folder: Path


def synthesize(app: cdk.App) -> list[Synthesized]:
    """Return the stacks of an app, its stages included, in the order of their dependencies."""
    return list(_stacks(app.synth()))


def _stacks(assembly: cx_api.CloudAssembly) -> Iterator[Synthesized]:
    # The stacks of an assembly are in the order of their dependencies.
    for artifact in assembly.stacks:
        yield Synthesized(artifact.stack_name, artifact.template, Path(assembly.directory))
    for nested in assembly.nested_assemblies:
        yield from _stacks(nested.nested_assembly)


def files(stacks: list[Synthesized]) -> dict[str, str]:
    """Return the text of every template, nested ones included, by its place."""
    folders = {stack.folder for stack in stacks}
    return {
        str(path.relative_to(folder)): path.read_text()
        for folder in folders
        for path in folder.rglob("*.template.json")
    }


_NAMES = ("RoleName", "StateMachineName", "NameScope", "Folder", "Name")


def names_in(templates: dict[str, str]) -> set[str]:
    """Return every name in templates that is made at synth."""
    found = set()
    for text in templates.values():
        for resource in json.loads(text).get("Resources", {}).values():
            properties = resource.get("Properties", {})
            found |= {json.dumps(properties[key]) for key in _NAMES if key in properties}
    return found
