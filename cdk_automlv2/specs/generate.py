"""The JSON Schema of specs, made of the constructs' annotations, docstrings and limits.

It is shipped as ``automlv2.schema.json``, so that files are read without the CDK; a test says when
it has to be written anew. Draft 7, as editors want it.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from cdk_automlv2._core import service_model
from cdk_automlv2._core.annotations import deferred
from cdk_automlv2._core.common_rules import REMOVAL_POLICIES
from cdk_automlv2._core.options import Rule, limit_of
from cdk_automlv2.batch.rules import RULES as BATCH_RULES
from cdk_automlv2.batch.transform import AutoMLBatchTransform
from cdk_automlv2.hosting.endpoint import AutoMLEndpoint
from cdk_automlv2.hosting.model import AutoMLModel
from cdk_automlv2.hosting.option_rules import ENDPOINT_RULES, MODEL_RULES
from cdk_automlv2.job.channels import API_PATHS, AutoMLDataChannel, LocalAutoMLDataChannel
from cdk_automlv2.job.job import AutoMLJobV2
from cdk_automlv2.job.option_rules import JOB_RULES
from cdk_automlv2.limits import LIMITS, OWN_LIMITS, Limits
from cdk_automlv2.problem_configs import ProblemConfig
from cdk_automlv2.release.option_rules import RELEASE_RULES
from cdk_automlv2.release.release import AutoMLRelease
from cdk_automlv2.specs import generate_parts, lengths
from cdk_automlv2.specs.generate_parts import kinded, with_kind
from cdk_automlv2.specs.kinds import GATES, PROBLEMS, SCALING
from cdk_automlv2.specs.schema_limits import text
from cdk_automlv2.specs.schema_of import Schema, of_dataclass, of_options, options_of


@dataclass(frozen=True)
class Section:
    """A construct whose options are a part of the file.

    Attributes:
        name: The part; the job's is the file itself.
        construct: The construct.
        rules: Its rules, which know limits.
        given: Options that the other parts stand for.
        code: Options that have no form in files, each with the reason.
    """

    name: str
    construct: type
    rules: tuple[Rule, ...]
    given: frozenset[str] = frozenset()
    code: Mapping[str, str] = field(default_factory=dict)


JOB = Section("", AutoMLJobV2, JOB_RULES, frozenset({"problem_config", "inputs"}))
SECTIONS = (
    Section(
        "model",
        AutoMLModel,
        MODEL_RULES,
        given=frozenset({"job"}),
        code={"name": "the same as model_name"},
    ),
    Section(
        "endpoint",
        AutoMLEndpoint,
        ENDPOINT_RULES,
        given=frozenset({"model"}),
    ),
    Section(
        "batch_transform",
        AutoMLBatchTransform,
        BATCH_RULES,
        given=frozenset({"model", "job", "release"}),
        code={"candidate_name": "that of the model of the file"},
    ),
    Section(
        "release",
        AutoMLRelease,
        RELEASE_RULES,
        given=frozenset(options_of(AutoMLRelease)) - {"gates", "keep_history", "notify"},
    ),
)


def schema() -> Schema:
    """Return the schema."""
    whole = _section(JOB)
    parts = {item.name: {"$ref": f"#/definitions/{item.name}"} for item in SECTIONS}
    sections = {item.name: _section(item) for item in SECTIONS}
    sections["endpoint"]["properties"] |= generate_parts.of_endpoint()
    sections["endpoint"]["anyOf"] = [{"required": ["instance_type"]}, {"required": ["variants"]}]
    sections["batch_transform"]["properties"] |= generate_parts.of_batch_transform()
    sections["release"]["properties"] |= generate_parts.of_release()
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
            **generate_parts.definitions(),
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
    known = {*options_of(AutoMLRelease), "problem_config", "inputs", "alarms"}

    def refused(name: str) -> Schema:
        return {
            option: False
            for option in parts[name]["properties"]
            # The policy of a release is that of its endpoint, and the gates are its own.
            if option not in (*known, "alarms", *SCALING)
            or (name == "model" and option in ("gates", "removal_policy"))
        }

    below = {name: {"properties": refused(name)} for name in ("model", "endpoint")}
    # What serves is there once the release has ended, which no deployment waits for.
    below["batch_transform"] = {"properties": {"run_on_deploy": {"enum": [False]}}}
    return {"required": ["endpoint"], "properties": {**refused(""), **below}}


def schema_json() -> str:
    """Return the schema as it is shipped."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


_ABOUT = (
    "One model: the job that trains it and, below model and endpoint, what serves it. Options have "
    "the names of the Python API (snake_case): those of AutoMLJobV2 at the top, of AutoMLModel, "
    "AutoMLEndpoint and AutoMLBatchTransform below. role, vpc_config and tags hold for these too, "
    "unless they have their own."
)
_CHANNELS = (AutoMLDataChannel, LocalAutoMLDataChannel)


def _shared() -> Schema:
    channels: list[Schema] = [{"$ref": f"#/definitions/{kind.__name__}"} for kind in _CHANNELS]
    location = {**text(), "description": "s3://bucket/prefix, or a path relative to this file."}
    several = {"type": "array", "items": {"anyOf": channels}, "minItems": 1, "maxItems": 2}
    return {
        "kind": {"enum": list(PROBLEMS), "description": "The kind of problem."},
        "gate_kind": {"enum": list(GATES), "description": "The kind of gate."},
        "gate": kinded(
            "What a candidate must show before it serves.", "gate_kind", "gate_", list(GATES)
        ),
        "duration": {
            "type": "string",
            "pattern": lengths.PATTERN,
            "examples": ["30 minutes", "12 hours"],
        },
        "removal_policy": {"enum": list(REMOVAL_POLICIES)},
        "limits": _limits_of_one(),
        "problem_config": kinded("What to predict, and how.", "kind", "", list(PROBLEMS)),
        "inputs": {
            "description": "Where the data lies: one place, one channel, or a training and a "
            "validation channel.",
            "anyOf": [location, *channels, several],
        },
    }


def _limits_of_one() -> Schema:
    """Return what a file may say of its own limits: those of all are of the only one."""
    part = of_options(Limits, get_type_hints(Limits), dict.fromkeys(LIMITS), lambda option: None)
    own = {name: item for name, item in part["properties"].items() if name in OWN_LIMITS}
    for item in own.values():
        item["minimum"] = 0
        item["description"] = item["description"].replace(", of all models together", "")
    about = "What a training of this model may take at most; synth fails where it may take more."
    return {**part, "description": about, "properties": own}


def _gate(gate: Any) -> Schema:
    return with_kind(of_dataclass(gate, lambda option: None), "gate_kind")


def _problem(name: str, config: type[ProblemConfig]) -> Schema:
    def shape(option: str) -> Any:
        path = f"AutoMLProblemTypeConfig.{config.api_name}.{config.paths[option]}"
        find = service_model.spread_shape_at if "[*]" in path else service_model.shape_at
        return find("CreateAutoMLJobV2", path)

    return with_kind(of_dataclass(config, shape), "kind")


def _channel(kind: type) -> Schema:
    def shape(option: str) -> Any:
        path = API_PATHS.get(option)
        place = f"AutoMLJobInputDataConfig[].{path}"
        return None if path is None else service_model.shape_at("CreateAutoMLJobV2", place)

    made = of_dataclass(kind, shape)
    # As for AutoMLDataChannel.from_bucket and fit: nearly all data is a prefix.
    for name in ("s3_data_type", "data_type"):
        if name in made["required"]:
            made["required"].remove(name)
            made["properties"][name]["default"] = "S3Prefix"
    return made


def _section(section: Section) -> Schema:
    function = inspect.unwrap(section.construct.__init__)  # type: ignore[misc]
    hints = get_type_hints(function, localns=deferred(function), include_extras=True)
    left = section.given | section.code.keys()
    found = {k: v for k, v in options_of(section.construct).items() if k not in left}
    given = {name: hints[name] for name in found}
    defaults = {
        name: value for name, value in found.items() if value is not inspect.Parameter.empty
    }
    limits = dict(_limits(section.rules))
    return of_options(section.construct, given, defaults, lambda option: limits.get(option))


def _limits(rules: Iterable[Rule]) -> Iterator[tuple[str, Any]]:
    yield "vpc_config", service_model.shape_at("CreateModel", "VpcConfig")
    for rule in rules:
        limit = limit_of(rule)
        if limit is not None:
            option, operation, path = limit
            yield option, service_model.shape_at(operation, path)
