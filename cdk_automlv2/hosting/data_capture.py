"""``DataCapture``: requests and answers of an endpoint, kept in S3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from cdk_automlv2._core.common_rules import kms_key_rule
from cdk_automlv2._core.display import shown
from cdk_automlv2._core.options import Rule
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting.destinations import destination_rule, location_of
from cdk_automlv2.hosting.request_part import RequestPart
from cdk_automlv2.job.output import AutoMLOutput

if TYPE_CHECKING:
    import aws_cdk as cdk
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3

    from cdk_automlv2._core.s3 import S3Location

CaptureMode = Literal["Input", "Output"]


def modes_rule(capture_modes: Sequence[str]) -> Iterator[OptionFault]:
    """One or both, each once."""
    if not capture_modes or len(set(capture_modes)) < len(capture_modes):
        yield OptionFault("capture_modes", "must be Input, Output or both", tuple(capture_modes))


@shown
@dataclass(frozen=True)
class DataCapture(RequestPart):
    """Copies of requests and answers, written to S3 as JSON lines.

    They lie below ``<destination>/<endpoint>/<variant>/yyyy/mm/dd/hh/``. The roles of the models
    are granted to write there, with the keys. Not for serverless or asynchronous endpoints.

    Attributes:
        destination: Where they go: an ``AutoMLOutput``, a bucket, or ``s3://bucket/prefix``.
        initial_sampling_percentage: Part of the requests; %, 0 to 100. Default: 100.
        capture_modes: Input, Output or both. Default: both.
        csv_content_types: Content types that are kept as text, as CSV; others are kept in base64;
            without parameters such as ``;header=present``; 10 at most. Default: text/csv.
        json_content_types: The same, as JSON. Default: application/json.
        kms_key: Key that the files are encrypted with: a ``kms.IKey``, an ARN, an id, or
            ``alias/name``. Default: the bucket's own.
        enable_capture: Whether it is on. Default: True.

    Raises:
        OptionsError: With every invalid field.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html

    Example:
        >>> endpoint = AutoMLEndpoint(
        ...     stack,
        ...     "Watched",
        ...     model=model,
        ...     instance_type="ml.m5.large",
        ...     data_capture=DataCapture("s3://my-logs/churn/", initial_sampling_percentage=10),
        ... )
    """

    destination: AutoMLOutput | s3.IBucket | str
    initial_sampling_percentage: int = 100
    capture_modes: Sequence[CaptureMode] = field(default=("Input", "Output"), kw_only=True)
    csv_content_types: Sequence[str] = field(default=("text/csv",), kw_only=True)
    json_content_types: Sequence[str] = field(default=("application/json",), kw_only=True)
    kms_key: kms.IKey | str | None = field(default=None, kw_only=True)
    enable_capture: bool | cdk.IResolvable = field(default=True, kw_only=True)

    root: ClassVar[str] = "DataCaptureConfig"
    paths: ClassVar[Mapping[str, str]] = {
        "enable_capture": "EnableCapture",
        "initial_sampling_percentage": "InitialSamplingPercentage",
        "csv_content_types": "CaptureContentTypeHeader.CsvContentTypes",
        "json_content_types": "CaptureContentTypeHeader.JsonContentTypes",
    }
    rules: ClassVar[tuple[Rule, ...]] = (destination_rule, modes_rule, kms_key_rule)

    def to_request(self) -> dict[str, Any]:
        """Return the API's DataCaptureConfig.

        Both modes are listed: the service refused ``InputAndOutput`` for years.
        """
        from cdk_automlv2._core.keys import optional_key_arn

        request = super().to_request()
        request["CaptureOptions"] = [{"CaptureMode": mode} for mode in self.capture_modes]
        request["DestinationS3Uri"] = self.location().uri
        if self.kms_key is not None:
            request["KmsKeyId"] = optional_key_arn(self.kms_key)
        return request

    def location(self) -> S3Location:
        """Return where the files go, with the keys to write them."""
        return location_of(self.destination, self.kms_key)
