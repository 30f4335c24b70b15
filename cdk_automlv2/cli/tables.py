"""What there is in a local cloud, as tables."""

from __future__ import annotations

from typing import Any, Final

from cdk_automlv2.local import LocalCloud

Inventory = dict[str, list[dict[str, str]]]
TITLES: Final = ("name", "status", "secondary")
"""What is known of each; of some kinds less."""


def inventory(cloud: LocalCloud) -> Inventory:
    """Return the stacks, jobs, models, configurations, endpoints and running executions."""
    sagemaker = cloud.client("sagemaker")
    stacks = cloud.client("cloudformation").describe_stacks()["Stacks"]
    return {
        "stacks": [
            {"name": item["StackName"], "status": item["StackStatus"]}
            for item in stacks
            if item["StackName"] != "CDKToolkit"
        ],
        "jobs": [
            {
                "name": item["AutoMLJobName"],
                "status": item["AutoMLJobStatus"],
                "secondary": item["AutoMLJobSecondaryStatus"],
            }
            for item in all_pages(sagemaker, "list_auto_ml_jobs", "AutoMLJobSummaries")
        ],
        "models": [
            {"name": item["ModelName"]} for item in all_pages(sagemaker, "list_models", "Models")
        ],
        "configs": [
            {"name": item["EndpointConfigName"]}
            for item in all_pages(sagemaker, "list_endpoint_configs", "EndpointConfigs")
        ],
        "endpoints": [
            {"name": item["EndpointName"], "status": item["EndpointStatus"]}
            for item in all_pages(sagemaker, "list_endpoints", "Endpoints")
        ],
        "executions": _running_executions(cloud.client("stepfunctions")),
    }


def all_pages(client: Any, operation: str, member: str) -> list[dict[str, Any]]:
    """Return a list of the service, every page of it."""
    pages = client.get_paginator(operation).paginate()
    return [item for page in pages for item in page[member]]


def _running_executions(states: Any) -> list[dict[str, str]]:
    running = []
    for machine in states.list_state_machines()["stateMachines"]:
        found = states.list_executions(
            stateMachineArn=machine["stateMachineArn"], statusFilter="RUNNING"
        )
        running += [
            {"name": item["name"], "status": item["status"]} for item in found["executions"]
        ]
    return running
