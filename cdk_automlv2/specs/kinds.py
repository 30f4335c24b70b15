"""What the names in files stand for: kinds of problems, and how their options are named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_automlv2._core.names import base_name
from cdk_automlv2._core.options import Rule
from cdk_automlv2.hosting import scaling_rules
from cdk_automlv2.hosting.interface import VARIANT_NAME
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

USUAL_VARIANT = VARIANT_NAME
"""Name of the only variant of an endpoint, unless it has another one."""

SCALING: Mapping[str, tuple[tuple[Rule, ...], Mapping[str, tuple[Rule, ...]]]] = {
    "auto_scale_instance_count": (scaling_rules.INSTANCE_COUNT, scaling_rules.COUNT_WAYS),
    "auto_scale_provisioned_concurrency": (
        scaling_rules.PROVISIONED_CONCURRENCY,
        scaling_rules.CONCURRENCY_WAYS,
    ),
}
"""Methods of an endpoint that scale it → their rules, and the ways to scale with theirs."""

RUNNING: Mapping[str, str] = {"run_on_schedule": "Schedule", "run_on_new_objects": "NewObjects"}
"""Methods of a batch transform that let it run again → the id of the first of each."""

STOPPING: Mapping[str, str] = {"stop_on_schedule": "Stop", "start_on_schedule": "Start"}
"""Methods of an endpoint that stop and start it → the id of the first of each."""

RETRAINING: Mapping[str, str] = {
    "schedule": "retrain_on_schedule",
    "new_data": "retrain_on_new_data",
    "alarm": "retrain_on_alarm",
}
"""What trains a release again → the method of ``AutoMLRelease``."""
