"""What there is in a local cloud, as tables."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from cdk_automlv2.local import LocalCloud

Inventory = dict[str, list[dict[str, str]]]


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


def leaderboard(candidates: list[dict[str, Any]], console: Console) -> None:
    """Print candidates, the best first as given, with all their metrics."""
    names = sorted(
        {metric["StandardMetricName"] for item in candidates for metric in _metrics(item)}
    )
    objective = candidates[0]["FinalAutoMLJobObjectiveMetric"]["MetricName"]
    names.remove(objective)
    table = Table("candidate", f"{objective} *", *names, title="leaderboard", title_justify="left")
    for item in candidates:
        values = {metric["StandardMetricName"]: metric["Value"] for metric in _metrics(item)}
        numbers = [f"{values[name]:.4g}" for name in (objective, *names)]
        table.add_row(item["CandidateName"], *numbers)
    console.print(table)


def _metrics(candidate: dict[str, Any]) -> list[dict[str, Any]]:
    metrics: list[dict[str, Any]] = candidate["CandidateProperties"]["CandidateMetrics"]
    return metrics
