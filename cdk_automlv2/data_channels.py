"""Where the data of a job lies: in S3 already, or on this machine, to be uploaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from cdk_automlv2 import service_model
from cdk_automlv2._jsii import is_token, without_none
from cdk_automlv2._s3 import S3Location
from cdk_automlv2.errors import Problem, raise_if_any

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

_API_PATHS: Mapping[str, str] = {
    "s3_data_type": "DataSource.S3DataSource.S3DataType",
    "data_type": "DataSource.S3DataSource.S3DataType",
    "s3_uri": "DataSource.S3DataSource.S3Uri",
    "channel_type": "ChannelType",
    "compression_type": "CompressionType",
    "content_type": "ContentType",
}


@dataclass(frozen=True)
class BoundChannel:
    """A channel that has found its place in S3.

    Attributes:
        request: The API's ``AutoMLJobChannel``.
        location: What the job reads, to be granted to its role.
        bucket: The bucket construct, where the channel was made from one.
    """

    request: dict[str, Any]
    location: S3Location
    bucket: s3.IBucket | None = None


@dataclass(frozen=True)
class AutoMLDataChannel:
    """Data that lies in S3.

    Attributes:
        s3_data_type: S3Prefix (every object whose key starts so), ManifestFile or
            AugmentedManifestFile.
        s3_uri: ``s3://bucket/prefix``, or the manifest's; may hold tokens.
        channel_type: training or validation. Default: training.
        compression_type: None or Gzip. Default: None.
        content_type: Such as ``text/csv;header=present``, the default for tabular data, or
            ``x-application/vnd.amazon+parquet``.

    Raises:
        OptionsError: If a value is not one the API takes.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoMLJobChannel.html
    """

    s3_data_type: str
    s3_uri: str
    channel_type: str | None = None
    compression_type: str | None = None
    content_type: str | None = None
    bucket: s3.IBucket | None = field(default=None, repr=False, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        raise_if_any("AutoMLDataChannel", _problems(self))

    @classmethod
    def from_bucket(
        cls,
        bucket: s3.IBucket,
        prefix: str = "",
        *,
        s3_data_type: str = "S3Prefix",
        channel_type: str | None = None,
        compression_type: str | None = None,
        content_type: str | None = None,
    ) -> Self:
        """Return the channel of the objects below ``prefix``, or of the manifest of that key.

        The job's role is granted to read them, with the bucket's key where it has one.
        """
        return cls(
            s3_data_type=s3_data_type,
            s3_uri=f"s3://{bucket.bucket_name}/{prefix}",
            channel_type=channel_type,
            compression_type=compression_type,
            content_type=content_type,
            bucket=bucket,
        )

    def to_request_dict(self) -> dict[str, Any]:
        """Return the API's ``AutoMLJobChannel``, without what is not set."""
        return _request(self, self.s3_data_type, self.s3_uri)

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

    def bind(self, scope: Construct, id: str) -> BoundChannel:
        """Return the channel as the job sends it; creates nothing."""
        return BoundChannel(self.to_request_dict(), S3Location(self.s3_uri), self.bucket)


@dataclass(frozen=True)
class LocalAutoMLDataChannel:
    """A file on this machine, uploaded at deployment; other content is another job.

    Attributes:
        data_type: S3Prefix, ManifestFile or AugmentedManifestFile, as for ``AutoMLDataChannel``.
        path: The file, relative to the working directory of the app.
        channel_type: training or validation. Default: training.
        compression_type: None or Gzip. Default: None.
        content_type: As for ``AutoMLDataChannel``.

    Raises:
        OptionsError: If the file is missing, or a value is not one the API takes.
    """

    data_type: str
    path: str
    channel_type: str | None = None
    compression_type: str | None = None
    content_type: str | None = None

    def __post_init__(self) -> None:
        raise_if_any("LocalAutoMLDataChannel", self._problems())

    def bind(self, scope: Construct, id: str) -> BoundChannel:
        """Upload the file as an asset of ``scope`` and return the channel of its object."""
        from aws_cdk import aws_s3_assets as s3_assets

        asset = s3_assets.Asset(scope, id, path=self.path)
        uri = asset.s3_object_url
        return BoundChannel(_request(self, self.data_type, uri), S3Location(uri))

    def _problems(self) -> Iterator[Problem]:
        yield from _problems(self)
        path = Path(self.path)
        if not path.exists():
            yield Problem(
                "path", "must be a file", self.path, f"there is none at {path.absolute()}"
            )
        elif not path.is_file():
            yield Problem("path", "must be a file", self.path, "it is a folder")


DataChannel = AutoMLDataChannel | LocalAutoMLDataChannel


def _request(channel: DataChannel, data_type: str, uri: str) -> dict[str, Any]:
    return without_none(
        ChannelType=channel.channel_type,
        ContentType=channel.content_type,
        CompressionType=channel.compression_type,
        DataSource={"S3DataSource": {"S3DataType": data_type, "S3Uri": uri}},
    )


def _problems(channel: DataChannel) -> Iterator[Problem]:
    for name, path in _API_PATHS.items():
        if hasattr(channel, name):
            shape = service_model.shape_at(
                "CreateAutoMLJobV2", f"AutoMLJobInputDataConfig[].{path}"
            )
            value = getattr(channel, name)
            if value is None and name in ("s3_data_type", "data_type", "s3_uri"):
                yield Problem(name, "must be set", None)
            yield from service_model.problems(name, value, shape)


def channel_problems(channels: list[DataChannel]) -> Iterator[Problem]:
    """Yield what is wrong with the channels of one job taken together."""
    if not 1 <= len(channels) <= 2:
        yield Problem("inputs", "must have 1 to 2 channels", len(channels))
        return
    kinds = [channel.channel_type or "training" for channel in channels]
    if not any(is_token(kind) for kind in kinds):
        if len(channels) == 2 and sorted(kinds) != ["training", "validation"]:
            yield Problem("inputs", "must be one training and one validation channel", kinds)
        elif kinds == ["validation"]:
            yield Problem("inputs[0].channel_type", "must be training where it is alone", kinds[0])
    contents = {channel.content_type for channel in channels}
    if len(contents) > 1 and not any(is_token(content) for content in contents):
        yield Problem(
            "inputs[1].content_type",
            f"must be that of inputs[0], {channels[0].content_type!r}",
            channels[1].content_type,
        )
