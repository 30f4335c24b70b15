"""Rules between members of CreateAutoMLJobV2: those of the constructs, in the API's words.

There is one table. What is refused at synth where it is known then is refused here where it was
known only at deployment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.job import rules
from cdk_automlv2.job.channels import AutoMLDataChannel
from cdk_automlv2.local.sagemaker.errors import validation
from cdk_automlv2.local.sagemaker.validation import NOT_NULL, fault, raise_if_any
from cdk_automlv2.problem_configs import KINDS, ProblemConfig

_KINDS = {kind.api_name: kind for kind in KINDS}
_JOB: Mapping[str, str] = {
    "inputs": "AutoMLJobInputDataConfig",
    "job_objective": "AutoMLJobObjective",
    "validation_fraction": "DataSplitConfig.ValidationFraction",
    "output_path": "OutputDataConfig.S3OutputPath",
    "auto_generate_endpoint_name": "ModelDeployConfig.AutoGenerateEndpointName",
    "endpoint_name": "ModelDeployConfig.EndpointName",
    "channel_type": "ChannelType",
    "content_type": "ContentType",
    "compression_type": "CompressionType",
    "s3_data_type": "DataSource.S3DataSource.S3DataType",
    "s3_uri": "DataSource.S3DataSource.S3Uri",
}
"""Option of a job or a channel → member of the request."""


def check_job(request: Mapping[str, Any]) -> None:
    """Refuse a job whose members do not go together.

    Raises:
        ServiceError: ``ValidationException`` with every fault.
    """
    channels = request["AutoMLJobInputDataConfig"]
    missing = [
        fault(None, f"autoMLJobInputDataConfig.{number}.member.dataSource", NOT_NULL)
        for number, channel in enumerate(channels, start=1)
        if "DataSource" not in channel
    ]
    raise_if_any(missing)
    kind, body = next(iter(request["AutoMLProblemTypeConfig"].items()))
    try:
        config = _KINDS[kind].from_response_dict(body)
        faults = list(_faults(config, request))
    except OptionsError as error:
        faults = list(error.problems)
    if faults:
        words = _Words(_KINDS[kind])
        raise validation("; ".join(words.message(found) for found in faults))


def _faults(config: ProblemConfig, request: Mapping[str, Any]) -> Iterator[OptionFault]:
    channels = [
        AutoMLDataChannel.from_response_dict(channel)
        for channel in request["AutoMLJobInputDataConfig"]
    ]
    fraction = request.get("DataSplitConfig", {}).get("ValidationFraction")
    deploy = request.get("ModelDeployConfig", {})
    yield from rules.output_problems(request["OutputDataConfig"]["S3OutputPath"])
    yield from rules.channel_problems(config, channels)
    yield from rules.objective_problems(config, request.get("AutoMLJobObjective"))
    yield from rules.split_problems(config, channels, fraction)
    yield from rules.one_click_problems(
        deploy.get("AutoGenerateEndpointName", False), deploy.get("EndpointName")
    )


class _Words:
    """Puts the API's names in the place of the options' names.

    Args:
        kind: The kind of problem, whose fields are options too.
    """

    def __init__(self, kind: type[ProblemConfig]) -> None:
        place = f"AutoMLProblemTypeConfig.{kind.api_name}"
        fields = {name: f"{place}.{path}" for name, path in kind.paths.items()}
        self._names = {**_JOB, **fields}
        options = sorted(self._names, key=len, reverse=True)
        self._option = re.compile(rf"\b(?:problem_config\.)?({'|'.join(options)})\b")

    def message(self, fault: OptionFault) -> str:
        """Return a fault in the API's words."""
        text = f"{self._renamed(fault.path)}: {self._renamed(fault.rule)}, got {fault.got!r}"
        return f"{text}; {self._renamed(fault.fix)}" if fault.fix else text

    def _renamed(self, words: str) -> str:
        return self._option.sub(lambda found: self._names[found[1]], words)
