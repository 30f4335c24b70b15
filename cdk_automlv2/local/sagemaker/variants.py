"""The variants of an endpoint: their models ready to answer, and what is shown of them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.hosting import HostedModel
from cdk_automlv2.local.sagemaker.hosting_rules import containers_of
from cdk_automlv2.local.sagemaker.state import MODEL, Record, State


@dataclass(frozen=True)
class Fleet:
    """What serves an endpoint.

    Attributes:
        config: The endpoint's configuration.
        models: By the variant's name.
        images: Images of the variant's model, in order.
        weights: Part of the traffic that each variant gets, in proportion to all.
    """

    config: Record
    models: Mapping[str, HostedModel]
    images: Mapping[str, list[str]]
    weights: Mapping[str, float]

    def weighted(self, weights: Mapping[str, float]) -> Fleet:
        """Return the fleet with other weights."""
        return replace(self, weights=weights)

    def variant_for(self, target: str | None) -> str:
        """Return the variant that is asked for, or one by weight.

        Raises:
            ServiceError: ``ValidationError`` if there is no such variant.
        """
        if target is None:
            names = list(self.weights)
            # All of them zero: the traffic is shared alike.
            weights = list(self.weights.values()) if any(self.weights.values()) else None
            return random.choices(names, weights)[0]
        if target not in self.models:
            raise ServiceError("ValidationError", f"Variant {target} not found for Request.")
        return target


def load(state: State, caller: Caller, config_arn: str) -> tuple[Fleet | None, str]:
    """Fetch the models that a configuration names, each with its own role; or say why not."""
    try:
        with state.lock:
            config = state.configs[config_arn]
            listed = config["ProductionVariants"]
            models = {
                variant["VariantName"]: state.models[caller.arn(MODEL.name, variant["ModelName"])]
                for variant in listed
            }
        key = config.get("KmsKeyId", "")
        hosted = {name: _fetch(state, caller, model, key) for name, model in models.items()}
    except Exception as error:
        return None, f"The model could not be loaded: {error}"[:1024]
    images = {
        name: [container.get("Image", "") for container in containers_of(model)]
        for name, model in models.items()
    }
    weights = {item["VariantName"]: item.get("InitialVariantWeight", 1.0) for item in listed}
    return Fleet(config, hosted, images, weights), ""


def _fetch(state: State, caller: Caller, model: Record, key: str) -> HostedModel:
    if key:
        state.iam.require_grant(model["ExecutionRoleArn"], caller.region, key)
    s3 = state.iam.role_s3(model["ExecutionRoleArn"], caller.region)
    return HostedModel.fetch(containers_of(model), s3)


def summaries(fleet: Fleet, now: datetime) -> list[Record]:
    """Return what DescribeEndpoint shows of the variants."""
    return [
        {
            "VariantName": variant["VariantName"],
            "DeployedImages": [
                {"SpecifiedImage": image, "ResolvedImage": _resolved(image), "ResolutionTime": now}
                for image in fleet.images[variant["VariantName"]]
            ],
            **_size(variant),
        }
        for variant in fleet.config["ProductionVariants"]
    ]


def pending(config: Record, now: datetime) -> Record:
    """Return what is shown of a configuration that an endpoint is on its way to."""
    shown = [
        {"VariantName": item["VariantName"], **_size(item)} for item in config["ProductionVariants"]
    ]
    name = config["EndpointConfigName"]
    return {"EndpointConfigName": name, "ProductionVariants": shown, "StartTime": now}


def _size(variant: Record) -> Record:
    weight = variant.get("InitialVariantWeight", 1.0)
    shown = {"CurrentWeight": weight, "DesiredWeight": weight}
    if "ServerlessConfig" in variant:
        config = variant["ServerlessConfig"]
        return {**shown, "CurrentServerlessConfig": config, "DesiredServerlessConfig": config}
    count = variant.get("InitialInstanceCount", 1)
    shown |= {"CurrentInstanceCount": count, "DesiredInstanceCount": count}
    passed = ("RoutingConfig", "ManagedInstanceScaling")
    return {**shown, **{key: variant[key] for key in passed if key in variant}}


def _resolved(image: str) -> str:
    """Return an image by digest, as the service resolves a tag."""
    name = image.partition("@")[0]
    repository = name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
    return f"{repository}@sha256:{hashlib.sha256(image.encode()).hexdigest()}"


_RETAINED = {
    "DesiredWeight": ("CurrentWeight", "DesiredWeight"),
    "DesiredInstanceCount": ("CurrentInstanceCount", "DesiredInstanceCount"),
}


def retained(new: list[Record], old: list[Record], excluded: Sequence[str]) -> list[Record]:
    """Return new summaries that keep weights and counts of variants of the same name."""
    kept = [name for kind, names in _RETAINED.items() if kind not in excluded for name in names]
    before = {item["VariantName"]: item for item in old}
    return [
        item
        | {
            name: before[item["VariantName"]][name]
            for name in kept
            if name in item and name in before.get(item["VariantName"], {})
        }
        for item in new
    ]
