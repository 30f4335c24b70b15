"""The rules of the methods of ``AutoMLV2``: those of the constructs that they make, and its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cdk_automlv2._core.options import Rule, limits, renamed
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.hosting.option_rules import endpoint_name_rule, gpu_rule, keys_of_problem_rule
from cdk_automlv2.job import option_rules as job_rules
from cdk_automlv2.job import rules
from cdk_automlv2.job.candidates import Candidate
from cdk_automlv2.job.channels import AutoMLDataChannel, DataChannel, LocalAutoMLDataChannel
from cdk_automlv2.problem_configs import ProblemConfig
from cdk_automlv2.release.in_stack import endpoint_gates_rule
from cdk_automlv2.release.option_rules import gates_rule

Inputs = str | DataChannel | Sequence[DataChannel]


def channels_of(inputs: Inputs) -> list[DataChannel]:
    """Return the channels that the SDK's ``inputs`` stand for.

    Raises:
        OptionsError: If text names neither a place in S3 nor a file or folder.
    """
    if isinstance(inputs, str):
        if inputs.startswith(("s3://", "https://")) or is_token(inputs):
            return [AutoMLDataChannel("S3Prefix", inputs)]
        return [LocalAutoMLDataChannel("S3Prefix", inputs)]
    return job_rules.channel_list(inputs)


def known_problem_rule(problem_config: ProblemConfig | None) -> Iterator[OptionFault]:
    """A problem to learn, which an attached job may come without."""
    if problem_config is None:
        yield OptionFault("problem_config", "must be given to attach where fit is called", None)


def inputs_rule(problem_config: ProblemConfig | None, inputs: Inputs) -> Iterator[OptionFault]:
    """Data that is there, in channels that suit the problem."""
    if problem_config is None:
        return
    try:
        channels = channels_of(inputs)
    except OptionsError as error:
        for fault in error.problems:
            yield OptionFault("inputs", fault.rule, fault.got, fault.fix)
    else:
        yield from rules.channel_problems(problem_config, channels)


def fit_split_rule(
    problem_config: ProblemConfig | None, inputs: Inputs, validation_fraction: float | None
) -> Iterator[OptionFault]:
    """No fraction beside a validation channel."""
    channels = [] if isinstance(inputs, str) else job_rules.channel_list(inputs)
    if problem_config is not None and len(channels) == 2:
        yield from rules.split_problems(problem_config, channels, validation_fraction)


def fraction_rule(
    problem_config: ProblemConfig, validation_fraction: float | None
) -> Iterable[OptionFault]:
    """A fraction that can be one, where the problem takes one."""
    return rules.split_problems(problem_config, [], validation_fraction)


def one_click_rule(
    auto_generate_endpoint_name: bool | None, endpoint_name: str | None
) -> Iterable[OptionFault]:
    """One of the two ways to name the endpoint of ``fit``."""
    return rules.one_click_problems(auto_generate_endpoint_name, endpoint_name)


def fitted_rule(latest: object) -> Iterator[OptionFault]:
    """A job whose candidates may be served."""
    if latest is None:
        yield OptionFault("job", "must be there first", None, "call fit or attach first")


def candidate_rule(candidate: Candidate | Mapping[str, Any] | str | None) -> Iterator[OptionFault]:
    """A candidate with a name."""
    if isinstance(candidate, Mapping) and not isinstance(candidate.get("CandidateName"), str):
        yield OptionFault("candidate['CandidateName']", "must be set", None)


def optional_gpu_rule(
    problem_config: ProblemConfig | None, instance_type: str | None
) -> Iterable[OptionFault]:
    """A GPU for a language model, where the instance type is known already."""
    return () if instance_type is None else gpu_rule(problem_config, instance_type)


def detached_rule(
    detached: bool, has_job_name: bool, candidate: object, name: object, gates: Any
) -> Iterator[OptionFault]:
    """After ``fit(wait=False)`` nothing that names one job, candidate or model."""
    if not detached:
        yield from endpoint_gates_rule(gates)
        return
    rule = "cannot be used after fit(wait=False): each release has another"
    if has_job_name:
        yield OptionFault("job_name", rule, "one in fit", "use base_job_name")
    for option, value in (("candidate", candidate), ("name", name)):
        if value is not None:
            yield OptionFault(option, rule, value)


def at_run_time_only(*options: str) -> tuple[Rule, ...]:
    """Return rules for the SDK's options that have no meaning at synth."""
    return tuple(renamed(_at_run_time, option=option) for option in options)


def _at_run_time(option: object) -> Iterator[OptionFault]:
    if option is not None:
        rule = "has no use at synth and must be None"
        fix = "at run time, cdk_automlv2.runtime.AutoMLRuntime does that"
        yield OptionFault("option", rule, option, fix)


AUTO_ML_RULES: tuple[Rule, ...] = (
    *limits("CreateEndpoint", endpoint_name="EndpointName"),
    *at_run_time_only("sagemaker_session"),
    fraction_rule,
    one_click_rule,
    endpoint_name_rule,
)

FIT_RULES: tuple[Rule, ...] = (known_problem_rule, inputs_rule, fit_split_rule)

_MODEL: tuple[Rule, ...] = (
    fitted_rule,
    keys_of_problem_rule,
    *at_run_time_only("sagemaker_session", "predictor_cls"),
    candidate_rule,
)
CREATE_MODEL_RULES: tuple[Rule, ...] = (
    *_MODEL,
    endpoint_gates_rule,
    gates_rule,
    optional_gpu_rule,
)

DEPLOY_RULES: tuple[Rule, ...] = (
    *_MODEL,
    *at_run_time_only("serializer", "deserializer"),
    detached_rule,
    gates_rule,
    gpu_rule,
)
