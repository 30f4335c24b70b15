"""Variants and queues of an endpoint that was found, as options of a spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cdk_automlv2.specs.kinds import USUAL_VARIANT, VARIANTS
from cdk_automlv2.specs.parts import PARTS

Described = Mapping[str, Any]

_SERVERLESS: Final = "ServerlessConfig"
_WEIGHT: Final = "InitialVariantWeight"
_OF_ENDPOINT: Final = frozenset(
    {
        *("instance_type", "initial_instance_count", "volume_size"),
        *("model_data_download_timeout", "container_startup_health_check_timeout"),
    }
)
"""Options that an endpoint of one variant has itself."""

_ASYNC: Final = {
    "output": "OutputConfig.S3OutputPath",
    "failure": "OutputConfig.S3FailurePath",
    "kms_key": "OutputConfig.KmsKeyId",
    "success_topic": "OutputConfig.NotificationConfig.SuccessTopic",
    "error_topic": "OutputConfig.NotificationConfig.ErrorTopic",
    "include_inference_response_in": "OutputConfig.NotificationConfig.IncludeInferenceResponseIn",
    **PARTS["async_inference"].paths,
}
_GIVEN_BY: Final = frozenset(
    {"ModelName", "CapacityReservationConfig.CapacityReservationPreference"}
)
"""Members that follow from other options."""


def unknown(config: Described) -> Iterator[str]:
    """Yield the members of variants and queues that no option stands for."""
    for variant in config["ProductionVariants"]:
        known = {*VARIANTS[_kind(variant)].paths.values(), *_GIVEN_BY, _WEIGHT}
        yield from (path for path in _leaves(variant) if path not in known)
    queue = config.get("AsyncInferenceConfig") or {}
    yield from (path for path in _leaves(queue) if path not in _ASYNC.values())


def live(config: Described, endpoint: Described) -> list[dict[str, Any]]:
    """Return the variants of a configuration with the counts and weights that they have now."""
    now = {item["VariantName"]: item for item in endpoint.get("ProductionVariants") or ()}
    return [_as_now(dict(one), now.get(one["VariantName"], {})) for one in _variants(config)]


def _as_now(variant: dict[str, Any], now: Described) -> dict[str, Any]:
    if now.get("CurrentInstanceCount"):
        variant["InitialInstanceCount"] = now["CurrentInstanceCount"]
    if now.get("CurrentWeight") is not None:
        variant[_WEIGHT] = now["CurrentWeight"]
    concurrency = (now.get("CurrentServerlessConfig") or {}).get("ProvisionedConcurrency")
    if concurrency:
        variant[_SERVERLESS] = {**variant[_SERVERLESS], "ProvisionedConcurrency": concurrency}
    return variant


def options(variants: Sequence[Described], model_name: str, queue: Described) -> dict[str, Any]:
    """Return the options of what answers.

    Args:
        variants: As they are now.
        model_name: The model that becomes that of the file; others are served by their names.
        queue: AsyncInferenceConfig; empty without one.
    """
    made = [_variant(one, model_name, alone=len(variants) == 1) for one in variants]
    asynchronous = _read(_ASYNC, queue)
    answers: dict[str, Any] = {"async_inference": asynchronous} if asynchronous else {}
    [first, *_] = made
    if len(made) == 1 and first.keys() <= _OF_ENDPOINT | {"kind"} and first["kind"] == "instance":
        return {**{name: first[name] for name in first if name != "kind"}, **answers}
    return {"variants": made, **answers}


def _variant(variant: Described, model_name: str, *, alone: bool) -> dict[str, Any]:
    kind = _kind(variant)
    found = _read(VARIANTS[kind].paths, variant)
    if alone:
        # All of the traffic is its, whatever its weight; the usual name goes without saying.
        found.pop("initial_variant_weight", None)
        if found["variant_name"] == USUAL_VARIANT:
            del found["variant_name"]
    other = variant["ModelName"]
    named = {} if other == model_name else {"model_name": other}
    return {"kind": kind, **found, **named}


def _kind(variant: Described) -> str:
    return "serverless" if variant.get(_SERVERLESS) else "instance"


def _variants(config: Described) -> Sequence[Described]:
    found: Sequence[Described] = config["ProductionVariants"]
    return found


def _read(paths: Mapping[str, str], described: Described) -> dict[str, Any]:
    found = {name: _at(path, described) for name, path in paths.items()}
    return {name: value for name, value in found.items() if _is_set(value)}


def _is_set(value: Any) -> bool:
    """Whether a member says something; a weight of 0 does."""
    return value is not None and value is not False and value != []


def _at(path: str, described: Described) -> Any:
    value: Any = described
    for member in path.split("."):
        value = (value or {}).get(member)
    return value


def _leaves(described: Described, above: str = "") -> Iterator[str]:
    for name, value in described.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{name}.")
        elif _is_set(value):
            yield f"{above}{name}"
