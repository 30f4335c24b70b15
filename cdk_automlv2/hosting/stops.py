"""What stops an endpoint by a schedule, and starts it again without training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from cdk_automlv2._core.identity import name_scope
from cdk_automlv2._core.lazy import Producer
from cdk_automlv2._core.options import checked
from cdk_automlv2._core.parts import Detachable
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.scheduler_role import scheduler_role
from cdk_automlv2._core.tokens import without_none
from cdk_automlv2._core.triggers import SCHEDULER_ID, schedule_of
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.hosting.imports import EndpointImports
from cdk_automlv2.hosting.scaling_of import EndpointScaling

_ROLES: WeakKeyDictionary[cdk.Stack, iam.Role] = WeakKeyDictionary()


class EndpointStops(EndpointImports):
    """The schedules of an endpoint."""

    _provider: AutoMLProvider
    _resource: cdk.CfnResource
    _served: Mapping[str, Any]
    _scaling: EndpointScaling

    @checked()
    def stop_on_schedule(
        self,
        schedule: scheduler.ScheduleExpression,
        *,
        id: str = "Stop",
        enabled: bool = True,
    ) -> scheduler.CfnSchedule:
        """Stop the endpoint by a schedule: it is deleted, and costs nothing until it is started.

        Its configuration and models stay, so that nothing is trained again. A deployment meanwhile
        starts nothing; deleting the construct deletes what is left. Requests to a stopped endpoint
        fail.

        Args:
            schedule: Such as ``scheduler.ScheduleExpression.cron(hour="20", minute="0",
                time_zone=cdk.TimeZone.EUROPE_BERLIN)``.
            id: Id of the schedule, below the endpoint; needed from the second call on.
            enabled: Whether it fires. Default: True.

        Raises:
            OptionsError: With every invalid option, and for the endpoint of a release.
        """
        return self._on_schedule("Stop", schedule, id, enabled)

    @checked()
    def start_on_schedule(
        self,
        schedule: scheduler.ScheduleExpression,
        *,
        id: str = "Start",
        enabled: bool = True,
    ) -> scheduler.CfnSchedule:
        """Start the endpoint by a schedule, under its name, if it was stopped by one.

        It begins with the counts and weights of the template, and is scaled as before. A start that
        fails is tried three times.

        Args:
            schedule: As for ``stop_on_schedule``; some minutes before the endpoint is needed.
            id: Id of the schedule, below the endpoint; needed from the second call on.
            enabled: Whether it fires. Default: True.

        Raises:
            OptionsError: With every invalid option, and for the endpoint of a release.
        """
        return self._on_schedule("Start", schedule, id, enabled)

    def _on_schedule(
        self, verb: str, schedule: scheduler.ScheduleExpression, id: str, enabled: bool
    ) -> scheduler.CfnSchedule:
        if isinstance(self, Detachable):
            rule = "must be called on an AutoMLEndpoint: the endpoint of a release is its own"
            fault = OptionFault(f"{verb.lower()}_on_schedule", rule, "an endpoint of a release")
            raise OptionsError(self.node.path, (fault,))
        stack = self._provider.stack
        task = {
            "Task": f"{verb}Endpoint",
            "Trigger": {"Id": SCHEDULER_ID},
            "Endpoint": {
                "StackId": cdk.Aws.STACK_ID,
                "LogicalId": stack.get_logical_id(self._resource),
                "Properties": cdk.Lazy.any(Producer(self._stopped_properties)),
            },
        }
        made = schedule_of(
            self,
            id,
            schedule,
            description=f"{verb}s {self.node.path}",
            enabled=enabled,
            function_arn=self._provider.function.function_arn,
            role=_role(self._provider),
            request=stack.to_json_string(task),
        )
        self._resource.add_property_override("Stops", True)
        self._provider.follow(made, self._resource)
        return made

    def _stopped_properties(self) -> dict[str, Any]:
        """Return what an execution needs to stop and start, as it is once all has been declared."""
        return without_none(
            **self._served,
            EndpointName=cdk.Token.as_string(self._resource.get_att("EndpointName")),
            Scaling=self._scaling.to_request() or None,
            NameScope=name_scope(self._provider.stack),
            StateMachineArn=self._provider.state_machine.attr_arn,
        )


def _role(provider: AutoMLProvider) -> iam.Role:
    """Return the role by which EventBridge Scheduler invokes the function for all endpoints."""
    found = _ROLES.get(provider.stack)
    if found is None:
        found = _ROLES[provider.stack] = scheduler_role(Construct(provider, "Schedules"), provider)
    return found
