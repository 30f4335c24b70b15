"""What is shown of the variants of an endpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cdk_automlv2.local.sagemaker.fleets import Fleet
from cdk_automlv2.local.sagemaker.state import Record

PRODUCTION, SHADOW = "ProductionVariants", "ShadowProductionVariants"


def summaries(fleet: Fleet, now: datetime, member: str = PRODUCTION) -> list[Record]:
    """Return what DescribeEndpoint shows of the production variants, or of the shadow."""
    return [
        {
            "VariantName": variant["VariantName"],
            "DeployedImages": [
                {"SpecifiedImage": image, "ResolvedImage": _resolved(image), "ResolutionTime": now}
                for image in fleet.images[variant["VariantName"]]
            ],
            **_size(variant),
        }
        for variant in fleet.config.get(member, [])
    ]


def pending(config: Record, now: datetime) -> Record:
    """Return what is shown of a configuration that an endpoint is on its way to."""
    shown = {
        member: [{"VariantName": item["VariantName"], **_size(item)} for item in config[member]]
        for member in (PRODUCTION, SHADOW)
        if member in config
    }
    return {"EndpointConfigName": config["EndpointConfigName"], **shown, "StartTime": now}


def captured(config: Record) -> dict[str, Any]:
    """Return what is shown of the data capture of a configuration, if it has one."""
    capture = config.get("DataCaptureConfig")
    if capture is None:
        return {}
    is_on = capture.get("EnableCapture", True)
    shown = {
        "EnableCapture": is_on,
        "CaptureStatus": "Started" if is_on else "Stopped",
        "CurrentSamplingPercentage": capture["InitialSamplingPercentage"],
    }
    passed = {key: capture[key] for key in ("DestinationS3Uri", "KmsKeyId") if key in capture}
    return {"DataCaptureConfig": {**shown, **passed}}


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


def reweighted(shown: list[Record], desired: list[Record]) -> list[Record]:
    """Return summaries with other weights and counts."""
    wanted = {item["VariantName"]: item for item in desired}
    return [item | _desired(wanted.get(item["VariantName"], {}), item) for item in shown]


def _desired(wanted: Record, shown: Record) -> Record:
    changed: Record = {}
    for kind in ("Weight", "InstanceCount"):
        if f"Desired{kind}" in wanted:
            value = wanted[f"Desired{kind}"]
            changed |= {f"Desired{kind}": value, f"Current{kind}": value}
    if "ServerlessUpdateConfig" in wanted:
        config = shown["CurrentServerlessConfig"] | wanted["ServerlessUpdateConfig"]
        changed |= {"DesiredServerlessConfig": config, "CurrentServerlessConfig": config}
    return changed
