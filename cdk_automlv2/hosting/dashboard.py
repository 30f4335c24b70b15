"""``AutoMLDashboard``: what endpoints, releases, batch transforms and jobs do, on one page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk_automlv2._core.conditions import Conditions
from cdk_automlv2._core.display import Displayed
from cdk_automlv2._core.options import Rule, checked
from cdk_automlv2._core.tokens import is_looked_up
from cdk_automlv2.batch.transform import AutoMLBatchTransform
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting.dashboard_rows import (
    batch_rows,
    endpoint_rows,
    job_rows,
    objective_of,
)
from cdk_automlv2.hosting.interface import IAutoMLEndpoint
from cdk_automlv2.job.interface import IAutoMLJob


def subjects_rule(
    endpoints: Sequence[IAutoMLEndpoint],
    batch_transforms: Sequence[AutoMLBatchTransform],
    jobs: Sequence[IAutoMLJob],
) -> Iterator[OptionFault]:
    """Something to show."""
    if not any((endpoints, batch_transforms, jobs)):
        rule = "must hold one at least, unless there are batch_transforms or jobs"
        yield OptionFault("endpoints", rule, "none")


def interval_rule(default_interval: cdk.Duration | None) -> Iterator[OptionFault]:
    """A time that CloudWatch can show."""
    if default_interval is not None and default_interval.is_unresolved():
        yield OptionFault("default_interval", "must be known at synth", "a token")


def name_rule(dashboard_name: str | None) -> Iterator[OptionFault]:
    """What CloudWatch takes for a name."""
    if dashboard_name is not None and not _NAME.fullmatch(dashboard_name):
        rule = "must be 1 to 255 letters, digits, hyphens and underscores"
        yield OptionFault("dashboard_name", rule, dashboard_name)


_RESOURCES = ("_settled", "_resource", "_release_resource")
"""Where a construct made here has what its names refer to."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_RULES: tuple[Rule, ...] = (subjects_rule, interval_rule, name_rule)


class AutoMLDashboard(Displayed, cdk.Resource):
    """A CloudWatch dashboard of endpoints, releases, batch transforms and jobs.

    An endpoint has rows for requests, errors, latency and load: those that its kind publishes, each
    of its variants by its name, latencies in milliseconds. A release has the objective of each of
    its candidates besides; a job its best candidate, a batch transform its runs.

    Args:
        endpoints: Endpoints and releases, made here or imported. Default: none.
        batch_transforms: Each an ``AutoMLBatchTransform``. Default: none.
        jobs: Jobs whose best candidate is shown. Default: none.
        dashboard_name: Its name; letters, digits, hyphens and underscores. Default: made by
            CloudFormation.
        default_interval: The time that is shown at first. Default: 1 day.

    Attributes:
        dashboard: The dashboard itself, for more widgets of your own.

    Raises:
        OptionsError: With every invalid option.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html

    Example:
        >>> served = AutoMLEndpoint(stack, "Churn", model=model, instance_type="ml.m5.large")
        >>> shown = AutoMLDashboard(stack, "Dashboard", endpoints=[served], jobs=[job])
    """

    @checked(*_RULES)
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        endpoints: Sequence[IAutoMLEndpoint] = (),
        batch_transforms: Sequence[AutoMLBatchTransform] = (),
        jobs: Sequence[IAutoMLJob] = (),
        dashboard_name: str | None = None,
        default_interval: cdk.Duration | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Resource",
            # What the CLI has yet to look up is no name that the CDK takes.
            dashboard_name=None if is_looked_up(dashboard_name) else dashboard_name,
            default_interval=default_interval or cdk.Duration.days(1),
        )
        for endpoint in endpoints:
            self._add(endpoint_rows(endpoint))
            self._add(objective_of(endpoint))
        for transform in batch_transforms:
            self._add(batch_rows(transform))
        for job in jobs:
            self._add(job_rows(job))
        self._follow((*endpoints, *batch_transforms, *jobs))

    @property
    def dashboard_name(self) -> str:
        """Name of the dashboard; a token."""
        return self.dashboard.dashboard_name

    @property
    def dashboard_arn(self) -> str:
        """ARN of the dashboard; a token."""
        return self.dashboard.dashboard_arn

    def _follow(self, subjects: Sequence[object]) -> None:
        """Exist only where all that the widgets refer to does."""
        own = self.dashboard.node.default_child
        assert isinstance(own, cdk.CfnResource)
        for subject in subjects:
            parts = (getattr(subject, name, None) for name in _RESOURCES)
            followed = next((part for part in parts if isinstance(part, cdk.CfnResource)), None)
            if followed is not None:
                elsewhere = followed.stack is not own.stack
                Conditions.of(own.stack).follow(own, followed, elsewhere=elsewhere)

    def _add(self, rows: Iterator[list[cloudwatch.IWidget]]) -> None:
        for row in rows:
            self.dashboard.add_widgets(*row)
