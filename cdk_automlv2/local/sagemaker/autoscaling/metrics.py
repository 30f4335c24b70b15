"""Metrics of an endpoint as Application Auto Scaling sees them: measured here, minute by minute.

What SageMaker publishes is read where it comes from, as the local clock runs faster than
CloudWatch's; what others publish is read from CloudWatch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cdk_automlv2.local.sagemaker.async_queue import AsyncQueue
from cdk_automlv2.local.sagemaker.autoscaling import capacity
from cdk_automlv2.local.sagemaker.autoscaling.targets import Key
from cdk_automlv2.local.sagemaker.fleets import Fleet
from cdk_automlv2.local.sagemaker.state import State

Metric = Mapping[str, Any]


class Minute:
    """What there was to measure in the last nominal minute or more.

    Args:
        state: Of the service.
        calls: Requests by endpoint and variant.
        minutes: For how long they were counted.
    """

    def __init__(self, state: State, calls: Mapping[tuple[str, str], int], minutes: float) -> None:
        self._state = state
        self._calls = calls
        self._minutes = minutes

    def value(self, key: Key, metric: Metric) -> float | None:
        """Return a metric of an endpoint; ``None`` while there is nothing to see."""
        measure = _MEASURED.get(metric["MetricName"])
        if measure is not None and is_own(key, metric):
            return measure(self, key)
        return self._state.alarms.value(key, metric)

    def _per_instance(self, key: Key) -> float | None:
        count = capacity.current(self._state, key)
        calls = self._calls.get((key.endpoint_arn, key.variant), 0)
        return calls / self._minutes / count if count else None

    def _utilization(self, key: Key) -> float | None:
        fleet: Fleet | None = self._state.serving.get(key.endpoint_arn)
        gate = fleet.gates.get(key.variant) if fleet else None
        return gate.utilization() if gate else None

    def _backlog(self, key: Key) -> float:
        queue: AsyncQueue | None = self._state.queues.get(key.endpoint_arn)
        return float(queue.backlog) if queue else 0.0

    def _backlog_per_instance(self, key: Key) -> float:
        return self._backlog(key) / max(self._instances(key), 1)

    def _without_capacity(self, key: Key) -> float:
        return float(self._backlog(key) > 0 and self._instances(key) == 0)

    def _instances(self, key: Key) -> int:
        shown = self._state.endpoints.get(key.endpoint_arn, {}).get("ProductionVariants", [])
        return sum(item.get("CurrentInstanceCount", 0) for item in shown)


_MEASURED: Mapping[str, Callable[[Minute, Key], float | None]] = {
    "InvocationsPerInstance": Minute._per_instance,
    "ServerlessProvisionedConcurrencyUtilization": Minute._utilization,
    "ApproximateBacklogSize": Minute._backlog,
    "ApproximateBacklogSizePerInstance": Minute._backlog_per_instance,
    "HasBacklogWithoutCapacity": Minute._without_capacity,
}


def is_own(key: Key, metric: Metric) -> bool:
    """Whether a metric is one that SageMaker publishes of the endpoint itself."""
    dimensions = {item["Name"]: item["Value"] for item in metric.get("Dimensions") or []}
    same = dimensions.get("EndpointName") == key.endpoint
    is_measured = metric["MetricName"] in _MEASURED
    return same and is_measured and metric["Namespace"] == "AWS/SageMaker"
