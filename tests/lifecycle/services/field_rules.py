"""Rules between the fields of a request that no model states.

Source: the API's documentation strings of CreateAutoMLJobV2, CreateModel, CreateEndpointConfig,
UpdateEndpoint and AddTags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Request = Mapping[str, Any]
_METRICS = {
    "Regression": {"MAE", "MSE", "R2", "RMSE"},
    "BinaryClassification": {"Accuracy", "AUC", "BalancedAccuracy", "F1", "Precision", "Recall"},
    "MulticlassClassification": {
        *("Accuracy", "BalancedAccuracy", "F1macro", "PrecisionMacro", "RecallMacro"),
    },
    "ImageClassificationJobConfig": {"Accuracy"},
    "TextClassificationJobConfig": {"Accuracy"},
    "TimeSeriesForecastingJobConfig": {
        *("RMSE", "MASE", "MAPE", "WAPE", "AverageWeightedQuantileLoss"),
    },
    "TextGenerationJobConfig": set(),
}
_ONLY_PREFIX = frozenset(
    {"TextClassificationJobConfig", "TextGenerationJobConfig", "TimeSeriesForecastingJobConfig"}
)
_LONGEST_ENVIRONMENT = 32 * 1024
_MOST_TAGS = 50


def faults(operation: str, request: Request) -> list[str]:
    """Return what a service would say of a request that its model has let pass."""
    rules = _RULES.get(operation, ())
    return [*_of_tags(request), *(fault for rule in rules for fault in rule(request))]


def _of_tags(request: Request) -> Iterator[str]:
    keys = [tag["Key"] for tag in request.get("Tags") or []] + list(request.get("TagKeys", []))
    if len(keys) != len(set(keys)):
        yield "Tags: duplicate keys"
    if len(keys) > _MOST_TAGS:
        yield f"Tags: more than {_MOST_TAGS}"
    if any(key.lower().startswith("aws:") for key in keys):
        yield "aws: prefixed tag key names are not allowed for external use."


def _of_a_job(request: Request) -> Iterator[str]:
    [(kind, config)] = request["AutoMLProblemTypeConfig"].items()
    yield from _of_channels(request["AutoMLJobInputDataConfig"], kind)
    yield from _of_the_split(request, kind)
    yield from _of_the_objective(request, kind, config)
    if kind == "TabularJobConfig":
        yield from _of_the_mode(config)
    elif config.get("CompletionCriteria", {}).get("MaxCandidates", 1) != 1:
        yield "MaxCandidates must be 1"
    if config.get("ContentColumn", "") == config.get("TargetLabelColumn"):
        yield "ContentColumn and TargetLabelColumn must differ"
    deploy = request.get("ModelDeployConfig", {})
    if deploy.get("AutoGenerateEndpointName") and "EndpointName" in deploy:
        yield "EndpointName with AutoGenerateEndpointName"


def _of_channels(channels: list[dict[str, Any]], kind: str) -> Iterator[str]:
    types = [channel.get("ChannelType", "training") for channel in channels]
    if len(types) != len(set(types)) or "training" not in types:
        yield "one training channel and at most one validation channel"
    if len({channel.get("ContentType") for channel in channels}) > 1:
        yield "the channels must share the ContentType"
    for channel in channels:
        data_type = channel["DataSource"]["S3DataSource"]["S3DataType"]
        if data_type != "S3Prefix" and kind in _ONLY_PREFIX:
            yield f"{data_type} is not supported"
        if data_type == "AugmentedManifestFile" and kind != "ImageClassificationJobConfig":
            yield f"{data_type} is not supported"
        is_packed = channel.get("CompressionType") == "Gzip"
        if is_packed and (kind, data_type) != ("TabularJobConfig", "S3Prefix"):
            yield "Gzip is supported for tabular data below a prefix only"


def _of_the_split(request: Request, kind: str) -> Iterator[str]:
    channels = request["AutoMLJobInputDataConfig"]
    has_validation = any(item.get("ChannelType") == "validation" for item in channels)
    is_split = has_validation or "DataSplitConfig" in request
    if kind == "TimeSeriesForecastingJobConfig" and is_split:
        yield "time series take neither a validation channel nor a DataSplitConfig"
    if has_validation and "ValidationFraction" in request.get("DataSplitConfig", {}):
        yield "ValidationFraction with a validation channel"


def _of_the_objective(request: Request, kind: str, config: Request) -> Iterator[str]:
    metric = request.get("AutoMLJobObjective", {}).get("MetricName")
    problem = config.get("ProblemType")
    if kind == "TabularJobConfig" and (metric is None) is not (problem is None):
        yield "ProblemType and AutoMLJobObjective only together"
    if metric is not None and metric not in _METRICS.get(problem or kind, {metric}):
        yield f"{metric} does not suit {problem or kind}"


def _of_the_mode(config: Request) -> Iterator[str]:
    mode = config.get("Mode")
    if config.get("SampleWeightAttributeName") and mode != "ENSEMBLING":
        yield "SampleWeightAttributeName outside ENSEMBLING"
    if config.get("CandidateGenerationConfig", {}).get("AlgorithmsConfig") and mode == "AUTO":
        yield "AlgorithmsConfig with AUTO"


def _of_a_model(request: Request) -> Iterator[str]:
    if ("PrimaryContainer" in request) is ("Containers" in request):
        yield "either PrimaryContainer or Containers"
    containers = request.get("Containers", [])
    hostnames = {"ContainerHostname" in container for container in containers}
    if len(hostnames) > 1:
        yield "ContainerHostname for all containers or for none"
    size = sum(len(k) + len(v) for c in containers for k, v in c.get("Environment", {}).items())
    if size > _LONGEST_ENVIRONMENT:
        yield "the environments are larger than 32 KB"


def _of_a_configuration(request: Request) -> Iterator[str]:
    variants = request["ProductionVariants"]
    names = [variant["VariantName"] for variant in variants]
    if len(names) != len(set(names)):
        yield "the names of variants must differ"
    for variant in variants:
        if "ServerlessConfig" in variant:
            if "InstanceType" in variant or "InitialInstanceCount" in variant:
                yield "ServerlessConfig with instances"
            if "DataCaptureConfig" in request or len(variants) > 1:
                yield "ServerlessConfig with data capture or other variants"
        elif "InstanceType" not in variant:
            yield "InstanceType or ServerlessConfig"


def _of_an_update(request: Request) -> Iterator[str]:
    deployment = request.get("DeploymentConfig", {})
    if "BlueGreenUpdatePolicy" in deployment and "RollingUpdatePolicy" in deployment:
        yield "only one of BlueGreenUpdatePolicy and RollingUpdatePolicy"
    excluded = request.get("ExcludeRetainedVariantProperties")
    if excluded and not request.get("RetainAllVariantProperties"):
        yield "ExcludeRetainedVariantProperties without RetainAllVariantProperties"


_RULES: dict[str, tuple[Callable[[Request], Iterator[str]], ...]] = {
    "create_auto_ml_job_v2": (_of_a_job,),
    "create_model": (_of_a_model,),
    "create_endpoint_config": (_of_a_configuration,),
    "update_endpoint": (_of_an_update,),
}
