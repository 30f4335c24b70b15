"""Lines across the graphs of a scaled endpoint: how far it may go, and what it aims at.

SageMaker publishes neither the capacity that is wanted nor its limits; they are those of the
template, drawn when it is rendered, as scaling may be declared after the dashboard.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from aws_cdk import aws_cloudwatch as cloudwatch

_GREY, _GREEN = "#7f7f7f", "#2ca02c"
_TRACKING: Final = "TargetTrackingScalingPolicyConfiguration"
CAPACITY: Final = "capacity"
"""Stands for the limits of the number of instances, among the names of metrics."""


class Limits:
    """What a served endpoint says of its scaling.

    Args:
        served: The endpoint; one that was imported says nothing.
    """

    def __init__(self, served: object) -> None:
        self._scaling: Any = getattr(served, "_scaling", None)

    @property
    def is_provisioned(self) -> bool:
        """Whether a serverless variant keeps containers ready."""
        if self._scaling is None:
            return False
        return self._scaling.context(None)["provisioned"] is not None

    def lines(self, *metrics: str, factor: float = 1) -> list[dict[str, Any]]:
        """Return the lines of a graph as a dashboard has them.

        Args:
            *metrics: Names of what is tracked, or ``CAPACITY``.
            factor: From the unit of the targets to that of the graph.
        """
        targets = [] if self._scaling is None else self._scaling.to_request()
        return [
            {"label": f"{target['VariantName']} {label}" if targets[1:] else label, **line}
            for target in targets
            for label, line in _lines_of(target, metrics, factor)
        ]


def _lines_of(
    target: dict[str, Any], metrics: tuple[str, ...], factor: float
) -> Iterator[tuple[str, dict[str, Any]]]:
    if CAPACITY in metrics and target["ScalableDimension"].endswith("InstanceCount"):
        for label, member in (("least", "MinCapacity"), ("most", "MaxCapacity")):
            yield label, {"value": target[member], "color": _GREY}
    for policy in target.get("Policies", []):
        tracked = policy.get(_TRACKING)
        if tracked is not None and _metric_of(tracked) in metrics:
            yield "wanted", {"value": tracked["TargetValue"] * factor, "color": _GREEN}


def _metric_of(tracked: dict[str, Any]) -> str:
    predefined = tracked.get("PredefinedMetricSpecification")
    if predefined is not None:
        return str(predefined["PredefinedMetricType"])
    return str(tracked["CustomizedMetricSpecification"]["MetricName"])


class LimitedGraph(cloudwatch.GraphWidget):
    """A graph with lines that are known when the template is rendered.

    Args:
        limits: Whose lines.
        metrics: Which; as for ``Limits.lines``.
        factor: As for ``Limits.lines``.
        **options: Those of a graph.
    """

    def __init__(
        self, limits: Limits, metrics: tuple[str, ...], factor: float = 1, **options: Any
    ) -> None:
        super().__init__(**options)
        self._limits = limits
        self._metrics = metrics
        self._factor = factor

    def to_json(self) -> list[Any]:
        """Return the widget as a dashboard has it."""
        [body] = super().to_json()
        lines = self._limits.lines(*self._metrics, factor=self._factor)
        if lines:
            body["properties"]["annotations"] = {
                "horizontal": [{**line, "yAxis": "left"} for line in lines]
            }
        return [body]
