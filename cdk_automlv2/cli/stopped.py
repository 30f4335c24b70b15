"""What tags say that SageMaker does not: an endpoint missing on purpose, or scaled not as meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.constructs import ENDPOINT, Construct

STATUS = "Stopped on purpose"
"""Of an endpoint that a schedule has stopped; its start may have failed since."""

_STOPPED = "cdk-automlv2:stopped"
_TROUBLE = "cdk-automlv2:trouble"
_ENDPOINT = "cdk-automlv2:endpoint"


def description(client: Client, construct: Construct) -> dict[str, Any] | None:
    """Return what to say of a missing endpoint; nothing unless it was stopped on purpose."""
    if construct.kind != ENDPOINT or not construct.physical_id:
        return None
    if str(construct.properties.get("Stops", "")).lower() != "true":
        return None
    for words in _words(client, construct):
        return {"EndpointName": construct.physical_id, "EndpointStatus": f"{STATUS} ({words})"}
    return None


def trouble(client: Client, endpoint: Mapping[str, Any]) -> str:
    """Return why an endpoint is not as its last deployment meant it; empty if nothing is known."""
    arn = endpoint.get("EndpointArn")
    if not arn:
        return ""
    listed = client("sagemaker").list_tags(ResourceArn=arn)["Tags"]
    return next((str(tag["Value"]) for tag in listed if tag["Key"] == _TROUBLE), "")


def _words(client: Client, construct: Construct) -> Iterator[str]:
    scope = str(construct.properties.get("NameScope", ""))
    sagemaker = client("sagemaker")
    for page in sagemaker.get_paginator("list_endpoint_configs").paginate(NameContains=f"-{scope}"):
        for item in page["EndpointConfigs"]:
            listed = sagemaker.list_tags(ResourceArn=item["EndpointConfigArn"])["Tags"]
            tags = {tag["Key"]: tag["Value"] for tag in listed}
            if _STOPPED in tags and tags.get(_ENDPOINT) == construct.physical_id:
                yield tags[_STOPPED]
