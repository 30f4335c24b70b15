"""The rules of the options of models and endpoints, each named after the options it judges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cdk_automlv2._core import common_rules
from cdk_automlv2._core.options import Rule, limits
from cdk_automlv2._core.service_model import nearest
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting.instance_types import (
    has_own_storage,
    is_unsupported_architecture,
    processing_unit,
)
from cdk_automlv2.job.security import vpc_problems
from cdk_automlv2.problem_configs import ProblemConfig
from cdk_automlv2.problem_configs.serving import serving_of

RESPONSE_KEYS = ("predicted_label", "probability", "probabilities", "labels")
_UNITS = ("CPU", "GPU")


def one_name_rule(model_name: str | None, name: str | None) -> Iterator[OptionFault]:
    """One of the two options that are the model's name."""
    if model_name is not None and name is not None:
        yield OptionFault("name", "cannot be used with model_name", name, "drop one")


def response_keys_rule(inference_response_keys: Sequence[str] | None) -> Iterator[OptionFault]:
    """Keys that classifiers know, each once."""
    keys = list(inference_response_keys or [])
    for index, key in enumerate(keys):
        path = f"inference_response_keys[{index}]"
        if key not in RESPONSE_KEYS and not is_token(key):
            rule = f"must be one of {', '.join(RESPONSE_KEYS)}"
            yield OptionFault(path, rule, key, nearest(key, RESPONSE_KEYS))
        elif key in keys[:index]:
            yield OptionFault(path, "must not be there twice", key)


def keys_of_problem_rule(
    inference_response_keys: Sequence[str] | None, problem_config: ProblemConfig | None
) -> Iterator[OptionFault]:
    """Keys for a classifier; others answer with their prediction alone."""
    if not inference_response_keys or problem_config is None:
        return
    if problem_config.is_classifier() is False:
        rule = f"can be used only with a classifier, and the job is one for {problem_config.kind}"
        yield OptionFault("inference_response_keys", rule, list(inference_response_keys))


def keys_of_job_rule(
    inference_response_keys: Sequence[str] | None, job: Any
) -> Iterator[OptionFault]:
    """The same for a job."""
    yield from keys_of_problem_rule(inference_response_keys, job.problem_config)


def unit_value_rule(processing_unit: str | None) -> Iterator[OptionFault]:
    """One of two."""
    if processing_unit is not None and processing_unit not in _UNITS:
        rule = f"must be one of {', '.join(_UNITS)}"
        yield OptionFault(
            "processing_unit", rule, processing_unit, nearest(processing_unit, _UNITS)
        )


def processing_unit_rule(processing_unit: str | None, job: Any) -> Iterator[OptionFault]:
    """The one that a language model has containers for."""
    if processing_unit == "CPU" and serving_of(job.problem_config).needs_gpu:
        yield OptionFault("processing_unit", "must be GPU for a language model", processing_unit)


def instance_type_rule(instance_type: str | None) -> Iterator[OptionFault]:
    """Processors that AutoML's images run on."""
    if instance_type is not None and is_unsupported_architecture(instance_type):
        rule = "must have x86_64 processors, which AutoML's images are built for"
        fix = "use a family such as ml.m5 or ml.c5"
        yield OptionFault("instance_type", rule, instance_type, fix)


def volume_size_rule(volume_size: int | None, instance_type: str | None) -> Iterator[OptionFault]:
    """A volume where the type has one."""
    if volume_size is None or instance_type is None:
        return
    if has_own_storage(instance_type):
        yield OptionFault(
            "volume_size",
            f"must not be set: {instance_type} has storage of its own instead of a volume",
            volume_size,
        )


def endpoint_name_rule(endpoint_name: str | None) -> Iterator[OptionFault]:
    """Lower case, which IAM compares with."""
    if endpoint_name and endpoint_name != endpoint_name.lower():
        yield OptionFault("endpoint_name", "must be in lower case, as its ARN is", endpoint_name)


def unit_rule(model: Any, instance_type: str | None) -> Iterator[OptionFault]:
    """A GPU for the model of a language job, and for containers that were chosen for one."""
    if model is None or instance_type is None:
        return
    yield from gpu_rule(model.problem_config, instance_type)
    if len(serving_of(model.problem_config).units) < 2:
        return
    if model.processing_unit == "GPU" and processing_unit(instance_type) != "GPU":
        yield OptionFault(
            "instance_type",
            "must have a GPU, as the containers of the model are those for a GPU",
            instance_type,
            'use a family such as ml.g5, or a model of its own with processing_unit="CPU"',
        )


def gpu_rule(problem_config: ProblemConfig | None, instance_type: str) -> Iterator[OptionFault]:
    """A GPU for a language model."""
    if serving_of(problem_config).needs_gpu and processing_unit(instance_type) != "GPU":
        rule = "must have a GPU to serve a language model"
        yield OptionFault("instance_type", rule, instance_type, "use a family such as ml.g5")


MODEL_RULES: tuple[Rule, ...] = (
    *limits("CreateModel", model_name="ModelName", name="ModelName"),
    *limits("ListCandidatesForAutoMLJob", candidate_name="CandidateNameEquals"),
    vpc_problems,
    common_rules.vpc_config_rule,
    common_rules.role_rule,
    common_rules.tags_rule,
    common_rules.removal_policy_rule,
    one_name_rule,
    response_keys_rule,
    keys_of_job_rule,
    unit_value_rule,
    processing_unit_rule,
)

ENDPOINT_RULES: tuple[Rule, ...] = (
    *limits(
        "CreateEndpointConfig",
        initial_instance_count="ProductionVariants[].InitialInstanceCount",
        instance_type="ProductionVariants[].InstanceType",
        volume_size="ProductionVariants[].VolumeSizeInGB",
        model_data_download_timeout="ProductionVariants[].ModelDataDownloadTimeoutInSeconds",
        container_startup_health_check_timeout=(
            "ProductionVariants[].ContainerStartupHealthCheckTimeoutInSeconds"
        ),
    ),
    *limits("CreateEndpoint", endpoint_name="EndpointName"),
    common_rules.volume_kms_key_rule,
    common_rules.tags_rule,
    common_rules.timeout_rule,
    common_rules.longest_wait_rule,
    common_rules.removal_policy_rule,
    instance_type_rule,
    volume_size_rule,
    endpoint_name_rule,
    unit_rule,
)
