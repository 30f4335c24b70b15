"""The JSON Schema of specs, made of the constructs' annotations, docstrings and limits.

It is shipped as ``automlv2.schema.json``, so that files are read without the CDK; a test says when
it has to be written anew. Draft 7, as editors want it.
"""

from __future__ import annotations

import inspect
import json
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import aws_cdk as cdk

from cdk_automlv2._core import service_model
from cdk_automlv2._core.annotations import deferred
from cdk_automlv2._core.common_rules import REMOVAL_POLICIES
from cdk_automlv2._core.options import Rule, limit_of
from cdk_automlv2.hosting.endpoint import AutoMLEndpoint
from cdk_automlv2.hosting.model import AutoMLModel
from cdk_automlv2.hosting.option_rules import ENDPOINT_RULES, MODEL_RULES
from cdk_automlv2.job.channels import API_PATHS, AutoMLDataChannel, LocalAutoMLDataChannel
from cdk_automlv2.job.job import AutoMLJobV2
from cdk_automlv2.job.option_rules import JOB_RULES
from cdk_automlv2.job.output import AutoMLOutput
from cdk_automlv2.limits import LIMITS, OWN_LIMITS, Limits
from cdk_automlv2.problem_configs import ProblemConfig
from cdk_automlv2.release.option_rules import RELEASE_RULES
from cdk_automlv2.release.release import AutoMLRelease
from cdk_automlv2.specs import lengths
from cdk_automlv2.specs.kinds import GATES, PROBLEMS
from cdk_automlv2.specs.schema_limits import limited, text

Schema = dict[str, Any]
Limit = Callable[[str], Any]


@dataclass(frozen=True)
class Section:
    """A construct whose options are a part of the file.

    Attributes:
        name: The part; the job's is the file itself.
        construct: The construct.
        rules: Its rules, which know limits.
        given: Options that the other parts stand for.
        code: Options that have no form in files yet.
        needed: Options that must be set in a file, besides those that the construct demands.
    """

    name: str
    construct: type
    rules: tuple[Rule, ...]
    given: frozenset[str] = frozenset()
    code: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


def _options(construct: type) -> Mapping[str, Any]:
    """Return the options of a construct, each with its default."""
    found = inspect.signature(inspect.unwrap(construct.__init__)).parameters  # type: ignore[misc]
    return {
        name: parameter.default
        for name, parameter in found.items()
        if name not in ("self", "scope", "id")
    }


JOB = Section("", AutoMLJobV2, JOB_RULES, frozenset({"problem_config", "inputs"}))
SECTIONS = (
    Section("model", AutoMLModel, MODEL_RULES, given=frozenset({"job"}), code=frozenset({"name"})),
    Section(
        "endpoint",
        AutoMLEndpoint,
        ENDPOINT_RULES,
        given=frozenset({"model"}),
        code=frozenset(
            {"async_inference", "data_capture", "deployment", "shadow_variant", "variants"}
        ),
        needed=frozenset({"instance_type"}),
    ),
    Section(
        "release",
        AutoMLRelease,
        RELEASE_RULES,
        given=frozenset(_options(AutoMLRelease)) - {"gates", "keep_history", "notify"},
        code=frozenset({"keep_history", "notify"}),
    ),
)


def schema() -> Schema:
    """Return the schema."""
    whole = _section(JOB)
    parts = {item.name: {"$ref": f"#/definitions/{item.name}"} for item in SECTIONS}
    sections = {item.name: _section(item) for item in SECTIONS}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A SageMaker AutoML V2 model",
        "description": _ABOUT,
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {"^x-": {"description": "Anything; for anchors."}},
        "required": ["problem_config", "inputs"],
        "properties": {
            "$schema": {"type": "string", "description": "This schema, for editors."},
            "problem_config": {"$ref": "#/definitions/problem_config"},
            "inputs": {"$ref": "#/definitions/inputs"},
            "limits": {"$ref": "#/definitions/limits"},
            **whole["properties"],
            **parts,
        },
        "definitions": {
            **_shared(),
            **{name: _problem(name, config) for name, config in PROBLEMS.items()},
            **{kind.__name__: _channel(kind) for kind in _CHANNELS},
            **{f"gate_{name}": _gate(gate) for name, gate in GATES.items()},
            **sections,
        },
        "if": {"required": ["release"]},
        "then": _of_release({"": whole, **sections}),
    }


def _of_release(parts: Mapping[str, Schema]) -> Schema:
    """Return what must hold where there is a release: it has an endpoint, and not every option."""
    known = {*_options(AutoMLRelease), "problem_config", "inputs"}

    def refused(name: str) -> Schema:
        return {
            option: False
            for option in parts[name]["properties"]
            # The policy of a release is that of its endpoint, and the gates are its own.
            if option not in known or (name == "model" and option in ("gates", "removal_policy"))
        }

    below = {name: {"properties": refused(name)} for name in ("model", "endpoint")}
    return {"required": ["endpoint"], "properties": {**refused(""), **below}}


def schema_json() -> str:
    """Return the schema as it is shipped."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


_ABOUT = (
    "One model: the job that trains it and, below model and endpoint, what serves it. Options have "
    "the names of the Python API (snake_case): those of AutoMLJobV2 at the top, of AutoMLModel and "
    "AutoMLEndpoint below. role, vpc_config and tags hold for model and endpoint too, unless they "
    "have their own."
)
_CHANNELS = (AutoMLDataChannel, LocalAutoMLDataChannel)


def _shared() -> Schema:
    channels: list[Schema] = [{"$ref": f"#/definitions/{kind.__name__}"} for kind in _CHANNELS]
    location = {**text(), "description": "s3://bucket/prefix, or a path relative to this file."}
    several = {"type": "array", "items": {"anyOf": channels}, "minItems": 1, "maxItems": 2}
    return {
        "kind": {"enum": list(PROBLEMS), "description": "The kind of problem."},
        "gate_kind": {"enum": list(GATES), "description": "The kind of gate."},
        "gate": _kinded("What a candidate must show before it serves.", "gate_kind", "gate_"),
        "duration": {
            "type": "string",
            "pattern": lengths.PATTERN,
            "examples": ["30 minutes", "12 hours"],
        },
        "removal_policy": {"enum": list(REMOVAL_POLICIES)},
        "limits": _limits_of_one(),
        "problem_config": _kinded("What to predict, and how.", "kind", ""),
        "inputs": {
            "description": "Where the data lies: one place, one channel, or a training and a "
            "validation channel.",
            "anyOf": [location, *channels, several],
        },
    }


def _limits_of_one() -> Schema:
    """Return what a file may say of its own limits: those of all are of the only one."""
    part = _object(Limits, get_type_hints(Limits), dict.fromkeys(LIMITS), lambda option: None)
    own = {name: item for name, item in part["properties"].items() if name in OWN_LIMITS}
    for item in own.values():
        item["minimum"] = 0
        item["description"] = item["description"].replace(", of all models together", "")
    about = "What a training of this model may take at most; synth fails where it may take more."
    return {**part, "description": about, "properties": own}


def _kinded(description: str, kinds: str, prefix: str) -> Schema:
    """Return a mapping whose ``kind`` says which of several it is."""
    names = list(PROBLEMS if kinds == "kind" else GATES)
    cases = [
        {
            "if": {"required": ["kind"], "properties": {"kind": {"const": name}}},
            "then": {"$ref": f"#/definitions/{prefix}{name}"},
        }
        for name in names
    ]
    return {
        "description": description,
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"$ref": f"#/definitions/{kinds}"}},
        "allOf": cases,
    }


def _gate(gate: Any) -> Schema:
    return _with_kind(_dataclass(gate, lambda option: None), "gate_kind")


def _with_kind(made: Schema, kinds: str) -> Schema:
    made["required"] = ["kind", *made["required"]]
    made["properties"] = {"kind": {"$ref": f"#/definitions/{kinds}"}, **made["properties"]}
    return made


def _problem(name: str, config: type[ProblemConfig]) -> Schema:
    def shape(option: str) -> Any:
        path = f"AutoMLProblemTypeConfig.{config.api_name}.{config.paths[option]}"
        find = service_model.spread_shape_at if "[*]" in path else service_model.shape_at
        return find("CreateAutoMLJobV2", path)

    return _with_kind(_dataclass(config, shape), "kind")


def _channel(kind: type) -> Schema:
    def shape(option: str) -> Any:
        path = API_PATHS.get(option)
        place = f"AutoMLJobInputDataConfig[].{path}"
        return None if path is None else service_model.shape_at("CreateAutoMLJobV2", place)

    made = _dataclass(kind, shape)
    # As for AutoMLDataChannel.from_bucket and fit: nearly all data is a prefix.
    for name in ("s3_data_type", "data_type"):
        if name in made["required"]:
            made["required"].remove(name)
            made["properties"][name]["default"] = "S3Prefix"
    return made


def _dataclass(kind: Any, shape: Limit) -> Schema:
    hints = get_type_hints(kind, localns=deferred(kind), include_extras=True)
    defaults = {item.name: item.default for item in fields(kind)}
    given = {name: hints[name] for name in defaults}
    unset = {name for name, default in defaults.items() if default is MISSING}
    return _object(kind, given, {name: defaults[name] for name in defaults.keys() - unset}, shape)


def _section(section: Section) -> Schema:
    function = inspect.unwrap(section.construct.__init__)  # type: ignore[misc]
    hints = get_type_hints(function, localns=deferred(function), include_extras=True)
    left = section.given | section.code
    found = {k: v for k, v in _options(section.construct).items() if k not in left}
    given = {name: hints[name] for name in found}
    defaults = {
        name: value
        for name, value in found.items()
        if value is not inspect.Parameter.empty and name not in section.needed
    }
    limits = dict(_limits(section.rules))
    return _object(section.construct, given, defaults, lambda option: limits.get(option))


def _limits(rules: Iterable[Rule]) -> Iterator[tuple[str, Any]]:
    yield "vpc_config", service_model.shape_at("CreateModel", "VpcConfig")
    for rule in rules:
        limit = limit_of(rule)
        if limit is not None:
            option, operation, path = limit
            yield option, service_model.shape_at(operation, path)


def _object(
    owner: Any, hints: Mapping[str, Any], defaults: Mapping[str, Any], shape: Limit
) -> Schema:
    words = descriptions(owner)
    properties: Schema = {}
    for name, hint in hints.items():
        part = part_of(hint)
        if part is None:
            continue
        part = limited(part, shape(name))
        if name in words:
            part["description"] = words[name]
        if defaults.get(name) is not None:
            part["default"] = defaults[name]
        properties[name] = part
    return {
        "type": "object",
        "description": (inspect.getdoc(owner) or "").partition("\n")[0],
        "additionalProperties": False,
        "required": [name for name in properties if name not in defaults],
        "properties": properties,
    }


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
        return _dataclass(kind, lambda option: None)
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


_INNER = (AutoMLOutput,)
"""Classes that ``specs/meaning.py`` makes of what a file holds."""

_SIMPLE: Mapping[Any, Callable[[], Schema]] = {
    str: text,
    int: lambda: {"type": "integer"},
    float: lambda: {"type": "number"},
    bool: lambda: {"type": "boolean"},
    cdk.Duration: lambda: {"$ref": "#/definitions/duration"},
    cdk.RemovalPolicy: lambda: {"$ref": "#/definitions/removal_policy"},
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
