"""The rules of a release's options that neither job nor model nor endpoint has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cdk_automlv2._core.options import Rule
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting.option_rules import gpu_rule
from cdk_automlv2.problem_configs import ProblemConfig
from cdk_automlv2.release.gates import MOST_GATES

_UNITS = ("CPU", "GPU")


def gates_rule(
    gates: Sequence[Any] | None, problem_config: ProblemConfig | None
) -> Iterator[OptionFault]:
    """Gates whose metrics the problem has, and not too many of them."""
    listed = list(gates or [])
    if len(listed) > MOST_GATES:
        yield OptionFault("gates", f"must be {MOST_GATES} or fewer", len(listed))
    for index, gate in enumerate(listed):
        for field, rule, value in gate.metric_problems(problem_config):
            yield OptionFault(f"gates[{index}].{field}", rule, value)


def candidate_rule(problem_config: ProblemConfig) -> Iterator[OptionFault]:
    """A job that trains."""
    if not problem_config.makes_candidates:
        name = "generate_candidate_definitions_only"
        yield OptionFault(f"problem_config.{name}", "must not be set in a release", True)


def release_unit_rule(
    problem_config: ProblemConfig, processing_unit: str | None
) -> Iterator[OptionFault]:
    """One of two, and the one that a language model has containers for."""
    if processing_unit is None:
        return
    if processing_unit not in _UNITS:
        rule = f"must be one of {', '.join(_UNITS)}"
        yield OptionFault("processing_unit", rule, processing_unit)
    elif processing_unit != "GPU" and problem_config.serving.needs_gpu:
        yield OptionFault("processing_unit", "must be GPU for a language model", processing_unit)


RELEASE_RULES: tuple[Rule, ...] = (gates_rule, candidate_rule, release_unit_rule, gpu_rule)
