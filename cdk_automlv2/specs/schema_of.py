"""Annotations, docstrings and limits of constructs and their parts as JSON Schema has them."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import aws_cdk as cdk
from aws_cdk import aws_sns as sns

from cdk_automlv2._core import service_model
from cdk_automlv2._core.annotations import deferred
from cdk_automlv2.hosting.async_inference import AsyncInference
from cdk_automlv2.hosting.data_capture import DataCapture
from cdk_automlv2.hosting.deployment import Deployment
from cdk_automlv2.hosting.request_part import RequestPart
from cdk_automlv2.hosting.variants import InstanceVariant
from cdk_automlv2.job.output import AutoMLOutput
from cdk_automlv2.specs.kinds import GATES
from cdk_automlv2.specs.schema_limits import limited, text

Schema = dict[str, Any]
REGISTER_IN: Mapping[str, Any] = {
    "anyOf": [{"$ref": f"#/definitions/{name}"} for name in ("group", "registration")]
}
"""A group's name, or how its versions are made."""

Limit = Callable[[str], Any]


def options_of(construct: type) -> Mapping[str, Any]:
    """Return the options of a construct, each with its default."""
    found = inspect.signature(inspect.unwrap(construct.__init__)).parameters  # type: ignore[misc]
    return {
        name: parameter.default
        for name, parameter in found.items()
        if name not in ("self", "scope", "id")
    }


def of_dataclass(kind: Any, shape: Limit) -> Schema:
    """Return the schema of a dataclass whose fields are options."""
    hints = get_type_hints(kind, localns=deferred(kind), include_extras=True)
    defaults = {item.name: item.default for item in fields(kind)}
    given = {name: hints[name] for name in defaults}
    unset = {name for name, default in defaults.items() if default is MISSING}
    return of_options(
        kind, given, {name: defaults[name] for name in defaults.keys() - unset}, shape
    )


def of_method(function: Any, *left_out: str, **instead: Schema) -> Schema:
    """Return the schema of a method's arguments.

    Args:
        function: The method.
        left_out: Arguments that have no form.
        instead: Forms of arguments that have another one than their annotation says, and of
            more of them.
    """
    found = inspect.unwrap(function)
    hints = get_type_hints(found, localns=deferred(found), include_extras=True)
    parameters = inspect.signature(found).parameters
    names = [name for name in parameters if name not in ("self", *left_out)]
    defaults = {
        name: parameters[name].default
        for name in names
        if parameters[name].default is not inspect.Parameter.empty
    }
    given = {name: hints[name] for name in names if name not in instead}
    made = of_options(found, given, defaults, lambda option: None)
    words = descriptions(found)
    for name, part in instead.items():
        about = words.get(name)
        made["properties"][name] = part if about is None else {"description": about, **part}
        if name in parameters and name not in defaults:
            made["required"].append(name)
    return made


def of_options(
    owner: Any, hints: Mapping[str, Any], defaults: Mapping[str, Any], shape: Limit
) -> Schema:
    """Return the schema of options, described by a docstring."""
    words = descriptions(owner)
    properties: Schema = {}
    for name, hint in hints.items():
        part = _by_name(name, hint) or part_of(hint)
        if part is None:
            continue
        part = limited(part, shape(name))
        if name in words:
            part["description"] = words[name]
        if defaults.get(name) not in (None, ()):
            part["default"] = defaults[name]
        properties[name] = part
    return {
        "type": "object",
        "description": (inspect.getdoc(owner) or "").partition("\n")[0],
        "additionalProperties": False,
        "required": [name for name in properties if name not in defaults],
        "properties": properties,
    }


def _by_name(name: str, hint: Any) -> Schema | None:
    """Return the form of what is shorter than other times, or has a kind where others have not."""
    if name == "latency" and cdk.Duration in get_args(hint):
        return {"$ref": "#/definitions/latency"}
    if name == "register_in":
        return dict(REGISTER_IN)
    if name == "variants":
        return {"type": "array", "items": {"$ref": "#/definitions/variant"}, "minItems": 1}
    return None


def part_of(kind: Any) -> Schema | None:
    """Return what a file may hold for an annotation; ``None`` if nothing, as for a construct."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return part_of(parts[0])
    if origin in (Union, types.UnionType):
        return _union(parts)
    if origin is Literal:
        return {"type": "string", "enum": list(parts)}
    if origin in (list, Sequence):
        item = part_of(parts[0])
        return None if item is None else {"type": "array", "items": item}
    if origin in (dict, Mapping):
        value = part_of(parts[1])
        return None if value is None else {"type": "object", "additionalProperties": value}
    if kind in _INNER:
        return of_dataclass(kind, request_shapes(kind))
    made = _SIMPLE.get(kind)
    return None if made is None else made()


def _union(kinds: Sequence[Any]) -> Schema | None:
    """Return the one form, or the several; a closed set of words is not any text too."""
    if any(get_origin(kind) is Literal for kind in kinds):
        kinds = [kind for kind in kinds if kind is not str]
    found: list[Schema] = []
    for part in map(part_of, kinds):
        if part is not None and part not in found:
            found.append(part)
    if not found:
        return None
    return found[0] if len(found) == 1 else {"anyOf": found}


def request_shapes(kind: Any) -> Limit:
    """Return what knows the limits of a part of a request, by the names of its fields."""
    if not issubclass(kind, RequestPart):
        return lambda option: None

    def shape(option: str) -> Any:
        path = kind.paths.get(option)
        if path is None:
            return None
        return service_model.shape_at(kind.operation, f"{kind.root}.{path}")

    return shape


_INNER = (AsyncInference, AutoMLOutput, DataCapture, Deployment)
"""Classes that are made of what a file holds."""

_SIMPLE: Mapping[Any, Callable[[], Schema]] = {
    str: text,
    int: lambda: {"type": "integer"},
    float: lambda: {"type": "number"},
    bool: lambda: {"type": "boolean"},
    cdk.Duration: lambda: {"$ref": "#/definitions/duration"},
    cdk.RemovalPolicy: lambda: {"$ref": "#/definitions/removal_policy"},
    sns.ITopic: lambda: {"$ref": "#/definitions/topic"},
    InstanceVariant: lambda: {"$ref": "#/definitions/shadow_variant"},
    **dict.fromkeys(GATES.values(), lambda: {"$ref": "#/definitions/gate"}),
}


def descriptions(owner: Any) -> dict[str, str]:
    """Return what a docstring says of each option."""
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in (inspect.getdoc(owner) or "").splitlines():
        if line in ("Args:", "Attributes:"):
            current = []
        elif line and not line.startswith(" "):
            current = None
        elif current is not None and line:
            name = re.match(r"    (\w+): (.*)", line)
            if name:
                current = found[name[1]] = [name[2]]
            else:
                current.append(line.strip())
    return {name: " ".join(lines).replace("``", "`") for name, lines in found.items()}
