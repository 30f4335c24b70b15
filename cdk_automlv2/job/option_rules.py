"""The rules of a job's options, each named after the options it judges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cdk_automlv2._core import common_rules
from cdk_automlv2._core.options import Rule, limits
from cdk_automlv2._core.wait_times import DEFAULT_TIMEOUT_SECONDS, LONGEST_SECONDS
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.job import rules
from cdk_automlv2.job.channels import DataChannel
from cdk_automlv2.job.output import path_of
from cdk_automlv2.job.security import vpc_problems
from cdk_automlv2.problem_configs import ProblemConfig

_AFTER_JOB_SECONDS = 30 * 60
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")
_LONGEST_REVISION = 256


def channel_list(inputs: DataChannel | Sequence[DataChannel]) -> list[DataChannel]:
    """Return one channel, or several, as a list."""
    return list(inputs) if isinstance(inputs, Sequence) else [inputs]


def default_timeout_seconds(config: ProblemConfig) -> int:
    """Return the longest wait for a job that is given none."""
    longest = config.longest_seconds
    if longest is None:
        return DEFAULT_TIMEOUT_SECONDS
    return longest + _AFTER_JOB_SECONDS


def objective_rule(problem_config: ProblemConfig, job_objective: Any) -> Iterable[OptionFault]:
    """A metric that suits the problem."""
    return rules.objective_problems(problem_config, job_objective)


def channels_rule(problem_config: ProblemConfig, inputs: Any) -> Iterable[OptionFault]:
    """Channels that suit the problem and each other."""
    return rules.channel_problems(problem_config, channel_list(inputs))


def split_rule(
    problem_config: ProblemConfig, inputs: Any, validation_fraction: float | None
) -> Iterable[OptionFault]:
    """A fraction only where the data is split by the service."""
    return rules.split_problems(problem_config, channel_list(inputs), validation_fraction)


def output_path_rule(output_path: str | None) -> Iterable[OptionFault]:
    """A path of the length that the API's text allows."""
    return rules.output_problems(output_path)


def output_rule(output_path: str | None, output: Any) -> Iterator[OptionFault]:
    """One of the two ways to say where a job writes."""
    if output_path is not None and output is not None:
        yield OptionFault("output_path", "cannot be used with output", output_path, "drop one")


def overlap_rule(inputs: Any, output_path: str | None, output: Any) -> Iterable[OptionFault]:
    """No output among the data that are learnt from."""
    path = path_of(output_path, output)
    return () if path is None else rules.overlap_problems(channel_list(inputs), path)


def named_overlap_rule(
    inputs: Any,
    output_path: str | None,
    output: Any,
    job_name: str | None,
    base_job_name: str | None,
) -> Iterator[OptionFault]:
    """No output among the data, where only the job's name makes it so."""
    name = job_name or base_job_name
    path = path_of(output_path, output)
    if path is None or name is None:
        return
    channels = channel_list(inputs)
    if not any(True for _ in rules.overlap_problems(channels, path)):
        yield from rules.overlap_problems(channels, path, name)


def base_job_name_rule(base_job_name: str | None) -> Iterator[OptionFault]:
    """A prefix of the characters that a name may have."""
    if base_job_name is not None and not _NAME.fullmatch(base_job_name):
        rule = "must be letters, digits and hyphens, with no hyphen at either end"
        yield OptionFault("base_job_name", rule, base_job_name)


def revision_rule(revision: str | None) -> Iterator[OptionFault]:
    """A short text."""
    if revision is not None and len(revision) > _LONGEST_REVISION:
        rule = f"must have {_LONGEST_REVISION} characters or less"
        yield OptionFault("revision", rule, revision)


def longest_run_rule(
    problem_config: ProblemConfig | None, timeout: Any, wait: bool
) -> Iterator[OptionFault]:
    """A wait for the longest run of the job that the resources of one stack suffice for."""
    if problem_config is None or timeout is not None or not wait:
        return
    seconds = default_timeout_seconds(problem_config)
    if seconds > LONGEST_SECONDS:
        yield common_rules.too_long(
            f"{seconds} s for max_total_job_runtime_in_seconds and what follows",
            "give a shorter timeout, or do not wait, with wait=False",
        )


SETTINGS_RULES: tuple[Rule, ...] = (
    *limits(
        "CreateAutoMLJobV2",
        job_objective="AutoMLJobObjective",
        job_name="AutoMLJobName",
        output_path="OutputDataConfig.S3OutputPath",
    ),
    vpc_problems,
    common_rules.vpc_config_rule,
    common_rules.role_rule,
    common_rules.output_kms_key_rule,
    common_rules.volume_kms_key_rule,
    common_rules.tags_rule,
    common_rules.timeout_rule,
    common_rules.longest_wait_rule,
    longest_run_rule,
    output_path_rule,
    output_rule,
    objective_rule,
    base_job_name_rule,
    revision_rule,
)

JOB_RULES: tuple[Rule, ...] = (
    *SETTINGS_RULES,
    channels_rule,
    split_rule,
    overlap_rule,
    named_overlap_rule,
)

ATTACHED_RULES: tuple[Rule, ...] = (
    *limits("CreateAutoMLJobV2", output_path="OutputDataConfig.S3OutputPath"),
    common_rules.output_kms_key_rule,
    common_rules.timeout_rule,
    common_rules.longest_timeout_rule,
    output_path_rule,
    output_rule,
)
