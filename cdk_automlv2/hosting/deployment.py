"""``Deployment``: how an endpoint moves to another configuration, and what takes it back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Self

from cdk_automlv2._core import service_model
from cdk_automlv2._core.display import shown
from cdk_automlv2._core.options import Rule
from cdk_automlv2._core.tokens import is_token, without_none
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting.request_part import RequestPart

if TYPE_CHECKING:
    import aws_cdk as cdk
    from aws_cdk import aws_cloudwatch as cloudwatch

Strategy = Literal["all_at_once", "canary", "linear", "rolling"]
MOST_ALARMS: Final = 10
_SHARES: Final = {"canary": (1, 50), "linear": (10, 50), "rolling": (5, 50)}
"""Percent of the instances; the service's model has only the least count."""

_BATCH_SECONDS: Final = 15 * 60
"""What the instances of one batch of a rolling update get to come up."""

_WHOLE: Final = 100
_ALARM_NAME: Final = "DeploymentConfig.AutoRollbackConfiguration.Alarms[].AlarmName"
_BLUE_GREEN: Final = "BlueGreenUpdatePolicy.TrafficRoutingConfiguration.WaitIntervalInSeconds"


def size_rule(
    strategy: str, percent: int | None, instance_count: int | None
) -> Iterator[OptionFault]:
    """A share of the instances, or a number of them, where the strategy has steps."""
    if strategy == "all_at_once":
        return
    if (percent is None) == (instance_count is None):
        given = {"percent": percent, "instance_count": instance_count}
        yield OptionFault("percent", "must be given, or else instance_count", given)
    low, high = _SHARES[strategy]
    if percent is not None and not low <= percent <= high:
        yield OptionFault("percent", f"must be {low} to {high} for {strategy}", percent)


def wait_rule(strategy: str, wait: cdk.Duration | None) -> Iterator[OptionFault]:
    """A time to watch each step."""
    if strategy != "all_at_once" and wait is None:
        yield OptionFault("wait", "must be a cdk.Duration", None)


def errors_rule(errors: float | None) -> Iterator[OptionFault]:
    """A share of the requests."""
    if errors is not None and not 0 <= errors < 100:
        yield OptionFault("errors", "must be 0 or more, and less than 100, percent", errors)


def alarms_rule(alarms: Sequence[Any]) -> Iterator[OptionFault]:
    """Few enough, and none twice."""
    if len(alarms) > MOST_ALARMS:
        yield OptionFault("alarms", f"must be {MOST_ALARMS} or less", len(alarms))
    names = [item if isinstance(item, str) else item.alarm_name for item in alarms]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield OptionFault("alarms", "must have each alarm once", name)
    shape = service_model.shape_at("UpdateEndpoint", _ALARM_NAME)
    for index, name in enumerate(names):
        yield from service_model.problems(f"alarms[{index}]", name, shape)


def rollback_rule(rollback_percent: int | None) -> Iterator[OptionFault]:
    """A share."""
    if rollback_percent is not None and rollback_percent > _WHOLE:
        yield OptionFault("rollback_percent", f"must be {_WHOLE} or less", rollback_percent)


@shown
@dataclass(frozen=True)
class Deployment(RequestPart):
    """How an update of the endpoint goes; made by one of the four class methods.

    While it goes, SageMaker watches the alarms and returns to the former configuration when one
    rings, which fails the deployment. The first creation has nothing to return to, and is not
    watched. An alarm that rings before the update begins would end it at once: the deployment is
    then refused with the alarm's name, unless ``proceed_in_alarm`` is set; a rollback of the stack
    goes on without such alarms.

    Attributes:
        strategy: all_at_once, canary, linear or rolling.
        percent: Share of the instances in a step.
        instance_count: The same as a number.
        wait: How long each step is watched.
        termination_wait: How long the former instances stay after the last step.
        maximum_execution_timeout: Longest time of the whole.
        rollback_percent: Share of the instances in a step of rolling back.
        alarms: Alarms that take the update back.
        errors: Share of answers with a 5xx status above which an alarm made here rings.
        latency: Average model latency above which an alarm made here rings.
        proceed_in_alarm: Whether to go on, unwatched by them, where alarms ring already.

    Raises:
        OptionsError: With every invalid option.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html

    Example:
        >>> endpoint = AutoMLEndpoint(
        ...     stack,
        ...     "Guarded",
        ...     model=model,
        ...     instance_type="ml.m5.large",
        ...     initial_instance_count=4,
        ...     deployment=Deployment.canary(
        ...         percent=25, wait=cdk.Duration.minutes(10), errors=1
        ...     ),
        ... )
    """

    strategy: Strategy
    percent: int | None = field(default=None, kw_only=True)
    instance_count: int | None = field(default=None, kw_only=True)
    wait: cdk.Duration | None = field(default=None, kw_only=True)
    termination_wait: cdk.Duration | None = field(default=None, kw_only=True)
    maximum_execution_timeout: cdk.Duration | None = field(default=None, kw_only=True)
    rollback_percent: int | None = field(default=None, kw_only=True)
    alarms: Sequence[cloudwatch.IAlarm | str] = field(default=(), kw_only=True)
    errors: float | None = field(default=None, kw_only=True)
    latency: cdk.Duration | None = field(default=None, kw_only=True)
    proceed_in_alarm: bool = field(default=False, kw_only=True)

    operation: ClassVar[str] = "UpdateEndpoint"
    root: ClassVar[str] = "DeploymentConfig"
    paths: ClassVar[Mapping[str, str]] = {
        "instance_count": "RollingUpdatePolicy.MaximumBatchSize.Value",
        "wait": _BLUE_GREEN,
        "termination_wait": "BlueGreenUpdatePolicy.TerminationWaitInSeconds",
        "maximum_execution_timeout": "BlueGreenUpdatePolicy.MaximumExecutionTimeoutInSeconds",
        "rollback_percent": "RollingUpdatePolicy.RollbackMaximumBatchSize.Value",
    }
    rules: ClassVar[tuple[Rule, ...]] = (
        size_rule,
        wait_rule,
        errors_rule,
        alarms_rule,
        rollback_rule,
    )

    @classmethod
    def all_at_once(
        cls,
        *,
        termination_wait: cdk.Duration | None = None,
        maximum_execution_timeout: cdk.Duration | None = None,
        alarms: Sequence[cloudwatch.IAlarm | str] = (),
        errors: float | None = None,
        latency: cdk.Duration | None = None,
        proceed_in_alarm: bool = False,
    ) -> Self:
        """Return the move of all traffic to new instances at once, which is SageMaker's default.

        Args:
            termination_wait: How long the former instances stay after it; up to 1 hour.
            maximum_execution_timeout: Longest time of the whole; 10 minutes to 8 hours.
            alarms: Alarms, or their names, that take the update back; 10 at most with those made.
            errors: Share of answers with a 5xx status above which an alarm made here rings; %.
            latency: Average model latency above which an alarm made here rings.
            proceed_in_alarm: Whether to go on, unwatched by them, where alarms ring already.

        Raises:
            OptionsError: With every invalid option.
        """
        return cls(
            "all_at_once",
            termination_wait=termination_wait,
            maximum_execution_timeout=maximum_execution_timeout,
            alarms=alarms,
            errors=errors,
            latency=latency,
            proceed_in_alarm=proceed_in_alarm,
        )

    @classmethod
    def canary(
        cls,
        *,
        percent: int | None = None,
        instance_count: int | None = None,
        wait: cdk.Duration,
        **more: Any,
    ) -> Self:
        """Return a move of a part of the traffic, which is watched, and then of the rest.

        Args:
            percent: Share of the new instances that begin; 1 to 50.
            instance_count: The same as a number; half of the instances at most.
            wait: How long the part, and then the whole, is watched; up to 1 hour.
            **more: As for ``all_at_once``.

        Raises:
            OptionsError: With every invalid option.
        """
        return cls("canary", percent=percent, instance_count=instance_count, wait=wait, **more)

    @classmethod
    def linear(
        cls,
        *,
        percent: int | None = None,
        instance_count: int | None = None,
        wait: cdk.Duration,
        **more: Any,
    ) -> Self:
        """Return a move of the traffic in equal steps, each of which is watched.

        Args:
            percent: Share of the new instances in a step; 10 to 50.
            instance_count: The same as a number; half of the instances at most.
            wait: How long each step is watched; up to 1 hour.
            **more: As for ``all_at_once``.

        Raises:
            OptionsError: With every invalid option.
        """
        return cls("linear", percent=percent, instance_count=instance_count, wait=wait, **more)

    @classmethod
    def rolling(
        cls,
        *,
        percent: int | None = None,
        instance_count: int | None = None,
        wait: cdk.Duration,
        rollback_percent: int | None = None,
        **more: Any,
    ) -> Self:
        """Return a move in batches that replace former instances, without a second fleet.

        Args:
            percent: Share of the instances in a batch; 5 to 50.
            instance_count: The same as a number; half of the instances at most.
            wait: How long each batch is watched; up to 1 hour.
            rollback_percent: Share of the instances in a batch of rolling back. Default: all.
            **more: As for ``all_at_once``, but ``termination_wait``.

        Raises:
            OptionsError: With every invalid option.
        """
        return cls(
            "rolling",
            percent=percent,
            instance_count=instance_count,
            wait=wait,
            rollback_percent=rollback_percent,
            **more,
        )

    def broken_rules(self, faulty: set[str]) -> Iterator[OptionFault]:
        """Yield every broken limit and rule, but of fields that are of a wrong type."""
        found = list(super().broken_rules(faulty))
        yield from found
        if not found and not faulty:
            yield from self._misplaced()
            yield from self._too_short()

    def to_request(self) -> dict[str, Any]:
        """Return the API's DeploymentConfig, but for the alarms, whose names a stack knows."""
        if self.strategy == "rolling":
            policy = {
                "MaximumBatchSize": self._size(),
                "WaitIntervalInSeconds": _seconds(self.wait),
                "MaximumExecutionTimeoutInSeconds": _seconds(self.maximum_execution_timeout),
                "RollbackMaximumBatchSize": _percent(self.rollback_percent),
            }
            return {"RollingUpdatePolicy": without_none(**policy)}
        routing = {
            "Type": self.strategy.upper(),
            "WaitIntervalInSeconds": _seconds(self.wait) or 0,
            "CanarySize": self._size() if self.strategy == "canary" else None,
            "LinearStepSize": self._size() if self.strategy == "linear" else None,
        }
        policy = {
            "TrafficRoutingConfiguration": without_none(**routing),
            "TerminationWaitInSeconds": _seconds(self.termination_wait),
            "MaximumExecutionTimeoutInSeconds": _seconds(self.maximum_execution_timeout),
        }
        return {"BlueGreenUpdatePolicy": without_none(**policy)}

    def longest_seconds(self, instances: int) -> int:
        """Return how long an update may take beside the time that instances need to come up."""
        if self.maximum_execution_timeout is not None:
            return int(self.maximum_execution_timeout.to_seconds())
        steps = self._steps(instances)
        batches = steps * _BATCH_SECONDS if self.strategy == "rolling" else 0
        ending = _seconds(self.termination_wait) or 0
        return steps * (_seconds(self.wait) or 0) + batches + ending

    def _steps(self, instances: int) -> int:
        if self.strategy in ("all_at_once", "canary"):
            return 2 if self.strategy == "canary" else 1
        if self.percent is not None and not is_token(self.percent):
            return math.ceil(100 / self.percent)
        return math.ceil(instances / (self.instance_count or 1))

    def _size(self) -> dict[str, Any]:
        if self.percent is not None:
            return {"Type": "CAPACITY_PERCENT", "Value": self.percent}
        return {"Type": "INSTANCE_COUNT", "Value": self.instance_count}

    def _limit(self, name: str, value: Any) -> Iterator[OptionFault]:
        path = self.paths.get(name)
        if name not in _TIMES:
            yield from super()._limit(name, value)
        elif value is not None and value.is_unresolved():
            yield OptionFault(name, "must be known at synth", "a token")
        elif value is not None and path is not None and value.to_milliseconds() % 1000:
            rule = "must be whole seconds"
            yield OptionFault(name, rule, value.to_human_string())
        elif value is not None and path is not None:
            shape = service_model.shape_at(self.operation, f"{self.root}.{path}")
            for fault in service_model.problems(name, int(value.to_seconds()), shape):
                yield OptionFault(name, f"{fault.rule} seconds", value.to_human_string())

    def _misplaced(self) -> Iterator[OptionFault]:
        """Yield what the strategy has no use for."""
        unused = {
            "all_at_once": ("percent", "instance_count", "wait", "rollback_percent"),
            "rolling": ("termination_wait",),
        }
        for name in unused.get(self.strategy, ("rollback_percent",)):
            if getattr(self, name) is not None:
                yield OptionFault(name, f"must not be given for {self.strategy}", name)

    def _too_short(self) -> Iterator[OptionFault]:
        given = self.maximum_execution_timeout
        if given is None or self.wait is None or self.percent is None or is_token(self.percent):
            return
        needed = self._steps(0) * (_seconds(self.wait) or 0) + (
            _seconds(self.termination_wait) or 0
        )
        if given.to_seconds() <= needed:
            rule = f"must be more than all waits together, which are {needed} seconds"
            yield OptionFault("maximum_execution_timeout", rule, given.to_human_string())


_TIMES: Final = ("wait", "termination_wait", "maximum_execution_timeout", "latency")


def _seconds(duration: cdk.Duration | None) -> int | None:
    return None if duration is None else int(duration.to_seconds())


def _percent(value: int | None) -> dict[str, Any] | None:
    return None if value is None else {"Type": "CAPACITY_PERCENT", "Value": value}
