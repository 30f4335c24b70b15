"""The alarms that take an endpoint's update back: given, or made here under names known at synth.

An alarm goes by the endpoint's name, which exists once the endpoint does; the endpoint's update
goes by the alarm's name. So that name is text, made of the construct's place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from constructs import Construct

from cdk_automlv2._core.arns import arn, literal
from cdk_automlv2._core.conditions import Conditions
from cdk_automlv2._core.function_policy import FunctionRights
from cdk_automlv2._core.grants import RoleGrants
from cdk_automlv2._core.retention import goes_with_its_stack
from cdk_automlv2.hosting.deployment import Deployment
from cdk_automlv2.hosting.fleet import Fleet

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch

_MICROSECONDS: Final = 1000
_PERIODS: Final = 2
"""Minutes in a row that a made alarm looks at."""


@dataclass(frozen=True)
class _Made:
    """One alarm made here."""

    kind: str
    variant: str
    name: str

    @property
    def id(self) -> str:
        """Id of its construct."""
        return f"{self.kind}Alarm{self.variant}"


class Guardrails:
    """How the updates of one endpoint go, as its stack has it.

    Args:
        endpoint: The endpoint.
        deployment: What was asked for.
        mark: What stands for the endpoint in names.
        fleet: What it serves.
    """

    def __init__(
        self, endpoint: Construct, deployment: Deployment, mark: str, fleet: Fleet
    ) -> None:
        self._endpoint = endpoint
        self._deployment = deployment
        self._fleet = fleet
        kinds = {"Errors": deployment.errors, "Latency": deployment.latency}
        names = fleet.variant_names if len(fleet.production) > 1 else [""]
        self._made = [
            _Made(kind, name, "-".join(filter(None, ["automl", mark, kind.lower(), name])))
            for kind, limit in kinds.items()
            if limit is not None
            for name in names
        ]
        self._warn(len(deployment.alarms) + len(self._made))

    def properties(self) -> dict[str, Any]:
        """Return the properties of the endpoint's resource."""
        request = self._deployment.to_request()
        names = [*map(_name, self._deployment.alarms), *(made.name for made in self._made)]
        if names:
            listed = [{"AlarmName": name} for name in names]
            request["AutoRollbackConfiguration"] = {"Alarms": listed}
        return {
            "DeploymentConfig": request,
            "OwnAlarms": [made.name for made in self._made] or None,
            "ProceedInAlarm": True if self._deployment.proceed_in_alarm else None,
        }

    def grant(self, roles: Sequence[RoleGrants], function: FunctionRights) -> None:
        """Let the roles, which SageMaker looks at alarms as, and the function see the alarms."""
        arns = [*map(_arn, self._deployment.alarms), *(_arn(made.name) for made in self._made)]
        if arns:
            function.see_alarms()
        for role in roles:
            role.allow_see_alarms(arns)

    def make_alarms(
        self, metric: Callable[..., cloudwatch.Metric], endpoint: cdk.CfnResource
    ) -> None:
        """Make the alarms, once the endpoint has a name; they exist only where it does."""
        conditions = Conditions.of(endpoint.stack)
        for made in self._made:
            conditions.follow(self._make(made, metric), endpoint)

    def longest_seconds(self) -> int:
        """Return how long an update may take beside the time that instances need to come up."""
        return self._deployment.longest_seconds(self._fleet.instances)

    def _make(self, made: _Made, metric: Callable[..., cloudwatch.Metric]) -> cdk.CfnResource:
        from aws_cdk import aws_cloudwatch as cloudwatch

        deployment = self._deployment
        if made.kind == "Errors":
            name, threshold = "Invocation5XXErrors", (deployment.errors or 0) / 100
            words = f"more than {deployment.errors:g} % of the answers have a 5xx status"
        else:
            assert deployment.latency is not None
            milliseconds = deployment.latency.to_milliseconds()
            name, threshold = "ModelLatency", milliseconds * _MICROSECONDS
            words = f"the average model latency is above {milliseconds:g} ms"
        chosen = {"variant_name": made.variant} if made.variant else {}
        alarm = cloudwatch.Alarm(
            self._endpoint,
            made.id,
            alarm_name=made.name,
            alarm_description=f"Takes updates of {self._endpoint.node.path} back: {words}",
            # Each request counts as 0 or 1, so that the average is the share.
            metric=metric(name, period=cdk.Duration.minutes(1), statistic="Average", **chosen),
            threshold=threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=_PERIODS,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        resource = alarm.node.default_child
        assert isinstance(resource, cdk.CfnResource)
        goes_with_its_stack(resource)
        return resource

    def _warn(self, alarms: int) -> None:
        deployment, instances = self._deployment, self._fleet.instances
        if deployment.strategy == "all_at_once":
            return
        if not alarms:
            self._say(
                "deployment-without-alarms",
                f"a {deployment.strategy} deployment without alarms watches nothing; give it "
                "alarms, errors or latency",
            )
        if instances == 1:
            self._say(
                "deployment-of-one-instance",
                f"a {deployment.strategy} deployment needs 2 instances or more: one has no part "
                "that could begin",
            )
        elif instances and 2 * (deployment.instance_count or 0) > instances:
            self._say(
                "deployment-step-too-large",
                f"a step of {deployment.instance_count} instances is more than half of "
                f"{instances}, which SageMaker refuses unless there are more by then",
            )

    def _say(self, id_: str, words: str) -> None:
        cdk.Annotations.of(self._endpoint).add_warning_v2(f"cdk-automlv2:{id_}", words)


def _name(alarm: cloudwatch.IAlarm | str) -> str:
    return alarm if isinstance(alarm, str) else alarm.alarm_name


def _arn(alarm: cloudwatch.IAlarm | str) -> str:
    if isinstance(alarm, str):
        return arn("cloudwatch", f"alarm:{literal(alarm)}")
    return literal(alarm.alarm_arn)
