"""What a batch transform tells: events of how its runs end, and two metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, get_args

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events

from cdk_automlv2._core.metric_options import metric_options_rule
from cdk_automlv2._core.options import checked
from cdk_automlv2.batch.stack_transforms import EVENT_SOURCE

RunState = Literal["completed", "failed", "stopped", "skipped"]
STATES: Final[tuple[str, ...]] = get_args(RunState)
DETAIL_TYPE: Final = "Batch Transform Run"
METRIC_NAMESPACE: Final = "cdk-automlv2"


class BatchEvents(cdk.Resource):
    """The rules and the metrics of a batch transform.

    Attributes:
        key: Path of the construct below its stack: what events and metrics call it.
    """

    key: str

    @checked()
    def on_run_end(
        self,
        id: str,
        *,
        target: events.IRuleTarget | None = None,
        states: Sequence[RunState] | None = None,
        description: str | None = None,
    ) -> events.Rule:
        """Return a rule for the end of a run, however it was begun; docs/batch.md has the event.

        An event comes at least once; ``run`` of its detail identifies it.

        Args:
            id: Id of the rule, below the batch transform.
            target: Where events go. Default: nowhere; ``rule.add_target`` adds some.
            states: Which ends: completed, failed, stopped, skipped. Default: all.
            description: Of the rule.

        Raises:
            OptionsError: With every invalid option.
        """
        detail: dict[str, Any] = {"stack": [cdk.Stack.of(self).stack_name], "id": [self.key]}
        if states is not None:
            detail["state"] = list(states)
        pattern = events.EventPattern(
            source=[EVENT_SOURCE], detail_type=[DETAIL_TYPE], detail=detail
        )
        targets = None if target is None else [target]
        return events.Rule(
            self, id, description=description, event_pattern=pattern, targets=targets
        )

    def on_completed(self, id: str, *, target: events.IRuleTarget | None = None) -> events.Rule:
        """Return a rule for a run whose answers lie in S3; as ``on_run_end``."""
        return self.on_run_end(id, target=target, states=["completed"])

    def on_failed(self, id: str, *, target: events.IRuleTarget | None = None) -> events.Rule:
        """Return a rule for a run that has failed, or could not even begin."""
        return self.on_run_end(id, target=target, states=["failed"])

    @checked(metric_options_rule)
    def metric_failed_runs(self, **options: Any) -> cloudwatch.Metric:
        """Runs that have failed, of all that have ended; a count. Default: the sum.

        Raises:
            OptionsError: With every invalid option.
        """
        return self._metric("FailedRuns", {"statistic": "Sum"} | options)

    @checked(metric_options_rule)
    def metric_run_seconds(self, **options: Any) -> cloudwatch.Metric:
        """How long a run has taken that went well; seconds. Default: the average.

        Raises:
            OptionsError: With every invalid option.
        """
        return self._metric("RunSeconds", {"statistic": "Average"} | options)

    def _metric(self, name: str, options: dict[str, Any]) -> cloudwatch.Metric:
        dimensions = {"Stack": cdk.Stack.of(self).stack_name, "BatchTransform": self.key}
        defaults: dict[str, Any] = {"namespace": METRIC_NAMESPACE, "dimensions_map": dimensions}
        return cloudwatch.Metric(metric_name=name, **(defaults | options))
