"""The widgets of a dashboard, row by row: by what is shown, and by the kind of endpoint.

A page is 24 columns wide. Three graphs a row are wide enough to read a legend in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from cdk_automlv2.batch.events import BatchEvents
from cdk_automlv2.hosting.dashboard_limits import CAPACITY, LimitedGraph, Limits
from cdk_automlv2.hosting.interface import ASYNCHRONOUS, SERVERLESS, VARIANT_NAME, IAutoMLEndpoint
from cdk_automlv2.job.interface import IAutoMLJob

Row = list[cloudwatch.IWidget]

_WIDTH, _HEIGHT = 8, 6
_WHOLE = 24
_MILLI = "milliseconds"
_BLUE, _ORANGE, _RED, _GREY = "#1f77b4", "#ff7f0e", "#d62728", "#7f7f7f"


def endpoint_rows(endpoint: IAutoMLEndpoint) -> Iterator[Row]:
    """Yield the rows of an endpoint, or of what a release serves."""
    kind = _kind_of(endpoint)
    about = "" if kind is None else f" ({kind})"
    yield [_title(f"## Endpoint {endpoint.endpoint_name}{about}")]
    variants = _Variants(endpoint)
    if kind == ASYNCHRONOUS:
        yield [_queue(variants), _age(endpoint), _failures(variants)]
        yield [_latency(variants, overhead=False), _hosts(variants), _instances(variants)]
        return
    yield [_requests(variants), _errors(variants), _latency(variants, overhead=True)]
    if kind == SERVERLESS:
        yield [_concurrency(variants), _cold_starts(variants), _memory(variants)]
        if variants.limits.is_provisioned:
            yield [_spillover(variants)]
    else:
        yield [_hosts(variants), _instances(variants), _per_instance(variants)]


def objective_of(endpoint: IAutoMLEndpoint) -> Iterator[Row]:
    """Yield the objective of each candidate of a release."""
    if hasattr(endpoint, "metric_objective"):
        metric = endpoint.metric_objective(label="objective", color=_BLUE, period=Duration.days(1))
        graph = cloudwatch.GraphWidget(
            title="Objective of each trained candidate",
            left=[metric],
            left_y_axis=cloudwatch.YAxisProps(show_units=False),
            width=_WHOLE,
            height=_HEIGHT,
        )
        yield [graph]


def batch_rows(transform: BatchEvents) -> Iterator[Row]:
    """Yield the rows of a batch transform."""
    hour = Duration.hours(1)
    failed = transform.metric_failed_runs(label="failed", color=_RED, period=hour)
    ended = transform.metric_failed_runs(
        label="ended", color=_BLUE, statistic="SampleCount", period=hour
    )
    seconds = transform.metric_run_seconds(label="minutes", color=_BLUE, period=hour)
    minutes = _scaled(seconds, "/60")
    yield [_title(f"## Batch transform {transform.key}")]
    half = _WHOLE // 2
    yield [
        _graph("Runs in an hour", [ended, failed], _counts(), width=half),
        _graph("Time of a run", [minutes], _axis("minutes"), width=half),
    ]


def job_rows(job: IAutoMLJob) -> Iterator[Row]:
    """Yield what a job has come to; SageMaker publishes no metric of it."""
    name = job.job_name
    lines = [f"## Job {name}"]
    if hasattr(job, "best_candidate_name"):
        best = f"Best candidate **{job.best_candidate_name}**"
        lines.append(f"{best}: {job.objective_metric_name} {job.objective_metric_value}")
    yield [_title("\n".join(lines))]


class _Variants:
    """The metrics of each variant of an endpoint; a single one needs no name beside them."""

    def __init__(self, endpoint: IAutoMLEndpoint) -> None:
        self.endpoint = endpoint
        served = getattr(endpoint, "endpoint", endpoint)
        self._names = list(getattr(served, "_variant_names", ()) or [VARIANT_NAME])
        self.is_one = len(self._names) == 1
        self.limits = Limits(served)
        models = getattr(served, "_models", None)
        self.may_have_gpu = models is None or any(one.processing_unit == "GPU" for one in models)

    def of(self, method: str, label: str, color: str, **options: Any) -> list[Any]:
        """Return the metric of each variant."""
        found = []
        for name in self._names:
            chosen: dict[str, Any] = {"label": label, "color": color}
            if not self.is_one:
                # Colours are left to CloudWatch, which has one for each line.
                chosen = {"label": f"{name} {label}", "variant_name": name}
            found.append(getattr(self.endpoint, method)(**(chosen | options)))
        return found

    def in_milliseconds(self, method: str, label: str, color: str, **options: Any) -> list[Any]:
        """Return what SageMaker measures in microseconds in the unit that people compare."""
        return [_scaled(metric, "/1000") for metric in self.of(method, label, color, **options)]


def _scaled(metric: Any, factor: str) -> Any:
    """Return a metric in another unit; within a graph its label is its own."""
    name = "m" + re.sub(r"[^A-Za-z0-9]", "", metric.label)
    return cloudwatch.MathExpression(
        expression=f"{name}{factor}",
        using_metrics={name: metric},
        label=metric.label,
        color=metric.color,
        period=metric.period,
    )


def _kind_of(endpoint: IAutoMLEndpoint) -> str | None:
    """Return the kind of an endpoint; ``None`` if that is not known."""
    return getattr(getattr(endpoint, "endpoint", endpoint), "_kind", None)


def _requests(variants: _Variants) -> Any:
    minute = Duration.minutes(1)
    found = variants.of("metric_invocations", "requests", _BLUE, period=minute)
    return _graph("Requests in a minute", found, _counts())


def _errors(variants: _Variants) -> Any:
    found = [
        *variants.of("metric_invocation_4xx_errors", "4xx, the caller's", _GREY),
        *variants.of("metric_invocation_5xx_errors", "5xx", _RED),
    ]
    if variants.is_one:  # More lines than some six cannot be told from each other.
        found += variants.of("metric_invocation_model_errors", "of the model", _ORANGE)
    return _graph("Errors in 5 minutes", found, _counts())


def _latency(variants: _Variants, *, overhead: bool) -> Any:
    method = "metric_model_latency"
    found = [
        *variants.in_milliseconds(method, "p50", _BLUE, statistic="p50"),
        *variants.in_milliseconds(method, "p99", _RED, statistic="p99"),
    ]
    if variants.is_one:
        found += variants.in_milliseconds(method, "p90", _ORANGE, statistic="p90")
    if overhead and variants.is_one:
        found += variants.in_milliseconds("metric_overhead_latency", "SageMaker's own", _GREY)
    return _graph("Latency of the model", found, _axis(_MILLI))


def _hosts(variants: _Variants) -> Any:
    found = [
        *variants.of("metric_cpu_utilization", "CPU, 100 a core", _BLUE),
        *variants.of("metric_memory_utilization", "memory", _ORANGE),
    ]
    if variants.is_one:
        found += variants.of("metric_disk_utilization", "disk", _GREY)
    if variants.may_have_gpu:
        found += variants.of("metric_gpu_utilization", "GPU, 100 each", _RED)
    lines = ("CPUUtilization", "GPUUtilization")
    return _limited("Load of an instance", found, _axis("%"), variants, lines)


def _instances(variants: _Variants) -> Any:
    """The only figure that shows how many run: each sends one sample a minute."""
    options = {"statistic": "SampleCount", "period": Duration.minutes(1)}
    found = variants.of("metric_cpu_utilization", "instances", _BLUE, **options)
    if _kind_of(variants.endpoint) == ASYNCHRONOUS:
        options = {"period": Duration.minutes(1), "label": "requests wait for the first, 1 or 0"}
        waits = variants.endpoint.metric_has_backlog_without_capacity(color=_ORANGE, **options)
        found = [*found, waits]
    return _limited("Instances that run", found, _counts(), variants, (CAPACITY,))


def _per_instance(variants: _Variants) -> Any:
    minute = Duration.minutes(1)
    found = variants.of(
        "metric_invocations_per_instance", "requests an instance", _BLUE, period=minute
    )
    lines = ("SageMakerVariantInvocationsPerInstance",)
    return _limited("Requests in a minute, by instance", found, _counts(), variants, lines)


def _concurrency(variants: _Variants) -> Any:
    """Shares, of what is allowed and of what is provisioned."""
    methods = (
        ("metric_concurrent_executions_utilization", "of those allowed", _BLUE),
        ("metric_provisioned_concurrency_utilization", "of those provisioned", _ORANGE),
    )
    found = [
        _scaled(metric, "*100")
        for method, label, color in methods
        for metric in variants.of(method, label, color)
    ]
    lines = ("SageMakerVariantProvisionedConcurrencyUtilization",)
    return _limited("Requests at once", found, _axis("%"), variants, lines, 100)


def _spillover(variants: _Variants) -> Any:
    found = variants.of(
        "metric_provisioned_concurrency_spillover_invocations", "beyond those provisioned", _RED
    )
    title = "Requests beyond the provisioned, in 5 minutes"
    return _graph(title, found, _counts(), width=_WHOLE)


def _cold_starts(variants: _Variants) -> Any:
    found = variants.in_milliseconds("metric_model_setup_time", "cold start", _BLUE)
    return _graph("Time of a cold start", found, _axis(_MILLI))


def _memory(variants: _Variants) -> Any:
    found = variants.of("metric_memory_utilization", "memory", _BLUE, statistic="Maximum")
    return _graph("Load of a container", found, _axis("%"))


def _queue(variants: _Variants) -> Any:
    endpoint = variants.endpoint
    found = [
        endpoint.metric_approximate_backlog_size(label="in all", color=_BLUE),
        endpoint.metric_approximate_backlog_size_per_instance(label="an instance", color=_ORANGE),
    ]
    lines = ("ApproximateBacklogSizePerInstance",)
    return _limited("Requests in the queue", found, _counts(), variants, lines)


def _age(endpoint: IAutoMLEndpoint) -> Any:
    oldest = endpoint.metric_approximate_age_of_oldest_request(label="oldest", color=_RED)
    waited = _scaled(endpoint.metric_time_in_backlog(label="on average", color=_BLUE), "/1000")
    return _graph("Time in the queue", [waited, oldest], _axis("seconds"))


def _failures(variants: _Variants) -> Any:
    found = [
        *variants.of("metric_invocation_failures", "failed", _RED),
        *variants.of("metric_expired_requests", "expired", _ORANGE),
        *variants.of("metric_invocation_4xx_errors", "4xx, the caller's", _GREY),
    ]
    return _graph("Failures in 5 minutes", found, _counts())


def _title(markdown: str) -> Any:
    height = 1 + markdown.count("\n")
    background = cloudwatch.TextWidgetBackground.TRANSPARENT
    return cloudwatch.TextWidget(
        markdown=markdown, width=_WHOLE, height=height, background=background
    )


def _graph(title: str, left: list[Any], axis: Any, width: int = _WIDTH) -> Any:
    return cloudwatch.GraphWidget(
        title=title, left=left, left_y_axis=axis, width=width, height=_HEIGHT
    )


def _limited(
    title: str,
    left: list[Any],
    axis: Any,
    variants: _Variants,
    lines: tuple[str, ...],
    factor: float = 1,
) -> Any:
    """Return a graph with lines for what scaling aims at."""
    options = {"title": title, "left": left, "left_y_axis": axis}
    return LimitedGraph(variants.limits, lines, factor, width=_WIDTH, height=_HEIGHT, **options)


def _counts() -> Any:
    """An axis of counts: from 0, without the unit that SageMaker says it has, which is none."""
    return cloudwatch.YAxisProps(min=0, show_units=False)


def _axis(label: str) -> Any:
    return cloudwatch.YAxisProps(min=0, label=label, show_units=False)
