"""Where the data of a job lies: in S3 already, or on this machine, to be uploaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from cdk_automlv2._core import service_model
from cdk_automlv2._core.annotations import KNOWN_AT_SYNTH
from cdk_automlv2._core.closed_sets import ChannelType, CompressionType, ContentType, S3DataType
from cdk_automlv2._core.display import shown
from cdk_automlv2._core.key_forms import key_faults
from cdk_automlv2._core.options import checked, field_faults
from cdk_automlv2._core.s3_uri import normalized, prefix_rule, uri_problems
from cdk_automlv2._core.service_model import nearest
from cdk_automlv2._core.tokens import is_token, without_none
from cdk_automlv2.errors import OptionFault, raise_if_any
from cdk_automlv2.job.folder import file_problems, folder_problems
from cdk_automlv2.problem_configs import KINDS

if TYPE_CHECKING:
    import aws_cdk as cdk
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from cdk_automlv2._core.s3 import S3Location

API_PATHS: Mapping[str, str] = {
    "s3_data_type": "DataSource.S3DataSource.S3DataType",
    "data_type": "DataSource.S3DataSource.S3DataType",
    "s3_uri": "DataSource.S3DataSource.S3Uri",
    "channel_type": "ChannelType",
    "compression_type": "CompressionType",
    "content_type": "ContentType",
}


@shown
@dataclass(frozen=True)
class BoundChannel:
    """A channel resolved to an S3 location.

    Attributes:
        request: The API's ``AutoMLJobChannel``.
        location: What the job reads, to be granted to its role.
        upload: The resource that unpacks a folder, where there is one.
    """

    request: dict[str, Any]
    location: S3Location
    upload: cdk.CfnResource | None = None


@shown
@dataclass(frozen=True)
class AutoMLDataChannel:
    """Data that lies in S3.

    Attributes:
        s3_data_type: S3Prefix (every object whose key starts so), ManifestFile or
            AugmentedManifestFile.
        s3_uri: ``s3://bucket/prefix``, or the manifest's; may hold tokens. The job's role is
            granted to read what lies there; for a manifest, the bucket it lies in.
        channel_type: training or validation. Default: training.
        compression_type: None or Gzip. Default: None.
        content_type: Such as ``text/csv;header=present``, the default for tabular data, or
            ``x-application/vnd.amazon+parquet``.
        kms_key: Key that the data are encrypted with, as a construct or by its ARN; the job's role
            is granted to decrypt with it. Default: none, or one that everybody in the account may
            use.

    Raises:
        OptionsError: If a value is not one the API takes.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoMLJobChannel.html

    Example:
        >>> channel = AutoMLDataChannel("S3Prefix", "s3://my-data/churn/train/")
        >>> AutoMLDataChannel("S3Prefix", "s3://my-data/churn/test/", "validation").channel_type
        'validation'
    """

    s3_data_type: S3DataType
    s3_uri: str
    channel_type: ChannelType | None = None
    compression_type: CompressionType | None = None
    content_type: ContentType | None = None
    kms_key: kms.IKey | str | None = field(default=None, repr=False, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        raise_if_any("AutoMLDataChannel", self._problems())

    def _problems(self) -> Iterator[OptionFault]:
        yield from _problems(self)
        yield from uri_problems("s3_uri", self.s3_uri)

    @classmethod
    @checked(prefix_rule)
    def from_bucket(
        cls,
        bucket: s3.IBucket,
        prefix: str = "",
        *,
        s3_data_type: S3DataType = "S3Prefix",
        channel_type: ChannelType | None = None,
        compression_type: CompressionType | None = None,
        content_type: ContentType | None = None,
    ) -> Self:
        """Return the channel of the objects below ``prefix``, or of the manifest of that key.

        The job's role is granted to read them, with the bucket's key where it has one.

        Raises:
            OptionsError: If a value is not one the API takes.
        """
        return cls(
            s3_data_type=s3_data_type,
            s3_uri=f"s3://{bucket.bucket_name}/{prefix}",
            channel_type=channel_type,
            compression_type=compression_type,
            content_type=content_type,
            kms_key=bucket.encryption_key,
        )

    def to_request_dict(self) -> dict[str, Any]:
        """Return the API's ``AutoMLJobChannel``, without what is not set."""
        return _request(self, self.s3_data_type, normalized(self.s3_uri))

    @classmethod
    def from_response_dict(cls, data_channel: Mapping[str, Any]) -> Self:
        """Return the channel that an ``AutoMLJobChannel`` describes."""
        source = data_channel["DataSource"]["S3DataSource"]
        return cls(
            s3_data_type=source["S3DataType"],
            s3_uri=source["S3Uri"],
            channel_type=data_channel.get("ChannelType"),
            compression_type=data_channel.get("CompressionType"),
            content_type=data_channel.get("ContentType"),
        )

    def bind(self, scope: Construct, id: str, output: S3Location) -> BoundChannel:
        """Return the channel as the job sends it; creates nothing."""
        from cdk_automlv2._core.s3 import S3Location

        location = S3Location(
            normalized(self.s3_uri), () if self.kms_key is None else (self.kms_key,)
        )
        if self.s3_data_type != "S3Prefix":
            # A manifest names objects that only it knows; they lie in its bucket as a rule.
            location = location.whole_bucket()
        return BoundChannel(self.to_request_dict(), location)


@shown
@dataclass(frozen=True)
class LocalAutoMLDataChannel:
    """A file or folder on this machine, uploaded at deployment; other content is another job.

    Attributes:
        data_type: S3Prefix, ManifestFile or AugmentedManifestFile, as for ``AutoMLDataChannel``;
            a folder is S3Prefix.
        path: The file or folder, relative to the working directory of the app; a folder of 400 MB
            at most, whose files come to lie below ``inputs/`` of the job's output path. Links
            within the folder are followed, others refused.
        channel_type: training or validation. Default: training.
        compression_type: None or Gzip. Default: None.
        content_type: As for ``AutoMLDataChannel``.
        include_hidden: Whether files and folders are uploaded that begin with a dot, such as
            ``.env`` and ``.git``, or that tools leave behind, such as ``__pycache__`` and
            ``Thumbs.db``. Default: False; synth names what is left out.

    Raises:
        OptionsError: If there is nothing at the path, or a value is not one the API takes.

    Example:
        >>> channel = LocalAutoMLDataChannel("S3Prefix", "data/diagnosis_train.csv")
        >>> channel.path
        'data/diagnosis_train.csv'
    """

    data_type: S3DataType
    path: Annotated[str, KNOWN_AT_SYNTH]
    channel_type: ChannelType | None = None
    compression_type: CompressionType | None = None
    content_type: ContentType | None = None
    include_hidden: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        raise_if_any("LocalAutoMLDataChannel", self._problems())

    def bind(self, scope: Construct, id: str, output: S3Location) -> BoundChannel:
        """Upload the file or the folder, and return the channel of where it then lies."""
        from cdk_automlv2.job.upload import upload_file, upload_folder

        if Path(self.path).is_dir():
            location, upload = upload_folder(
                scope, id, self.path, output, include_hidden=self.include_hidden
            )
            request = _request(self, self.data_type, upload.ref)
            return BoundChannel(request, location, upload=upload)
        location = upload_file(scope, id, self.path)
        return BoundChannel(_request(self, self.data_type, location.uri), location)

    def _problems(self) -> Iterator[OptionFault]:
        faults = _problems(self)
        yield from faults
        if any(fault.path == "path" for fault in faults):
            return
        path = Path(self.path)
        if not _exists(path):
            there = f"there is none at {path.absolute()}"
            yield OptionFault("path", "must be a file or a folder", self.path, there)
        elif path.is_dir():
            if self.data_type != "S3Prefix":
                yield OptionFault("path", f"must be a file for {self.data_type}", self.path)
            yield from folder_problems(path, self.path, include_hidden=self.include_hidden)
        else:
            yield from file_problems(path, self.path)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # Too long, or no text that a path may be.
        return False


DataChannel = AutoMLDataChannel | LocalAutoMLDataChannel


def _request(channel: DataChannel, data_type: str, uri: str) -> dict[str, Any]:
    return without_none(
        ChannelType=channel.channel_type,
        ContentType=channel.content_type,
        CompressionType=channel.compression_type,
        DataSource={"S3DataSource": {"S3DataType": data_type, "S3Uri": uri}},
    )


def _content_type_problems(content_type: str | None) -> Iterator[OptionFault]:
    """Yield the fault of what is no content type; whether it suits, the job's problem says."""
    known = tuple(dict.fromkeys(name for kind in KINDS for name in kind.content_types))
    if content_type and "/" not in content_type and not is_token(content_type):
        rule = f"must be one of {', '.join(known)}"
        yield OptionFault("content_type", rule, content_type, nearest(content_type, known))


def _problems(channel: DataChannel) -> list[OptionFault]:
    def limit(name: str, value: Any) -> Iterator[OptionFault]:
        if name == "kms_key":
            yield from key_faults(name, value)
        if name == "content_type":
            yield from _content_type_problems(value)
        path = API_PATHS.get(name)
        if path is not None:
            place = f"AutoMLJobInputDataConfig[].{path}"
            shape = service_model.shape_at("CreateAutoMLJobV2", place)
            yield from service_model.problems(name, value, shape)

    return field_faults(channel, limit)
