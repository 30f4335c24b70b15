"""What a change costs at most, by prices that the user gives: no figure is without its source.

The file of prices is JSON::

    {"source": "price list of 2026-11-01", "currency": "USD",
     "training": {"candidate-hour": 0.9}, "hosting": {"ml.m5.large": 0.115}}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from cdk_automlv2.cli.plan.compare import Change

_SECONDS = 3600


@dataclass(frozen=True)
class Prices:
    """Prices and where they are from."""

    source: str
    currency: str
    training: Mapping[str, float]
    hosting: Mapping[str, float]

    @classmethod
    def read(cls, path: Path) -> Prices:
        """Read a file of prices.

        Raises:
            ClickException: If it is none; says what is missing.
        """
        try:
            raw = json.loads(path.read_text())
            training = {str(name): float(price) for name, price in raw["training"].items()}
            hosting = {str(name): float(price) for name, price in raw["hosting"].items()}
            return cls(str(raw["source"]), str(raw["currency"]), training, hosting)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            words = f"{path} is no file of prices: {type(error).__name__}: {error}"
            raise click.ClickException(words) from error


@dataclass(frozen=True)
class Cost:
    """What one change costs.

    Attributes:
        once: At most, for training; ``None`` where there is no bound.
        hourly: For each hour that the endpoint runs; ``None`` where no price is known.
        how: How the figure came about.
    """

    once: float | None
    hourly: float | None
    how: str


def of(change: Change, prices: Prices) -> Cost | None:
    """Return what a change costs; nothing where it costs nothing new."""
    properties = change.resource.get("Properties", {})
    is_release = change.type == "AutoMLRelease"
    if change.action == "train":
        return _training(properties.get("Job", {}) if is_release else properties, prices)
    if change.type == "AutoMLEndpoint" and change.action in ("create", "replace", "move"):
        return _hosting(properties, prices)
    if is_release and change.action == "move":
        return _hosting(properties.get("Endpoint", {}), prices)
    return None


def _training(job: Mapping[str, Any], prices: Prices) -> Cost:
    [config] = (job.get("AutoMLProblemTypeConfig") or {"": {}}).values()
    limits = config.get("CompletionCriteria") or {}
    candidates = _number(limits.get("MaxCandidates"))
    each = _number(limits.get("MaxRuntimePerTrainingJobInSeconds"))
    price = prices.training.get("candidate-hour")
    if price is None:
        return Cost(None, None, f"no price of a candidate-hour in {prices.source}")
    missing = [
        option
        for option, value in (
            ("max_candidates", candidates),
            ("max_runtime_per_training_job_in_seconds", each),
        )
        if value is None
    ]
    if candidates is None or each is None:
        return Cost(None, None, f"no bound: set {' and '.join(missing)}")
    hours = each / _SECONDS
    how = f"{candidates:g} candidates x {hours:g} h x {price:g} {prices.currency}"
    return Cost(candidates * hours * price, None, how)


def _hosting(endpoint: Mapping[str, Any], prices: Prices) -> Cost:
    parts, total = [], 0.0
    for variant in endpoint.get("ProductionVariants") or []:
        kind, count = variant.get("InstanceType"), _number(variant.get("InitialInstanceCount"))
        price = prices.hosting.get(str(kind))
        if price is None or count is None:
            return Cost(None, None, f"no price of {kind} in {prices.source}")
        total += count * price
        parts.append(f"{count:g} x {kind} x {price:g} {prices.currency}")
    return Cost(None, total, " + ".join(parts) + " an hour")


def _number(value: Any) -> float | None:
    """Return a number; nothing for what is known only at deployment."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def totals(costs: Iterator[Cost]) -> tuple[float, float, list[str]]:
    """Return the sums of what is known, and why others are not."""
    once = hourly = 0.0
    unknown = []
    for cost in costs:
        once += cost.once or 0.0
        hourly += cost.hourly or 0.0
        if cost.once is None and cost.hourly is None:
            unknown.append(cost.how)
    return once, hourly, unknown
