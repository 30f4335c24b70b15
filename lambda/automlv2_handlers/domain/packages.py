"""Model packages: what is registered of a candidate, and whether a package still says that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from automlv2_handlers.domain.names import digest

APPROVED: Final = "Approved"
DIGEST: Final = "containers"
"""Customer property of a version: the digest of its containers when it was registered."""

_SERVED: Final = ("Image", "ModelDataUrl")
_LOCATION: Final = ("S3Uri", "S3DataType", "CompressionType")
_METRICS: Final = (
    ("ModelInsights", "ModelQuality", "statistics.json"),
    ("Explainability", "Explainability", "analysis.json"),
)
"""Location of a report, the metrics that it belongs to, and its file."""


def containers_digest(containers: Sequence[Mapping[str, Any]]) -> str:
    """Return what identifies what containers run: images, artifacts, environments, in order."""
    served = [
        [
            *(str(item.get(key, "")) for key in _SERVED),
            dict(item.get("Environment") or {}),
            *_folders(item),
        ]
        for item in containers
    ]
    return digest(served)


def of_package(package: Mapping[str, Any]) -> str:
    """Return the digest of what a package holds by now."""
    return containers_digest(containers_of(package))


def is_of_group(arn: str, group: str) -> bool:
    """Whether that is the ARN of a version in a group; ARNs are in lower case."""
    return f":model-package/{group.lower()}/" in arn.lower()


def containers_of(package: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the containers of a package, as ``CreateModel`` takes them."""
    listed = (package.get("InferenceSpecification") or {}).get("Containers") or []
    kept = (*_SERVED, "Environment", "ContainerHostname")
    found = []
    for item in listed:
        container = {key: item[key] for key in kept if item.get(key)}
        for folder in _folders(item):
            container["ModelDataSource"] = {"S3DataSource": folder}
        found.append(container)
    return found


def _folders(container: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return where a container's artifacts lie, where they are no single archive."""
    source = (container.get("ModelDataSource") or {}).get("S3DataSource")
    if not source or container.get("ModelDataUrl"):
        return []
    return [{key: str(source[key]) for key in _LOCATION if source.get(key)}]


def request(
    registration: Mapping[str, Any],
    containers: Sequence[Mapping[str, Any]],
    candidate: Mapping[str, Any],
    properties: Mapping[str, str],
    token: str,
) -> dict[str, Any]:
    """Return what ``CreateModelPackage`` is asked for.

    Args:
        registration: Group, approval status and content types.
        containers: What is to be served.
        candidate: The ``AutoMLCandidate`` that they are of.
        properties: What else people and rules should read.
        token: The same for each try of one registration.
    """
    held = [
        {key: item[key] for key in (*_SERVED, "Environment") if item.get(key)}
        for item in containers
    ]
    return {
        "ModelPackageGroupName": registration["ModelPackageGroupName"],
        "ClientToken": token,
        "ModelApprovalStatus": registration["ModelApprovalStatus"],
        "ModelPackageDescription": f"candidate {candidate['CandidateName']}"[:1024],
        "InferenceSpecification": {
            "Containers": held,
            "SupportedContentTypes": list(registration["ContentTypes"]),
            "SupportedResponseMIMETypes": list(registration["ResponseTypes"]),
        },
        "CustomerMetadataProperties": {
            **_numbers(candidate),
            DIGEST: containers_digest(held),
            **properties,
        },
        **_metrics(candidate),
    }


def _numbers(candidate: Mapping[str, Any]) -> dict[str, str]:
    """Return the objective, which the registry's own metrics hold in files only."""
    metric = candidate.get("FinalAutoMLJobObjectiveMetric") or {}
    found = {"metric": metric.get("MetricName"), "value": metric.get("Value")}
    return {key: str(value) for key, value in found.items() if value is not None}


def _metrics(candidate: Mapping[str, Any]) -> dict[str, Any]:
    """Return where the candidate's reports lie."""
    properties = candidate.get("CandidateProperties") or {}
    locations = properties.get("CandidateArtifactLocations") or {}
    found = {
        kind: _source(kind, f"{locations[name].rstrip('/')}/{file}")
        for name, kind, file in _METRICS
        if locations.get(name)
    }
    return {"ModelMetrics": found} if found else {}


def _source(kind: str, uri: str) -> dict[str, Any]:
    member = "Report" if kind == "Explainability" else "Statistics"
    return {member: {"ContentType": "application/json", "S3Uri": uri}}
