"""What stands where a job stands, though what it holds was trained elsewhere."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2.job.base import AutoMLJobBase
from cdk_automlv2.problem_configs import ProblemConfig


class TrainedElsewhere(AutoMLJobBase):
    """A candidate without a job: its containers are known, and nothing is waited for.

    Args:
        problem_config: What it predicts, if that is known.
    """

    def __init__(
        self, scope: Construct, id: str, problem_config: ProblemConfig | None = None
    ) -> None:
        super().__init__(scope, id)
        self._provider = AutoMLProvider.of(scope)
        self._settled = None
        self.problem_config = problem_config

    @property
    def source(self) -> cdk.CfnResource | None:
        """Nothing decides whether it exists."""
        return None

    def _use_in(self, provider: AutoMLProvider) -> cdk.IResolvable | str | None:  # type: ignore[override]
        """No job is looked at."""
        return None
