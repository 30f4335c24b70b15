"""Rules between options that the service's model does not hold.

Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoMLJobObjective.html,
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoMLJobChannel.html,
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoMLS3DataSource.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cdk_automlv2._core.s3_uri import normalized, written_problems
from cdk_automlv2._core.service_model import nearest
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.job.channels import AutoMLDataChannel, DataChannel
from cdk_automlv2.problem_configs import ProblemConfig


def objective_problems(
    config: ProblemConfig, job_objective: Mapping[str, str] | None
) -> Iterator[OptionFault]:
    """Yield what is wrong between the problem and the objective metric."""
    yield from config.objective_faults((job_objective or {}).get("MetricName"))


def channel_problems(
    config: ProblemConfig, channels: Sequence[DataChannel]
) -> Iterator[OptionFault]:
    """Yield what is wrong with the channels of one job, taken together and with its problem."""
    if not 1 <= len(channels) <= 2:
        yield OptionFault("inputs", "must have 1 to 2 channels", len(channels))
        return
    yield from _kinds_of_channels(config, channels)
    contents = {channel.content_type for channel in channels}
    if len(contents) > 1 and not any(is_token(content) for content in contents):
        yield OptionFault(
            "inputs[1].content_type",
            f"must be that of inputs[0], {channels[0].content_type!r}",
            channels[1].content_type,
        )
    for index, channel in enumerate(channels):
        yield from _data_of_channel(config, channel, f"inputs[{index}]")


def _kinds_of_channels(
    config: ProblemConfig, channels: Sequence[DataChannel]
) -> Iterator[OptionFault]:
    kinds = [channel.channel_type or "training" for channel in channels]
    if any(is_token(kind) for kind in kinds):
        return
    if not config.takes_validation and "validation" in kinds:
        path = f"inputs[{kinds.index('validation')}].channel_type"
        yield OptionFault(path, f"must be training for {_kind(config)}", "validation")
    elif len(channels) == 2 and sorted(kinds) != ["training", "validation"]:
        yield OptionFault("inputs", "must be one training and one validation channel", kinds)
    elif kinds == ["validation"]:
        yield OptionFault("inputs[0].channel_type", "must be training where it is alone", kinds[0])


def _data_of_channel(
    config: ProblemConfig, channel: DataChannel, path: str
) -> Iterator[OptionFault]:
    is_remote = isinstance(channel, AutoMLDataChannel)
    name = "s3_data_type" if is_remote else "data_type"
    data_type = getattr(channel, name)
    if data_type not in config.s3_data_types and not is_token(data_type):
        allowed = ", ".join(config.s3_data_types)
        rule = f"must be one of {allowed} for {_kind(config)}"
        fix = nearest(data_type, config.s3_data_types)
        yield OptionFault(f"{path}.{name}", rule, data_type, fix)
    content = channel.content_type
    if content is not None and content not in config.content_types and not is_token(content):
        allowed = " | ".join(config.content_types)
        rule = f"must be {allowed} for {_kind(config)}"
        fix = nearest(content, config.content_types)
        yield OptionFault(f"{path}.content_type", rule, content, fix)
    if channel.compression_type == "Gzip" and not (config.takes_gzip and data_type == "S3Prefix"):
        rule = "can be used only with tabular data and S3Prefix"
        yield OptionFault(f"{path}.compression_type", rule, "Gzip")


def split_problems(
    config: ProblemConfig, channels: Sequence[DataChannel], validation_fraction: float | None
) -> Iterator[OptionFault]:
    """Yield what is wrong with the fraction of the training data held out for validation."""
    if validation_fraction is None or is_token(validation_fraction):
        return
    if not config.takes_validation:
        rule = f"cannot be used with {_kind(config)}"
        yield OptionFault("validation_fraction", rule, validation_fraction)
        return
    if not 0 < validation_fraction < 1:
        yield OptionFault("validation_fraction", "must be above 0 and below 1", validation_fraction)
    if len(channels) == 2:
        yield OptionFault(
            "validation_fraction",
            "cannot be used with a validation channel",
            validation_fraction,
            "drop one of them",
        )


def output_problems(output_path: str | None, option: str = "output_path") -> Iterator[OptionFault]:
    """Yield what is wrong with an output path."""
    yield from written_problems(option, output_path)
    if output_path is not None and not is_token(output_path) and len(output_path) > LONGEST_OUTPUT:
        rule = f"must have {LONGEST_OUTPUT} characters or less"
        yield OptionFault(option, rule, output_path)


def overlap_problems(
    channels: Sequence[DataChannel], output_path: str, job_name: str = ""
) -> Iterator[OptionFault]:
    """Yield the channels that would read what jobs write below the output path.

    Args:
        channels: Data in S3; by prefix they are every object whose key begins so.
        output_path: Where the job writes, in a folder of its own name.
        job_name: What that name begins with, as far as it is known.
    """
    bucket, folder = _bucket_and_key(output_path)
    written = f"{folder.rstrip('/')}/{job_name}".lstrip("/")
    for index, channel in enumerate(channels):
        if not isinstance(channel, AutoMLDataChannel) or channel.s3_data_type != "S3Prefix":
            continue
        place, prefix = _bucket_and_key(channel.s3_uri)
        if place == bucket and written.startswith(prefix):
            rule = f"must not begin with inputs[{index}].s3_uri, {channel.s3_uri!r}"
            fix = "the next job would learn from this one's output; name another folder"
            yield OptionFault("output_path", rule, output_path, fix)


def _bucket_and_key(uri: str) -> tuple[str, str]:
    bucket, _, key = normalized(uri).partition("://")[2].partition("/")
    return bucket, key


LONGEST_OUTPUT = 512
"""The API's text; its shape would let 1,024 pass."""


def one_click_problems(
    auto_generate_endpoint_name: bool | None, endpoint_name: str | None
) -> Iterator[OptionFault]:
    """Yield what is wrong between the two options of SageMaker's own deployment."""
    if endpoint_name is None or is_token(auto_generate_endpoint_name):
        return
    if auto_generate_endpoint_name is not False:
        yield OptionFault(
            "endpoint_name",
            "can be used only with auto_generate_endpoint_name=False",
            endpoint_name,
            f"auto_generate_endpoint_name is {auto_generate_endpoint_name!r}",
        )


def _kind(config: ProblemConfig) -> str:
    return config.api_name.removesuffix("JobConfig")
