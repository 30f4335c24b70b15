"""Alarms of an endpoint with limits that suit its kind.

Those of errors and latency are what AWS's guide shows; whoever calls an endpoint wrongly (4xx) is
the caller's affair, and rings nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk_automlv2._core.conditions import Conditions
from cdk_automlv2.errors import OptionFault, raise_if_any
from cdk_automlv2.hosting.interface import ASYNCHRONOUS, SERVERLESS
from cdk_automlv2.hosting.metrics import EndpointMetrics

_PERIOD_MINUTES: Final = 5
_PERIODS: Final = 3
_TO_ALARM: Final = 2
_MOST_CONCURRENCY: Final = 0.9
_MOST_DISK: Final = 75
"""Percent of a disk above which SageMaker stops capturing."""


def times_rule(latency: Any, age: Any) -> Iterator[OptionFault]:
    """Times that are known at synth, as words and thresholds are made of them."""
    for name, value in (("latency", latency), ("age", age)):
        if value is not None and value.is_unresolved():
            yield OptionFault(name, "must be known at synth", "a token")


@dataclass(frozen=True)
class Limit:
    """One alarm to make.

    Attributes:
        id: Id of its construct.
        metric: What it looks at.
        threshold: Above which it rings.
        words: What is wrong then.
    """

    id: str
    metric: cloudwatch.Metric
    threshold: float
    words: str


def limits(
    endpoint: EndpointMetrics,
    kind: str,
    variants: Sequence[str],
    *,
    errors: float | None,
    latency: cdk.Duration | None,
    age: cdk.Duration | None,
    captures: bool,
) -> Iterator[Limit]:
    """Yield the alarms that suit a kind of endpoint."""
    period = cdk.Duration.minutes(_PERIOD_MINUTES)
    for variant in variants:
        chosen = {"variant_name": variant, "period": period}
        ending = variant if len(variants) > 1 else ""
        if errors is not None:
            metric = endpoint.metric_invocation_5xx_errors(statistic="Average", **chosen)
            words = f"more than {errors:g} % of the answers have a 5xx status"
            yield Limit(f"HighErrors{ending}", metric, errors / 100, words)
        if latency is not None:
            metric = endpoint.metric_model_latency(statistic="p99", **chosen)
            milliseconds = latency.to_milliseconds()
            words = f"one answer in a hundred takes more than {milliseconds:g} ms"
            yield Limit(f"HighLatency{ending}", metric, milliseconds * 1000, words)
        if captures:
            metric = endpoint.metric_disk_utilization(statistic="Maximum", **chosen)
            words = f"a disk is more than {_MOST_DISK} % full, and data capture stops"
            yield Limit(f"FullDisk{ending}", metric, _MOST_DISK, words)
        if kind == SERVERLESS:
            metric = endpoint.metric_concurrent_executions_utilization(**chosen)
            words = "more than 90 % of max_concurrency is in use; beyond it requests are refused"
            yield Limit(f"HighConcurrency{ending}", metric, _MOST_CONCURRENCY, words)
        if kind == ASYNCHRONOUS:
            failed = endpoint.metric_invocation_failures(**chosen)
            yield Limit(f"FailedRequests{ending}", failed, 0, "asynchronous requests have failed")
            expired = endpoint.metric_expired_requests(**chosen)
            words = "asynchronous requests waited until they expired"
            yield Limit(f"ExpiredRequests{ending}", expired, 0, words)
    if age is not None:
        metric = endpoint.metric_approximate_age_of_oldest_request(period=period)
        words = f"a request has waited for more than {age.to_seconds():g} s"
        yield Limit("OldRequests", metric, age.to_seconds(), words)


def make(
    scope: Construct,
    endpoint: cdk.CfnResource,
    wanted: Iterable[Limit],
    actions: Sequence[cloudwatch.IAlarmAction],
) -> list[cloudwatch.Alarm]:
    """Make the alarms, each ringing after two of three periods.

    Args:
        scope: Their parent.
        endpoint: The resource without which they must not exist.
        wanted: What they watch.
        actions: What they do.

    Raises:
        OptionsError: If one of them is there already.
    """
    made = []
    wanted = list(wanted)
    taken = [limit.id for limit in wanted if scope.node.try_find_child(limit.id) is not None]
    rule = "must make each alarm once"
    raise_if_any(scope.node.path, (OptionFault("add_alarms", rule, name) for name in taken))
    conditions = Conditions.of(cdk.Stack.of(scope))
    for limit in wanted:
        alarm = cloudwatch.Alarm(
            scope,
            limit.id,
            alarm_description=f"Endpoint {scope.node.path}: {limit.words}",
            metric=limit.metric,
            threshold=limit.threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=_PERIODS,
            datapoints_to_alarm=_TO_ALARM,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        if actions:
            alarm.add_alarm_action(*actions)
        resource = alarm.node.default_child
        assert isinstance(resource, cdk.CfnResource)
        conditions.follow(resource, endpoint)
        made.append(alarm)
    return made
