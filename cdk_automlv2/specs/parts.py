"""The parts of an endpoint as its rules judge them: made of plain values, without the CDK."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_type_hints

from cdk_automlv2._core.annotations import check_of, deferred
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting.async_inference import AsyncInference
from cdk_automlv2.hosting.data_capture import DataCapture
from cdk_automlv2.hosting.deployment import Deployment
from cdk_automlv2.hosting.request_part import RequestPart
from cdk_automlv2.hosting.variants import InstanceVariant
from cdk_automlv2.release.model_registration import ModelRegistration, group_rule
from cdk_automlv2.specs.kinds import VARIANTS

PARTS: Mapping[str, type[RequestPart]] = {
    "async_inference": AsyncInference,
    "data_capture": DataCapture,
    "deployment": Deployment,
}
"""Options of an endpoint that are parts → their classes."""


@dataclass(frozen=True)
class ServedModel:
    """What rules ask of a model."""

    problem_config: Any
    processing_unit: str | None
    model_name: str = "the model of this file"
    has_vpc: bool = False
    is_isolated: bool = False


def listed(given: Any) -> list[Any]:
    """Return what may be one, or a list of several, or nothing, as a list."""
    return given if isinstance(given, list) else [] if given is None else [given]


def variant_options(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a variant, without what says which kind and whose model it is."""
    return {key: value for key, value in item.items() if key not in ("kind", "model_name")}


def named_parts(
    endpoint: Mapping[str, Any], model: ServedModel
) -> Iterator[tuple[str, RequestPart]]:
    """Yield the parts that a file gives an endpoint, each with its path below it."""
    for name, kind in PARTS.items():
        if name in endpoint:
            yield name, _unchecked(kind, endpoint[name])
    for index, item in enumerate(endpoint.get("variants") or ()):
        yield f"variants[{index}]", _variant(VARIANTS[item["kind"]], item, model)
    if "shadow_variant" in endpoint:
        yield "shadow_variant", _variant(InstanceVariant, endpoint["shadow_variant"], model)


def faults_of_parts(parts: Mapping[str, RequestPart], faulty: set[str]) -> Iterator[OptionFault]:
    """Yield what is wrong within parts.

    Args:
        parts: Parts by their path below the endpoint.
        faulty: Paths, below the endpoint, of what is wrong already.
    """
    for path, part in parts.items():
        within = {name.removeprefix(f"{path}.") for name in faulty if name.startswith(f"{path}.")}
        wrong = {name.partition(".")[0].partition("[")[0] for name in within}
        given = {item.name: getattr(part, item.name) for item in fields(part)}  # type: ignore[arg-type]
        words = list(words_faults(type(part), given))
        wrong |= {fault.path.partition("[")[0] for fault in words}
        for fault in [*words, *part.broken_rules(wrong)]:
            yield OptionFault(f"{path}.{fault.path}", fault.rule, fault.got, fault.fix)


def registration_faults(given: str | Mapping[str, Any]) -> Iterator[OptionFault]:
    """Yield what is wrong within ``register_in``, a group's name or more of it."""
    if isinstance(given, str):
        yield from (OptionFault("", one.rule, one.got, one.fix) for one in group_rule(given))
        return
    yield from words_faults(ModelRegistration, given)
    if "group" in given:
        yield from group_rule(given["group"])


def words_faults(kind: type, values: Mapping[str, Any]) -> Iterator[OptionFault]:
    """Yield what is none of the words that a field of a dataclass may have."""
    hints = get_type_hints(kind, localns=deferred(kind), include_extras=True)
    for name, value in values.items():
        if value is not None and "Literal" in repr(hints[name]):
            yield from check_of(hints[name]).faults(name, value)


def with_parts(endpoint: Mapping[str, Any], parts: Mapping[str, RequestPart]) -> dict[str, Any]:
    """Return an endpoint's options, with parts in the place of plain values."""
    variants = [part for path, part in parts.items() if path.startswith("variants[")]
    whole = {path: part for path, part in parts.items() if not path.startswith("variants[")}
    return {**endpoint, **whole, **({"variants": variants} if variants else {})}


def _variant(kind: Any, item: Mapping[str, Any], model: ServedModel) -> RequestPart:
    name = item.get("model_name")
    served = model if name is None else ServedModel(None, None, name)
    return _unchecked(kind, {**variant_options(item), "model": served})


def _unchecked(kind: Any, values: Mapping[str, Any]) -> RequestPart:
    """Return a part whose types the schema has checked; what is missing is unset."""
    missing = {item.name: None for item in fields(kind) if item.default is MISSING}
    made: RequestPart = kind.of_checked(**missing | dict(values))
    return made
