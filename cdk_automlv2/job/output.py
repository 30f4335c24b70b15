"""Where a job writes, and the keys of what it writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from cdk_automlv2._core import service_model
from cdk_automlv2._core.display import shown
from cdk_automlv2._core.key_forms import key_faults
from cdk_automlv2._core.options import checked, field_faults
from cdk_automlv2._core.s3_uri import normalized, prefix_rule
from cdk_automlv2.errors import OptionFault, raise_if_any
from cdk_automlv2.job import rules

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from cdk_automlv2._core.s3 import S3Location


@shown
@dataclass(frozen=True)
class AutoMLOutput:
    """Where a job writes candidates and reports.

    Whoever is granted the output may use the bucket's key too: the job, its models, the function,
    and whom ``grant_read_output`` is given to.

    Attributes:
        path: ``s3://bucket/prefix``, 512 characters at most; may hold tokens. The job may write
            below ``prefix/`` and nowhere else.
        kms_key: Key that the bucket encrypts with by default, as a construct or by its ARN.
            Default: none, or one that everybody in the account may use.

    Raises:
        OptionsError: If the path is no S3 URI, or the key no key.

    Example:
        >>> AutoMLOutput("s3://my-models/churn/").path
        's3://my-models/churn/'
    """

    path: str
    kms_key: kms.IKey | str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        raise_if_any("AutoMLOutput", field_faults(self, _limit))

    @classmethod
    @checked(prefix_rule)
    def from_bucket(cls, bucket: s3.IBucket, prefix: str = "") -> Self:
        """Return the output below ``prefix/`` of a bucket, with the bucket's key if it has one.

        Raises:
            OptionsError: If the bucket is none, or the prefix no text.
        """
        return cls(f"s3://{bucket.bucket_name}/{prefix}", kms_key=bucket.encryption_key)


def _limit(name: str, value: Any) -> Iterator[OptionFault]:
    if name == "kms_key":
        yield from key_faults(name, value)
        return
    shape = service_model.shape_at("CreateAutoMLJobV2", "OutputDataConfig.S3OutputPath")
    yield from service_model.problems(name, value, shape)
    yield from rules.output_problems(value, name)


def path_of(output_path: str | None, output: AutoMLOutput | s3.IBucket | None) -> str | None:
    """Return the path that the two options name; ``None`` if they name none."""
    if output is None:
        return output_path
    return output.path if isinstance(output, AutoMLOutput) else f"s3://{output.bucket_name}/"


def given_output(
    output_path: str | None,
    output: AutoMLOutput | s3.IBucket | None,
    output_kms_key: kms.IKey | str | None,
) -> S3Location | None:
    """Return the location that options name, with its keys; ``None`` if they name none."""
    from cdk_automlv2._core.s3 import S3Location

    if output is not None and not isinstance(output, AutoMLOutput):
        output = AutoMLOutput.from_bucket(output)
    if output is None and output_path is not None:
        output = AutoMLOutput(output_path)
    if output is None:
        return None
    keys = tuple(key for key in (output_kms_key, output.kms_key) if key is not None)
    return S3Location(normalized(output.path), keys, is_folder=True)


def job_output(
    scope: Construct,
    output_path: str | None,
    output: AutoMLOutput | s3.IBucket | None,
    output_kms_key: kms.IKey | str | None,
) -> S3Location:
    """Return where a job writes: where options say, or the stack's own bucket."""
    from cdk_automlv2._core.output_bucket import default_output

    given = given_output(output_path, output, output_kms_key)
    keys = () if output_kms_key is None else (output_kms_key,)
    return given or default_output(scope, keys)
