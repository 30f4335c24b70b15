"""The schema of what stands below ``endpoint`` and ``release``: variants, alarms, retraining."""

from __future__ import annotations

import inspect
from typing import Any

from cdk_automlv2.batch.transform import AutoMLBatchTransform
from cdk_automlv2.hosting.endpoint import AutoMLEndpoint
from cdk_automlv2.hosting.scaling import ScalableInstanceCount, ScalableProvisionedConcurrency
from cdk_automlv2.release.model_registration import ModelRegistration
from cdk_automlv2.release.release import AutoMLRelease
from cdk_automlv2.specs import lengths
from cdk_automlv2.specs.kinds import RETRAINING, RUNNING, SCALING, STOPPING, VARIANTS
from cdk_automlv2.specs.schema_of import (
    REGISTER_IN,
    Schema,
    of_dataclass,
    of_method,
    request_shapes,
)

_NAME = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
_TOPIC = r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]{1,256}$"


def definitions() -> Schema:
    """Return the definitions."""
    triggers = {name: getattr(AutoMLRelease, method) for name, method in RETRAINING.items()}
    return {
        "topic": _formed("the ARN of an SNS topic", _TOPIC),
        "bucket": _formed("the name of a bucket", "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"),
        "model_name": _formed("the name of a model", f"^{_NAME}$"),
        "group": _formed("the name of a model package group", f"^{_NAME}$"),
        "registration": _registration(),
        "latency": {
            "type": "string",
            "pattern": lengths.SHORT_PATTERN,
            "examples": ["200 milliseconds", "2 seconds"],
        },
        "variant_kind": {"enum": list(VARIANTS), "description": "The kind of variant."},
        "variant": _kinded("A model behind the endpoint.", "variant_kind", "variant_"),
        **{
            f"variant_{name}": with_kind(_variant(kind), "variant_kind")
            for name, kind in VARIANTS.items()
        },
        "shadow_variant": _variant(VARIANTS["instance"]),
        "alarms": _alarms(),
        **{name: _scaling(name) for name in SCALING},
        "run_on_schedule": _timed(AutoMLBatchTransform.run_on_schedule),
        **{name: _timed(getattr(AutoMLEndpoint, name)) for name in STOPPING},
        "run_on_new_objects": of_method(AutoMLBatchTransform.run_on_new_objects, bucket=_BUCKET),
        "retraining_kind": {"enum": list(triggers), "description": "What trains again."},
        "retraining": _kinded("What trains again.", "retraining_kind", "retraining_"),
        **{
            f"retraining_{name}": with_kind(_trigger(name, method), "retraining_kind")
            for name, method in triggers.items()
        },
    }


def of_endpoint() -> Schema:
    """Return what an endpoint has in files beside the options of its construct."""
    methods = (*SCALING, *STOPPING)
    further = {name: _one_or_several(name, getattr(AutoMLEndpoint, name)) for name in methods}
    return {"alarms": {"$ref": "#/definitions/alarms"}, **further}


def of_batch_transform() -> Schema:
    """Return what a batch transform has in files beside the options of its construct."""
    return {name: _one_or_several(name, getattr(AutoMLBatchTransform, name)) for name in RUNNING}


def of_release() -> Schema:
    """Return what a release has in files beside the options of its construct."""
    about = "Model package group, or how its versions are made: of what has passed the gates."
    return {
        "register_in": {"description": about, **REGISTER_IN},
        "retraining": {
            "description": "What trains the model again: schedules, new data, alarms.",
            "type": "array",
            "items": {"$ref": "#/definitions/retraining"},
        },
    }


def _registration() -> Schema:
    made = of_dataclass(ModelRegistration, lambda option: None)
    group = {"description": "Model package group.", "allOf": [{"$ref": "#/definitions/group"}]}
    made["properties"]["group"] = group
    return made


def _variant(kind: Any) -> Schema:
    made = of_dataclass(kind, request_shapes(kind))
    about = "A model that exists already, by its name. Default: the model of this file."
    made["properties"]["model_name"] = {
        "description": about,
        "allOf": [{"$ref": "#/definitions/model_name"}],
    }
    return made


def _formed(title: str, pattern: str) -> Schema:
    return {"type": "string", "title": title, "description": title, "pattern": pattern}


def _alarms() -> Schema:
    topics = {
        "type": "array",
        "items": {"$ref": "#/definitions/topic"},
        "description": "Topics that are told when an alarm rings, and when it is over.",
    }
    made = of_method(AutoMLEndpoint.add_alarms, "actions", notify=topics)
    return made | {"description": "The alarms that suit the endpoint."}


_SCALED: dict[str, type] = {
    "auto_scale_instance_count": ScalableInstanceCount,
    "auto_scale_provisioned_concurrency": ScalableProvisionedConcurrency,
}


def _scaling(name: str) -> Schema:
    """Return what scales a variant, with the ways to scale it as options."""
    ways = {way: _way(way, getattr(_SCALED[name], way)) for way in SCALING[name][1]}
    method = getattr(AutoMLEndpoint, name)
    return of_method(method, **ways) | {"description": _first_line(method)}


def _way(name: str, method: Any) -> Schema:
    if name != "scale_on_schedule":
        return of_method(method) | {"description": _first_line(method)}
    return {
        "type": "array",
        "items": _timed(method),
        "minItems": 1,
        "description": _first_line(method),
    }


def _timed(method: Any) -> Schema:
    """Return the arguments of a method that takes a schedule."""
    return of_method(method, **_SCHEDULE) | {"description": _first_line(method)}


def _one_or_several(name: str, method: Any) -> Schema:
    one = {"$ref": f"#/definitions/{name}"}
    several = {"type": "array", "items": one, "minItems": 1}
    return {"description": f"{_first_line(method)} Or a list of such.", "anyOf": [one, several]}


def _first_line(method: Any) -> str:
    return (inspect.getdoc(method) or "").partition("\n")[0]


_BUCKET: Schema = {"allOf": [{"$ref": "#/definitions/bucket"}]}
_SCHEDULE: dict[str, Schema] = {
    "schedule": {"type": "string", "examples": ["cron(0 3 ? * SUN *)", "rate(7 days)"]},
    "time_zone": {
        "type": "string",
        "description": "Time zone of the schedule, such as Europe/Berlin. Default: UTC.",
    },
}


def _trigger(name: str, method: Any) -> Schema:
    instead: dict[str, Schema] = {
        "schedule": _SCHEDULE,
        "new_data": {"bucket": _BUCKET},
        "alarm": {"alarm": {"type": "string", "minLength": 1, "maxLength": 2048}},
    }
    made = of_method(method, **instead[name])
    return made | {"description": _first_line(method)}


def with_kind(made: Schema, kinds: str) -> Schema:
    """Return the schema of one kind of several."""
    made["required"] = ["kind", *made["required"]]
    made["properties"] = {"kind": {"$ref": f"#/definitions/{kinds}"}, **made["properties"]}
    return made


def kinded(description: str, kinds: str, prefix: str, names: list[str]) -> Schema:
    """Return a mapping whose ``kind`` says which of several it is."""
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


def _kinded(description: str, kinds: str, prefix: str) -> Schema:
    names = list(VARIANTS if kinds == "variant_kind" else RETRAINING)
    return kinded(description, kinds, prefix, names)
