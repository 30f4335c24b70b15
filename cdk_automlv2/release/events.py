"""What a release publishes: EventBridge rules for its states, and the objective as a metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, get_args

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns

from cdk_automlv2._core.metric_options import metric_options_rule
from cdk_automlv2._core.options import checked
from cdk_automlv2.hosting.base import AutoMLEndpointBase

State = Literal[
    "started",
    "trained",
    "deploying",
    "in-service",
    "refused",
    "undecided",
    "failed",
    "rolled-back",
    "superseded",
    "deleted",
]
STATES: Final[tuple[str, ...]] = get_args(State)
SOURCE: Final = "cdk.automlv2"
DETAIL_TYPE: Final = "Release State Change"
METRIC_NAMESPACE: Final = "cdk-automlv2"
METRIC_NAME: Final = "Objective"
_NOTIFIED: Final[tuple[State, ...]] = (
    "in-service",
    "refused",
    "undecided",
    "failed",
    "rolled-back",
)


class ReleaseEvents(AutoMLEndpointBase):
    """The rules and the metric of a release.

    Attributes:
        key: Path of the construct below its stack: what the command and the events call it.
    """

    key: str

    @checked()
    def on_state_change(
        self,
        id: str,
        *,
        target: events.IRuleTarget | None = None,
        states: Sequence[State] | None = None,
        description: str | None = None,
    ) -> events.Rule:
        """Return a rule for changes of the release's state; docs/releases.md has the event.

        An event comes at least once; ``release`` and ``sequence`` of its
        detail identify it.

        Args:
            id: Id of the rule, below the release.
            target: Where events go. Default: nowhere; ``rule.add_target`` adds some.
            states: Which states. Default: all.
            description: Of the rule.

        Raises:
            OptionsError: With every invalid option.
        """
        detail: dict[str, Any] = {
            "stack": [cdk.Stack.of(self).stack_name],
            "id": [self.key],
        }
        if states is not None:
            detail["state"] = list(states)
        pattern = events.EventPattern(source=[SOURCE], detail_type=[DETAIL_TYPE], detail=detail)
        return events.Rule(
            self,
            id,
            description=description,
            event_pattern=pattern,
            targets=None if target is None else [target],
        )

    def on_released(self, id: str, *, target: events.IRuleTarget | None = None) -> events.Rule:
        """Return a rule for the moment a release is in service; as ``on_state_change``."""
        return self.on_state_change(id, target=target, states=["in-service"])

    def on_refused(self, id: str, *, target: events.IRuleTarget | None = None) -> events.Rule:
        """Return a rule for a gate that has said no, or could not measure."""
        return self.on_state_change(id, target=target, states=["refused", "undecided"])

    def on_failed(self, id: str, *, target: events.IRuleTarget | None = None) -> events.Rule:
        """Return a rule for a release without candidate or endpoint, or rolled back by AWS."""
        return self.on_state_change(id, target=target, states=["failed", "rolled-back"])

    @checked(metric_options_rule)
    def metric_objective(self, **options: Any) -> cloudwatch.Metric:
        """Return the objective of each trained candidate; options as ``Metric`` has them.

        Default: the average over 5 minutes.

        Raises:
            OptionsError: With every invalid option.
        """
        dimensions = {"Stack": cdk.Stack.of(self).stack_name, "Release": self.key}
        defaults: dict[str, Any] = {"statistic": "Average", "dimensions_map": dimensions}
        return cloudwatch.Metric(
            namespace=METRIC_NAMESPACE, metric_name=METRIC_NAME, **(defaults | options)
        )

    def _notify(self, topic: sns.ITopic) -> None:
        self.on_state_change("Notify", target=targets.SnsTopic(topic), states=_NOTIFIED)
