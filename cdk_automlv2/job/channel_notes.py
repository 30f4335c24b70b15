"""What synth says of a job's channels beyond what it refuses."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from cdk_automlv2._core.s3_uri import normalized
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.job.channels import AutoMLDataChannel, DataChannel


def note_on_channels(job: Construct, channels: Sequence[DataChannel]) -> None:
    """Say at synth what a deployment would say too late, or never."""
    for number, channel in enumerate(channels):
        data_type = (
            channel.s3_data_type if isinstance(channel, AutoMLDataChannel) else channel.data_type
        )
        if data_type != "S3Prefix":
            cdk.Annotations.of(job).add_info(
                f"inputs[{number}] is a {data_type}, so that its data cannot be listed: a rollback "
                "returns to the job, but a new stack of the same name trains again"
            )
        elif isinstance(channel, AutoMLDataChannel) and is_open_prefix(channel.s3_uri):
            name = channel.s3_uri.rpartition("/")[2]
            cdk.Annotations.of(job).add_warning_v2(
                "cdk-automlv2:open-prefix",
                f"inputs[{number}]: SageMaker reads, and the job is granted, every object whose "
                f"key begins with {name!r}, {name}-other/ included; end the URI with / to mean "
                "the folder",
            )


def is_open_prefix(uri: str) -> bool:
    """Whether a prefix may reach into folders that it does not name; a file's name is none."""
    uri = normalized(uri)
    name = uri.removeprefix("s3://").partition("/")[2].rpartition("/")[2]
    return bool(name) and not is_token(name) and "." not in name
