"""Which of the changes of a plan cost something new."""

from __future__ import annotations

from cdk_automlv2.cli.plan.compare import Change
from cdk_automlv2.cost import Cost, Prices, hosting, training


def of(change: Change, prices: Prices) -> Cost | None:
    """Return what a change costs; nothing where it costs nothing new."""
    properties = change.resource.get("Properties", {})
    is_release = change.type == "AutoMLRelease"
    if change.action == "train":
        job = properties.get("Job", {}) if is_release else properties
        return training(job.get("AutoMLProblemTypeConfig") or {}, prices)
    if change.type == "AutoMLEndpoint" and change.action in ("create", "replace", "move"):
        return hosting(properties, prices)
    if is_release and change.action == "move":
        return hosting(properties.get("Endpoint", {}), prices)
    return None
