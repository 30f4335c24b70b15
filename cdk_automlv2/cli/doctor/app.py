"""What a synthesized app will ask of the account."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cdk_automlv2.cli.plan.templates import manifest_of, synthesized

_JOBS: Final = ("Custom::AutoMLJobV2", "Custom::AutoMLRelease")
_BOOTSTRAP: Final = "BootstrapVersion"
_FILE: Final = "aws:asset:path"
USUAL_PARAMETER: Final = "/cdk-bootstrap/hnb659fds/version"


@dataclass
class Needs:
    """What an app needs.

    Attributes:
        jobs: How many jobs it starts.
        instances: How many instances its endpoints take, by type.
        inputs: Locations of data that are written in the templates.
        bootstrap: Parameters that hold the version of the bootstrap stack.
        cdk: The oldest version of the CDK CLI that can deploy it; empty if that is not said.
    """

    jobs: int = 0
    instances: Counter[str] = field(default_factory=Counter)
    inputs: list[str] = field(default_factory=list)
    bootstrap: set[str] = field(default_factory=set)
    cdk: str = ""


def needs_of(folder: Path) -> Needs:
    """Return what the app needs that was synthesized to a folder.

    Raises:
        ClickException: If there is none.
    """
    found = Needs(cdk=str(manifest_of(folder).get("minimumCliVersion") or ""))
    for _, path in synthesized(folder):
        _add(found, path)
    return found


def _add(found: Needs, path: Path) -> None:
    template = json.loads(path.read_text())
    parameter = template.get("Parameters", {}).get(_BOOTSTRAP, {}).get("Default")
    if parameter:
        found.bootstrap.add(parameter)
    for resource in template.get("Resources", {}).values():
        properties = resource.get("Properties", {})
        inner = resource.get("Metadata", {}).get(_FILE)
        if resource["Type"] == "AWS::CloudFormation::Stack" and inner:
            _add(found, path.parent / inner)
        if resource["Type"] in _JOBS:
            found.jobs += 1
            found.inputs += _inputs(properties.get("Job") or properties)
        for variant in _variants(properties):
            kind, count = variant.get("InstanceType"), variant.get("InitialInstanceCount")
            if isinstance(kind, str) and isinstance(count, int | str) and str(count).isdigit():
                found.instances[kind] += int(count)


def _variants(properties: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the variants of an endpoint, or of a release's endpoint."""
    endpoint = properties.get("Endpoint")
    for place in (properties, endpoint if isinstance(endpoint, Mapping) else {}):
        for name in ("ProductionVariants", "ShadowProductionVariants"):
            yield from place.get(name) or []


def _inputs(job: Mapping[str, Any]) -> Iterator[str]:
    for channel in job.get("AutoMLJobInputDataConfig") or []:
        uri = channel.get("DataSource", {}).get("S3DataSource", {}).get("S3Uri")
        if isinstance(uri, str):
            yield uri
