"""What the names in files stand for: kinds of problems, and how their options are named."""

from __future__ import annotations

from collections.abc import Mapping

from cdk_automlv2._core.names import base_name
from cdk_automlv2.problem_configs import KINDS, ProblemConfig


def _kind_of(config: type[ProblemConfig]) -> str:
    return base_name(config.api_name.removesuffix("JobConfig")).replace("-", "_")


PROBLEMS: Mapping[str, type[ProblemConfig]] = {_kind_of(config): config for config in KINDS}
"""``tabular``, ``time_series_forecasting``, … → the configuration of such problems."""
