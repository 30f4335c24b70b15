"""How data go into a batch transform and come out: by the kind of problem, unless options say it.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cdk_automlv2._core.s3_uri import normalized
from cdk_automlv2.hosting.request_part import put
from cdk_automlv2.job.output import path_of
from cdk_automlv2.problem_configs import ProblemConfig
from cdk_automlv2.problem_configs.batch import BatchFormat

PATHS: Final[Mapping[str, str]] = {
    "s3_data_type": "TransformInput.DataSource.S3DataSource.S3DataType",
    "content_type": "TransformInput.ContentType",
    "compression_type": "TransformInput.CompressionType",
    "split_type": "TransformInput.SplitType",
    "accept": "TransformOutput.Accept",
    "assemble_with": "TransformOutput.AssembleWith",
    "instance_type": "TransformResources.InstanceType",
    "instance_count": "TransformResources.InstanceCount",
    "batch_strategy": "BatchStrategy",
    "max_concurrent_transforms": "MaxConcurrentTransforms",
    "max_payload_in_mb": "MaxPayloadInMB",
    "invocations_timeout": "ModelClientConfig.InvocationsTimeoutInSeconds",
    "invocations_max_retries": "ModelClientConfig.InvocationsMaxRetries",
    "join_source": "DataProcessing.JoinSource",
    "input_filter": "DataProcessing.InputFilter",
    "output_filter": "DataProcessing.OutputFilter",
    "environment": "Environment",
}
"""Option → member of CreateTransformJob."""

_UNKNOWN: Final = BatchFormat()


@dataclass(frozen=True)
class Places:
    """Where data are read and answers are written, as the request names them.

    Attributes:
        read: URI of the input.
        written: URI of the output.
        output_key: ARN or id of the key of the output; ``None`` for the bucket's own.
        volume_key: The same of the volumes.
    """

    read: str
    written: str
    output_key: str | None
    volume_key: str | None


def format_of(config: ProblemConfig | None) -> BatchFormat:
    """Return what suits a kind of problem; CSV, line by line, where it is not known."""
    return _UNKNOWN if config is None else config._batch


def request_of(
    config: ProblemConfig | None, options: Mapping[str, Any], places: Places
) -> dict[str, Any]:
    """Return the members of CreateTransformJob that options and the kind of problem say."""
    usual = format_of(config).defaults()
    if options.get("split_type") == "None":
        usual["batch_strategy"] = None
    request: dict[str, Any] = {}
    for name, path in PATHS.items():
        value = options.get(name)
        value = usual.get(name) if value is None else value
        if value is not None:
            put(request, path, value)
    put(request, "TransformInput.DataSource.S3DataSource.S3Uri", places.read)
    put(request, "TransformOutput.S3OutputPath", places.written)
    if places.output_key is not None:
        put(request, "TransformOutput.KmsKeyId", places.output_key)
    if places.volume_key is not None:
        put(request, "TransformResources.VolumeKmsKeyId", places.volume_key)
    return request


def input_uri(input_data: Any) -> str:
    """Return the URI of where data are read."""
    text = input_data if isinstance(input_data, str) else path_of(None, input_data)
    return normalized(text or "")


def output_uri(output: Any) -> str:
    """Return the URI of where answers are written."""
    return input_uri(output)
