"""What was found, as options of a spec."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, Final

from cdk_automlv2.cli.adopt import hosted
from cdk_automlv2.cli.adopt.found import Described, Found, Served
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.specs.kinds import PROBLEMS

_CHANNEL: Final = {
    "channel_type": "ChannelType",
    "compression_type": "CompressionType",
    "content_type": "ContentType",
}


def spec_of(found: Found) -> dict[str, Any]:
    """Return the options, as a file of models has them.

    Raises:
        Failure: If no construct could have them.
    """
    options = _job(found.job)
    if found.served is not None:
        options["model"] = _model(found.served)
        options["endpoint"] = _endpoint(found.served)
    return options


def as_json(options: Mapping[str, Any]) -> str:
    """Return a spec; JSON is one form of it."""
    return json.dumps(options, indent=2) + "\n"


def _job(job: Described) -> dict[str, Any]:
    output = job["OutputDataConfig"]
    security = job.get("SecurityConfig") or {}
    split = job.get("DataSplitConfig") or {}
    problem = _problem(job["AutoMLProblemTypeConfig"])
    # The service describes an objective that nobody has chosen; chosen goes with a problem's type.
    chosen = job.get("AutoMLJobObjective") if "problem_type" in problem else None
    return _given(
        problem_config=problem,
        inputs=[_channel(item) for item in job["AutoMLJobInputDataConfig"]],
        output_path=output["S3OutputPath"],
        output_kms_key=output.get("KmsKeyId"),
        role=job["RoleArn"],
        job_objective=chosen,
        validation_fraction=split.get("ValidationFraction"),
        volume_kms_key=security.get("VolumeKmsKeyId"),
        encrypt_inter_container_traffic=security.get("EnableInterContainerTrafficEncryption"),
        vpc_config=security.get("VpcConfig"),
        job_name=job["AutoMLJobName"],
    )


def _problem(described: Described) -> dict[str, Any]:
    for kind, config in PROBLEMS.items():
        if config.api_name in described:
            made: Any = config.from_response_dict(described)
            fields = {item.name: getattr(made, item.name) for item in dataclasses.fields(made)}
            return {"kind": kind, **_given(**{key: _plain(value) for key, value in fields.items()})}
    raise Failure(f"no construct is known for {', '.join(described)}")


def _channel(channel: Described) -> dict[str, Any]:
    source = channel["DataSource"]["S3DataSource"]
    more = {option: channel.get(member) for option, member in _CHANNEL.items()}
    kept = {key: value for key, value in more.items() if value != "None"}
    return _given(s3_data_type=source["S3DataType"], s3_uri=source["S3Uri"], **kept)


def _model(served: Served) -> dict[str, Any]:
    model = served.model
    return _given(
        candidate_name=served.candidate,
        inference_response_keys=served.keys,
        role=model["ExecutionRoleArn"],
        vpc_config=model.get("VpcConfig"),
        enable_network_isolation=model.get("EnableNetworkIsolation"),
    )


def _endpoint(served: Served) -> dict[str, Any]:
    queue = served.config.get("AsyncInferenceConfig") or {}
    answers = hosted.options(served.variants, str(served.model["ModelName"]), queue)
    return _given(
        **answers,
        volume_kms_key=served.config.get("KmsKeyId"),
        endpoint_name=served.endpoint["EndpointName"],
    )


def _given(**options: Any) -> dict[str, Any]:
    """Return options without what is not set."""
    return {key: value for key, value in options.items() if value not in (None, False, [], {}, ())}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
