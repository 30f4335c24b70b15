"""From the first version of the API: the options of ``AutoMLV2`` that say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_automlv2._core.tokens import without_none
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.problem_configs import AutoMLTabularConfig

_MEMBERS = ("AutoMLJobConfig", "ModelDeployConfig", "OutputDataConfig")


def v1_rule(auto_ml: Mapping[str, Any]) -> Iterator[OptionFault]:
    """A request or description with a column to predict."""
    for name in _MEMBERS:
        if not isinstance(auto_ml.get(name) or {}, Mapping):
            yield OptionFault(f"auto_ml[{name!r}]", "must be a dict", auto_ml[name])
    channels = auto_ml.get("InputDataConfig")
    first = channels[0] if isinstance(channels, list) and channels else None
    target = first.get("TargetAttributeName") if isinstance(first, Mapping) else None
    if not isinstance(target, str):
        path = "auto_ml['InputDataConfig'][0]['TargetAttributeName']"
        yield OptionFault(path, "must be a column to predict", target)


def v2_options(auto_ml: Mapping[str, Any]) -> dict[str, Any]:
    """Return keyword arguments of ``AutoMLV2`` for a V1 request or description.

    Args:
        auto_ml: CreateAutoMLJob's request, or DescribeAutoMLJob's answer. Its channels carry the
            target column; where the data lie is for ``fit`` to say.
    """
    config = auto_ml.get("AutoMLJobConfig") or {}
    security = config.get("SecurityConfig") or {}
    output = auto_ml.get("OutputDataConfig") or {}
    deploy = auto_ml.get("ModelDeployConfig") or {}
    split = config.get("DataSplitConfig") or {}
    return without_none(
        problem_config=_tabular(auto_ml, config),
        base_job_name=auto_ml.get("AutoMLJobName"),
        output_path=output.get("S3OutputPath"),
        output_kms_key=output.get("KmsKeyId") or None,
        job_objective=auto_ml.get("AutoMLJobObjective"),
        validation_fraction=split.get("ValidationFraction"),
        auto_generate_endpoint_name=deploy.get("AutoGenerateEndpointName"),
        endpoint_name=deploy.get("EndpointName"),
        role=auto_ml.get("RoleArn"),
        volume_kms_key=security.get("VolumeKmsKeyId") or None,
        encrypt_inter_container_traffic=security.get("EnableInterContainerTrafficEncryption"),
        vpc_config=security.get("VpcConfig"),
        tags=auto_ml.get("Tags"),
    )


def _tabular(auto_ml: Mapping[str, Any], config: Mapping[str, Any]) -> AutoMLTabularConfig:
    channel = auto_ml["InputDataConfig"][0]
    completion = config.get("CompletionCriteria") or {}
    generation = config.get("CandidateGenerationConfig") or {}
    algorithms = generation.get("AlgorithmsConfig") or [{}]
    return AutoMLTabularConfig(
        channel["TargetAttributeName"],
        algorithms_config=algorithms[0].get("AutoMLAlgorithms"),
        feature_specification_s3_uri=generation.get("FeatureSpecificationS3Uri"),
        generate_candidate_definitions_only=auto_ml.get("GenerateCandidateDefinitionsOnly"),
        mode=config.get("Mode"),
        problem_type=auto_ml.get("ProblemType"),
        sample_weight_attribute_name=channel.get("SampleWeightAttributeName"),
        max_candidates=completion.get("MaxCandidates"),
        max_runtime_per_training_job_in_seconds=completion.get("MaxRuntimePerTrainingJobInSeconds"),
        max_total_job_runtime_in_seconds=completion.get("MaxAutoMLJobRuntimeInSeconds"),
    )
