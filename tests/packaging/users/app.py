"""An app as users write it, checked by mypy and pyright with the strictest settings."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import (
    AutoMLCandidates,
    AutoMLDataChannel,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLOutput,
    AutoMLTabularConfig,
    AutoMLV2,
    IAutoMLEndpoint,
    IAutoMLJob,
    IAutoMLModel,
    OptionsError,
)


def serve(stack: cdk.Stack, job: IAutoMLJob, name: str) -> AutoMLEndpoint:
    """Serve a job, made here or elsewhere."""
    model: IAutoMLModel = AutoMLModel(
        stack, f"{name}Model", job=job, inference_response_keys=["predicted_label", "probability"]
    )
    return AutoMLEndpoint(
        stack,
        name,
        model=model,
        instance_type="ml.m5.large",
        model_data_download_timeout=cdk.Duration.minutes(10),
        container_startup_health_check_timeout=600,
    )


def watch(endpoint: IAutoMLEndpoint, stack: cdk.Stack) -> None:
    """Alarm on an endpoint, made here or elsewhere."""
    endpoint.metric_invocation_5xx_errors().create_alarm(
        stack, f"Errors{endpoint.endpoint_name}", threshold=1, evaluation_periods=1
    )


app = cdk.App()
stack = cdk.Stack(app, "Users")
bucket = s3.Bucket(stack, "Data")
mode: str = "ENSEMBLING"
job = AutoMLJobV2(
    stack,
    "Job",
    problem_config=AutoMLTabularConfig(
        "churned",
        mode=mode,
        problem_type="BinaryClassification",
        algorithms_config=["xgboost"],
        max_total_job_runtime_in_seconds=cdk.Duration.hours(2),
    ),
    inputs=[
        AutoMLDataChannel.from_bucket(bucket, "train/"),
        AutoMLDataChannel("S3Prefix", "s3://my-data/validation/", "validation"),
    ],
    output=AutoMLOutput.from_bucket(bucket, "models/"),
    job_objective={"MetricName": "F1"},
    tags={"team": "ml"},
)
bucket.grant_read(job.role)
endpoint = serve(stack, job, "Served")
endpoint.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
endpoint.grant_invoke(iam.User(stack, "Caller"))
serve(stack, AutoMLJobV2.from_auto_ml_job_name(stack, "Old", "old", output=bucket), "Older")
watch(AutoMLEndpoint.from_endpoint_name(stack, "Other", "other"), stack)
AutoMLCandidates(stack, "All", job=job, sort_order="Descending", sort_by="CreationTime")

automl = AutoMLV2(stack, "SDK", AutoMLTabularConfig("churned"))
automl.fit("s3://my-data/train/")
automl.deploy(1, "ml.m5.large")
cdk.CfnOutput(stack, "Best", value=automl.best_candidate().candidate_name)
try:
    AutoMLTabularConfig("churned", mode="AUTOMATIC")
except OptionsError as error:
    first: str = str(error.problems[0])
