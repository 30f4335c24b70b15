"""What the names in files stand for: kinds of problems, and how their options are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_automlv2._core.names import base_name
from cdk_automlv2.hosting.variants import InstanceVariant, ServerlessVariant
from cdk_automlv2.problem_configs import KINDS, ProblemConfig
from cdk_automlv2.release.gates import (
    BetterThanDeployed,
    LatencyGate,
    ObjectiveGate,
    SmokeTest,
)


def _kind_of(name: str) -> str:
    return base_name(name).replace("-", "_")


PROBLEMS: Mapping[str, type[ProblemConfig]] = {
    _kind_of(config.api_name.removesuffix("JobConfig")): config for config in KINDS
}
"""``tabular``, ``time_series_forecasting``, … → the configuration of such problems."""

GATES: Mapping[str, Any] = {
    _kind_of(gate.type): gate
    for gate in (ObjectiveGate, BetterThanDeployed, LatencyGate, SmokeTest)
}
"""``objective``, ``smoke_test``, … → such gates; that of a function needs the function."""

VARIANTS: Mapping[str, Any] = {"instance": InstanceVariant, "serverless": ServerlessVariant}
"""``instance``, ``serverless`` → such variants of an endpoint."""

RETRAINING: Mapping[str, str] = {
    "schedule": "retrain_on_schedule",
    "new_data": "retrain_on_new_data",
    "alarm": "retrain_on_alarm",
}
"""What trains a release again → the method of ``AutoMLRelease``."""
