"""What each role may do, from the templates that the tests compare with what the apps make."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sphinx.application import Sphinx

from .made import FOLDER, write_pages

TEMPLATES = FOLDER.parents[1] / "tests" / "snapshot" / "templates"
APPS = {
    "TumourDiagnosis": "A job, its model and an endpoint (`app.py`)",
    "Screening": "A release with gates and a schedule (`examples/release`)",
}
TITLES = {
    "AWS::Lambda::Function Role": "The function",
    "AWS::StepFunctions::StateMachine RoleArn": "The state machines",
    "AWS::Scheduler::Schedule Target.RoleArn": "The scheduler",
    "Custom::AutoMLJobV2 RoleArn": "The job",
    "Custom::AutoMLRelease Job.RoleArn": "The job",
    "Custom::AutoMLModel ExecutionRoleArn": "The model",
    "Custom::AutoMLRelease Model.ExecutionRoleArn": "The model",
}
"""Whose a role is, by the type and property of the resource that is given it."""

_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
_ELSEWHERE = (*_POLICIES, "AWS::Lambda::Permission")
_SHORT = {
    "${AWS::Partition}": "aws",
    "${AWS::Region}": "REGION",
    "${AWS::AccountId}": "ACCOUNT",
    "${AWS::StackId}": "STACK",
}
_SCOPE = re.compile(r"(?<=automl-)[a-z2-7]{7}(?=-)")
_HEAD = "| May | On | If |\n|---|---|---|"

Resources = Mapping[str, Any]


class RoleWithoutSectionError(Exception):
    """When a template has a role that no section is for."""


def text(templates: Mapping[str, Resources] | None = None) -> str:
    """Return the part of the page in Markdown.

    Args:
        templates: Resources of each app. Default: those of the saved templates.

    Raises:
        RoleWithoutSectionError: If it is not known whose a role is.
    """
    templates = templates or {name: _saved(name) for name in APPS}
    shown: set[tuple[str, str]] = set()
    return "\n".join(
        line for name, words in APPS.items() for line in _app(words, templates[name], shown)
    )


def _saved(name: str) -> Resources:
    found: Resources = json.loads((TEMPLATES / f"{name}.json").read_text())["Resources"]
    return found


def titles(resources: Resources) -> dict[str, str]:
    """Return whose each role of a template is.

    Raises:
        RoleWithoutSectionError: If that is not known.
    """
    found = {}
    for name, item in resources.items():
        for role, where in _roles_in(item.get("Properties", {})):
            title = TITLES.get(f"{item['Type']} {where}")
            if title:
                found[role] = title
            elif item["Type"] not in _ELSEWHERE and role in resources:
                raise RoleWithoutSectionError(f"{role}: {where} of {name} ({item['Type']})")
    roles = [name for name, item in resources.items() if item["Type"] == "AWS::IAM::Role"]
    for role in roles:
        if role not in found:
            raise RoleWithoutSectionError(f"{role}: nothing is given it")
    return {role: found[role] for role in roles}


def _roles_in(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield each role that a property is given, and the property's path."""
    match value:
        case {"Fn::GetAtt": [str(name), "Arn"]} if where.endswith(("Role", "RoleArn")):
            yield name, where
        case dict():
            for key, item in value.items():
                yield from _roles_in(item, f"{where}.{key}".lstrip("."))
        case list():
            for item in value:
                yield from _roles_in(item, where)


def _app(words: str, resources: Resources, shown: set[tuple[str, str]]) -> Iterator[str]:
    """Yield the sections of an app; of a role seen before, only what it may besides."""
    seen = {title for title, _ in shown}
    rows: dict[str, list[str]] = {}
    trusted: dict[str, str] = {}
    scope = _SCOPE.search(json.dumps(resources))
    for role, title in titles(resources).items():
        properties = resources[role]["Properties"]
        trusted[title] = _trusted(properties)
        for statement in _statements(role, properties, resources):
            row = _in_short(_row(statement), scope[0] if scope else "SCOPE")
            if (title, row) not in shown:
                shown.add((title, row))
                rows.setdefault(title, []).append(row)
    yield f"### {words}\n"
    for title, of_role in rows.items():
        yield f"#### {title}\n"
        more = " Besides the rights above:" if title in seen else ""
        yield f"Assumed by {trusted[title]}.{more}\n"
        yield "\n".join([_HEAD, *of_role, ""])


def _trusted(properties: Mapping[str, Any]) -> str:
    found = []
    for item in properties["AssumeRolePolicyDocument"]["Statement"]:
        only_if = _conditions(item.get("Condition", {}))
        found.append(f"`{_shown(item['Principal']['Service'])}`{only_if and f' if {only_if}'}")
    return _in_short(" or ".join(found))


def _statements(
    role: str, properties: Mapping[str, Any], resources: Resources
) -> Iterator[Mapping[str, Any]]:
    for inline in properties.get("Policies", ()):
        yield from inline["PolicyDocument"]["Statement"]
    for item in resources.values():
        if item["Type"] in _POLICIES and {"Ref": role} in item["Properties"].get("Roles", ()):
            yield from item["Properties"]["PolicyDocument"]["Statement"]


def _row(statement: Mapping[str, Any]) -> str:
    cells = (statement["Action"], statement["Resource"])
    may, on = ("<br>".join(f"`{_shown(item)}`" for item in _list(cell)) for cell in cells)
    not_ = "" if statement["Effect"] == "Allow" else "**not** "
    return f"| {not_}{may} | {on} | {_conditions(statement.get('Condition', {}))} |"


def _in_short(row: str, scope: str = "SCOPE") -> str:
    for long, short in {**_SHORT, scope: "SCOPE"}.items():
        row = row.replace(long, short)
    return row


def _conditions(of: Mapping[str, Mapping[str, Any]]) -> str:
    return " and<br>".join(
        f"`{key}` {operator} {', '.join(f'`{_shown(value)}`' for value in _list(values))}"
        for operator, keys in of.items()
        for key, values in keys.items()
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _shown(value: Any) -> str:
    """Return a value of a template as `Fn::Sub` would have it."""
    match value:
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": str(inner)}:
            return inner
        case {"Fn::Join": [between, parts]}:
            return str(between).join(_shown(part) for part in parts)
        case str():
            return value
    raise TypeError(f"how is this shown: {value}")


def _make(app: Sphinx) -> None:
    write_pages("parts", {"rights.inc": text()})


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("builder-inited", _make)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
