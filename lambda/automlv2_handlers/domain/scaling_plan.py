"""What the properties of an endpoint say of its scaling, in the terms of Application Auto Scaling.

Each entry of ``Scaling`` is one scalable target: its variant, dimension and capacities, and its
``Policies`` and ``Schedules`` as the API has them. Where a metric's dimension is the endpoint's
name, the value is left out in the template, which cannot refer to it yet, and put in here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from automlv2_handlers.domain.names import digest

SCALING: Final = "Scaling"
"""Property of an endpoint."""

NAMESPACE: Final = "sagemaker"
COUNT: Final = "sagemaker:variant:DesiredInstanceCount"
PREFIX: Final = "cdk-automlv2-"
"""Of the names of policies and scheduled actions; what others have added is left alone."""

_VARIANTS: Final = ("ProductionVariants", "ShadowProductionVariants")
_HARDWARE: Final = ("InstanceType", "InstancePools")


@dataclass(frozen=True, slots=True)
class Place:
    """Which number is scaled.

    Attributes:
        endpoint: The endpoint's name.
        variant: The variant's.
        dimension: Such as ``sagemaker:variant:DesiredInstanceCount``.
    """

    endpoint: str
    variant: str
    dimension: str

    @property
    def resource_id(self) -> str:
        """Return what the service calls the variant."""
        return resource_id(self.endpoint, self.variant)

    @property
    def request(self) -> dict[str, str]:
        """Return the members that name it in every call."""
        return {
            "ServiceNamespace": NAMESPACE,
            "ResourceId": self.resource_id,
            "ScalableDimension": self.dimension,
        }


def is_meant(properties: Mapping[str, Any]) -> bool:
    """Whether properties say anything of scaling."""
    return bool(properties.get(SCALING))


def wanted(properties: Mapping[str, Any], endpoint: str) -> dict[Place, dict[str, Any]]:
    """Return what is scaled, and how."""
    return {
        Place(endpoint, item["VariantName"], item["ScalableDimension"]): dict(item)
        for item in properties.get(SCALING) or []
    }


def keeps_counts(properties: Mapping[str, Any]) -> bool:
    """Whether the number of instances of a variant is left to scaling."""
    return bool(scaled_counts(properties))


def scaled_counts(properties: Mapping[str, Any]) -> set[str]:
    """Return the variants whose number of instances is left to scaling."""
    return {place.variant for place in wanted(properties, "") if place.dimension == COUNT}


def unused_counts(properties: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """Return words for counts that a template has changed and that scaling decides; or none."""
    scaled = scaled_counts(properties)
    old, new = _counts(before), _counts(properties)
    names = sorted(name for name in scaled & old.keys() & new.keys() if old[name] != new[name])
    if not names:
        return ""
    return (
        f"the live number of instances of {', '.join(names)} was kept, as it is scaled: "
        "initial_instance_count is used only when an endpoint is created"
    )


def policies(plan: Mapping[str, Any], place: Place) -> Iterator[dict[str, Any]]:
    """Yield the policies of one target, with the endpoint's name where metrics want it."""
    for policy in plan.get("Policies") or []:
        named: dict[str, Any] = _named(policy, place.endpoint)
        yield named


def resource_id(endpoint: str, variant: str) -> str:
    """Return what Application Auto Scaling calls a variant."""
    return f"endpoint/{endpoint}/variant/{variant}"


def variant_of(resource: str) -> str:
    """Return the variant of such an id."""
    return resource.rpartition("/")[2]


def variant_names(*configs: Mapping[str, Any]) -> set[str]:
    """Return the names of all variants that endpoints or configurations show."""
    return set(_hardware(*configs))


def blocking(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """Return the variants whose scaling SageMaker wants to be ended before the endpoint moves.

    Those that go, and those whose instances become others. Of a configuration that is not there
    any more nothing is known, so that all of them count.
    """
    old, new = _hardware(before), _hardware(after)
    return {name for name in (old or new) if not old or old[name] != new.get(name)}


def made_of(plan: Mapping[str, Any], endpoint: str) -> str:
    """Return what stands for one target as a whole."""
    return digest(endpoint, plan)


def _hardware(*configs: Mapping[str, Any]) -> dict[str, str]:
    return {
        item["VariantName"]: digest([item.get(key) for key in _HARDWARE])
        for config in configs
        for member in _VARIANTS
        for item in config.get(member) or []
    }


def _counts(config: Mapping[str, Any]) -> dict[str, str]:
    return {
        item["VariantName"]: str(item.get("InitialInstanceCount"))
        for item in config.get("ProductionVariants") or []
    }


def _named(value: Any, endpoint: str) -> Any:
    match value:
        case {"Name": "EndpointName"}:
            return {**value, "Value": endpoint}
        case dict():
            return {key: _named(item, endpoint) for key, item in value.items()}
        case list():
            return [_named(item, endpoint) for item in value]
    return value
