"""What scales the variants of an endpoint: one object a variant, with its ways to scale.

The endpoint's resource carries all of it, as the API of Application Auto Scaling has it; the
function registers it once the endpoint is in service.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-sagemaker.html
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as appscaling

from cdk_automlv2._core.annotations import KNOWN_AT_SYNTH
from cdk_automlv2._core.display import Configured
from cdk_automlv2._core.options import checked
from cdk_automlv2._core.tokens import without_none
from cdk_automlv2.hosting import scaling_rules as rules
from cdk_automlv2.hosting.instance_types import cpu_cores, gpus

COUNT: Final = "sagemaker:variant:DesiredInstanceCount"
CONCURRENCY: Final = "sagemaker:variant:DesiredProvisionedConcurrency"
_COUNT, _CONCURRENCY = rules.COUNT_WAYS, rules.CONCURRENCY_WAYS
_PREFIX: Final = "cdk-automlv2-"
_FIRST: Final = "first-instance"
_FIRST_COOLDOWN: Final = 300
_HOSTS: Final = "/aws/sagemaker/Endpoints"
_SERVICE: Final = "AWS/SageMaker"


class _Scalable(Configured):
    """One number that is scaled, and how."""

    def __init__(
        self,
        dimension: str,
        kind: str,
        variant_name: str,
        *,
        min_capacity: int,
        max_capacity: int,
        instance_type: str | None = None,
    ) -> None:
        self._kind = kind
        self._variant_name = variant_name
        self._min_capacity = min_capacity
        self._instance_type = instance_type
        self._target = {
            "VariantName": variant_name,
            "ScalableDimension": dimension,
            "MinCapacity": min_capacity,
            "MaxCapacity": max_capacity,
        }
        self._policies: dict[str, dict[str, Any]] = {}
        self._schedules: dict[str, dict[str, Any]] = {}

    @checked(*rules.ON_SCHEDULE, context=lambda self: self._context())
    def scale_on_schedule(
        self,
        id: str,
        *,
        schedule: appscaling.Schedule,
        min_capacity: int | None = None,
        max_capacity: int | None = None,
        start_time: str | None = None,
        end_time: str | None = None,
        time_zone: cdk.TimeZone | None = None,
    ) -> None:
        """Change the capacities at set times.

        Args:
            id: Name of the action, unlike that of every other one of the variant.
            schedule: When: ``Schedule.cron(…)``, ``.rate(…)`` or ``.at(…)``.
            min_capacity: Least from then on; 1 or more, of an asynchronous endpoint 0 or more.
                Default: as it was.
            max_capacity: Most from then on. Default: as it was.
            start_time: Before which nothing happens; ISO 8601. Default: none.
            end_time: After which nothing happens; ISO 8601. Default: none.
            time_zone: Of ``schedule``. Default: UTC.

        Raises:
            OptionsError: With every invalid option.
        """
        self._schedules[id] = without_none(
            ScheduledActionName=f"{_PREFIX}{id}",
            Schedule=schedule.expression_string,
            Timezone=None if time_zone is None else time_zone.timezone_name,
            StartTime=start_time,
            EndTime=end_time,
            ScalableTargetAction=without_none(MinCapacity=min_capacity, MaxCapacity=max_capacity),
        )

    def to_request(self) -> dict[str, Any]:
        """Return what the function registers."""
        listed = {
            "Policies": list(self._policies.values()),
            "Schedules": list(self._schedules.values()),
        }
        return {**self._target, **{key: value for key, value in listed.items() if value}}

    def _to_show(self) -> tuple[object, dict[str, Any]]:
        """Return the variant, and between what and by what it is scaled."""
        target = self._target
        shown = {"min_capacity": target["MinCapacity"], "max_capacity": target["MaxCapacity"]}
        ways = {"policies": list(self._policies), "schedules": list(self._schedules)}
        return self._variant_name, shown | {name: way for name, way in ways.items() if way}

    @property
    def _sleeps_for_ever(self) -> bool:
        """Whether nothing brings it back from no instances at all."""
        return rules.asleep(self._kind, self._min_capacity, self._policies)

    def _context(self) -> dict[str, Any]:
        return {
            "kind": self._kind,
            "policies": self._policies,
            "schedules": self._schedules,
            "scaled_type": self._instance_type,
        }

    def _track(
        self,
        name: str,
        target: float,
        metric: dict[str, Any],
        *,
        scale_in_cooldown: int | cdk.Duration | None,
        scale_out_cooldown: int | cdk.Duration | None,
        disable_scale_in: bool,
    ) -> None:
        member = "PredefinedMetricSpecification"
        if "MetricName" in metric:
            member = "CustomizedMetricSpecification"
        self._policies[name] = {
            "PolicyName": f"{_PREFIX}{name}",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": without_none(
                **{"TargetValue": target, member: metric},
                ScaleInCooldown=scale_in_cooldown,
                ScaleOutCooldown=scale_out_cooldown,
                DisableScaleIn=True if disable_scale_in else None,
            ),
        }


class ScalableInstanceCount(_Scalable):
    """The number of instances of a variant; made by ``endpoint.auto_scale_instance_count``.

    Example:
        >>> endpoint = AutoMLEndpoint(stack, "Busy", model=model, instance_type="ml.m5.large")
        >>> scaling = endpoint.auto_scale_instance_count(max_capacity=4)
        >>> isinstance(scaling, ScalableInstanceCount)
        True
        >>> scaling.scale_on_invocations(max_requests_per_second=20)
    """

    @checked(*_COUNT["scale_on_invocations"], context=lambda self: self._context())
    def scale_on_invocations(
        self,
        *,
        max_requests_per_second: Annotated[float, KNOWN_AT_SYNTH],
        safety_factor: Annotated[float, KNOWN_AT_SYNTH] = 0.5,
        scale_in_cooldown: int | cdk.Duration | None = None,
        scale_out_cooldown: int | cdk.Duration | None = None,
        disable_scale_in: bool = False,
    ) -> None:
        """Keep the requests of each instance at a share of what it can answer.

        Args:
            max_requests_per_second: What one instance can answer; measure it.
            safety_factor: Share of that to aim at; above 0, at most 1. Default: 0.5.
            scale_in_cooldown: Pause after instances have gone; seconds or a ``cdk.Duration``.
                Default: 300 s.
            scale_out_cooldown: Pause after instances were added. Default: 300 s.
            disable_scale_in: Whether instances are only added. Default: False.

        Raises:
            OptionsError: With every invalid option, and for an asynchronous endpoint.
        """
        self._track(
            "invocations",
            max_requests_per_second * 60 * safety_factor,
            {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
            scale_in_cooldown=scale_in_cooldown,
            scale_out_cooldown=scale_out_cooldown,
            disable_scale_in=disable_scale_in,
        )

    @checked(*_COUNT["scale_on_utilization"], context=lambda self: self._context())
    def scale_on_utilization(
        self,
        *,
        cpu: Annotated[float | None, KNOWN_AT_SYNTH] = None,
        gpu: Annotated[float | None, KNOWN_AT_SYNTH] = None,
        scale_in_cooldown: int | cdk.Duration | None = None,
        scale_out_cooldown: int | cdk.Duration | None = None,
        disable_scale_in: bool = False,
    ) -> None:
        """Keep processors at a share of what they can do.

        Args:
            cpu: Use of one core; %, above 0, at most 100. SageMaker sums over cores: the target is
                multiplied by those of the instance type.
            gpu: Use of one GPU; the same.
            scale_in_cooldown: Pause after instances have gone; seconds or a ``cdk.Duration``.
                Default: 300 s.
            scale_out_cooldown: Pause after instances were added. Default: 300 s.
            disable_scale_in: Whether instances are only added. Default: False.

        Raises:
            OptionsError: With every invalid option, and for a type whose processors are not known.
        """
        instance_type = self._instance_type or ""
        for name, percent, count in (
            ("cpu", cpu, cpu_cores(instance_type)),
            ("gpu", gpu, gpus(instance_type)),
        ):
            if percent is not None:
                metric = _metric(
                    f"{name.upper()}Utilization", _HOSTS, VariantName=self._variant_name
                )
                self._track(
                    name,
                    percent * (count or 1),
                    metric,
                    scale_in_cooldown=scale_in_cooldown,
                    scale_out_cooldown=scale_out_cooldown,
                    disable_scale_in=disable_scale_in,
                )

    @checked(*_COUNT["scale_on_backlog"], context=lambda self: self._context())
    def scale_on_backlog(
        self,
        *,
        backlog_per_instance: float,
        scale_in_cooldown: int | cdk.Duration | None = None,
        scale_out_cooldown: int | cdk.Duration | None = None,
        disable_scale_in: bool = False,
    ) -> None:
        """Keep the queue of an asynchronous endpoint short, down to no instances at all and back.

        Where no instance is left, the first request that waits starts one, within about two
        minutes; without that the queue would have to grow beyond the target first.

        Args:
            backlog_per_instance: Requests that may wait for each instance; above 0.
            scale_in_cooldown: Pause after instances have gone; seconds or a ``cdk.Duration``.
                Default: 300 s.
            scale_out_cooldown: Pause after instances were added. Default: 300 s.
            disable_scale_in: Whether instances are only added. Default: False.

        Raises:
            OptionsError: With every invalid option, and unless the endpoint is asynchronous.
        """
        self._track(
            "backlog",
            backlog_per_instance,
            _metric("ApproximateBacklogSizePerInstance", _SERVICE),
            scale_in_cooldown=scale_in_cooldown,
            scale_out_cooldown=scale_out_cooldown,
            disable_scale_in=disable_scale_in,
        )
        self._policies[_FIRST] = {
            "PolicyName": f"{_PREFIX}{_FIRST}",
            "PolicyType": "StepScaling",
            "StepScalingPolicyConfiguration": {
                "AdjustmentType": "ChangeInCapacity",
                "MetricAggregationType": "Average",
                "Cooldown": _FIRST_COOLDOWN,
                "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
            },
            "Alarm": {
                **_metric("HasBacklogWithoutCapacity", _SERVICE),
                "AlarmDescription": "Starts the first instance of an asynchronous endpoint",
                "Period": 60,
                "EvaluationPeriods": 2,
                "DatapointsToAlarm": 2,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "missing",
            },
        }


class ScalableProvisionedConcurrency(_Scalable):
    """The provisioned concurrency of a serverless variant.

    Made by ``endpoint.auto_scale_provisioned_concurrency``.

    Example:
        >>> variant = ServerlessVariant(model, max_concurrency=20, provisioned_concurrency=1)
        >>> endpoint = AutoMLEndpoint(stack, "Prompt", variants=[variant])
        >>> scaling = endpoint.auto_scale_provisioned_concurrency(max_capacity=10)
        >>> isinstance(scaling, ScalableProvisionedConcurrency)
        True
        >>> scaling.scale_on_utilization(target=0.7)
    """

    @checked(*_CONCURRENCY["scale_on_utilization"], context=lambda self: self._context())
    def scale_on_utilization(
        self,
        *,
        target: float,
        scale_in_cooldown: int | cdk.Duration | None = None,
        scale_out_cooldown: int | cdk.Duration | None = None,
        disable_scale_in: bool = False,
    ) -> None:
        """Keep a share of the provisioned concurrency in use.

        Args:
            target: That share; above 0, at most 1.
            scale_in_cooldown: Pause after capacity has gone; seconds or a ``cdk.Duration``.
                Default: 300 s.
            scale_out_cooldown: Pause after capacity was added. Default: 300 s.
            disable_scale_in: Whether capacity is only added. Default: False.

        Raises:
            OptionsError: With every invalid option.
        """
        self._track(
            "concurrency",
            target,
            {"PredefinedMetricType": "SageMakerVariantProvisionedConcurrencyUtilization"},
            scale_in_cooldown=scale_in_cooldown,
            scale_out_cooldown=scale_out_cooldown,
            disable_scale_in=disable_scale_in,
        )


def sleeping_faults(targets: dict[str, ScalableInstanceCount]) -> list[str]:
    """Return what is wrong with targets once all has been said of them."""
    return [
        f"variant {name!r} {rules.ASLEEP}"
        for name, target in targets.items()
        if target._sleeps_for_ever
    ]


def _metric(name: str, namespace: str, **dimensions: str) -> dict[str, Any]:
    """Return a metric of the endpoint, whose name the function puts in."""
    listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {
        "MetricName": name,
        "Namespace": namespace,
        "Dimensions": [{"Name": "EndpointName"}, *listed],
        "Statistic": "Average",
    }
