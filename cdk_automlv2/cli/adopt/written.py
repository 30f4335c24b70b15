"""What was found, as options of a spec, and as code that makes the same constructs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, Final

from cdk_automlv2.cli.adopt.found import Described, Found, Served
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.specs.kinds import PROBLEMS

_CHANNEL: Final = {
    "channel_type": "ChannelType",
    "compression_type": "CompressionType",
    "content_type": "ContentType",
}
_VARIANT: Final = {
    "instance_type": "InstanceType",
    "initial_instance_count": "InitialInstanceCount",
    "volume_size": "VolumeSizeInGB",
    "model_data_download_timeout": "ModelDataDownloadTimeoutInSeconds",
    "container_startup_health_check_timeout": "ContainerStartupHealthCheckTimeoutInSeconds",
}
_OF_FIT: Final = ("inputs", "job_name")


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


def as_code(options: Mapping[str, Any], id: str, title: str) -> str:
    """Return Python that declares the options, with the ids that a spec's constructs have."""
    problem = dict(options["problem_config"])
    config = PROBLEMS[problem.pop("kind")].__name__
    served = "endpoint" in options
    names = ["AutoMLDataChannel", "AutoMLV2", config]
    names += ["AutoMLEndpoint", "AutoMLModel"] if served else []
    of_automl = {
        key: value
        for key, value in options.items()
        if key not in (*_OF_FIT, "problem_config", "model", "endpoint")
    }
    lines = [
        f'"""{title}"""',
        "",
        "import aws_cdk as cdk",
        "",
        "from cdk_automlv2 import (",
        *(f"    {name}," for name in sorted(names)),
        ")",
        "",
        "",
        "def declare(stack: cdk.Stack) -> AutoMLV2:",
        '    """Declare what was found."""',
        "    automl = AutoMLV2(",
        "        stack,",
        f"        {json.dumps(id)},",
        f"        problem_config={config}({_arguments(problem)}),",
        *_lines(of_automl),
        "    )",
        f"    {'job = ' if served else ''}automl.fit(",
        "        [",
        *(f"            AutoMLDataChannel({_arguments(item)})," for item in options["inputs"]),
        "        ],",
        "        # Leave the name out when the training is to change: AWS frees no name of a job.",
        f"        job_name={json.dumps(options['job_name'])},",
        "    )",
        *(_serving(options) if served else []),
        "    return automl",
    ]
    return "\n".join(lines) + "\n"


def _serving(options: Mapping[str, Any]) -> list[str]:
    return [
        "    model = AutoMLModel(",
        "        automl,",
        '        "EndpointModel",',
        "        job=job,",
        *_lines(options["model"]),
        "    )",
        "    automl.endpoint = AutoMLEndpoint(",
        "        automl,",
        '        "Endpoint",',
        "        model=model,",
        *_lines(options["endpoint"]),
        "    )",
    ]


def _lines(options: Mapping[str, Any]) -> list[str]:
    return [f"        {key}={value!r}," for key, value in options.items()]


def _arguments(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in options.items())


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
    variant = served.variant
    [now, *_] = served.endpoint.get("ProductionVariants") or [{}]
    found = {option: variant.get(member) for option, member in _VARIANT.items()}
    found["initial_instance_count"] = (
        now.get("CurrentInstanceCount") or found["initial_instance_count"]
    )
    return _given(
        **found,
        volume_kms_key=served.config.get("KmsKeyId"),
        endpoint_name=served.endpoint["EndpointName"],
    )


def _given(**options: Any) -> dict[str, Any]:
    """Return options without what is not set."""
    return {key: value for key, value in options.items() if value not in (None, False, [], {}, ())}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
