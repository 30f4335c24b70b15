"""A job in one stack, its model and endpoint in another; by context also in nested stacks."""

from pathlib import Path

import aws_cdk as cdk

from cdk_automlv2 import (
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLTabularConfig,
    LocalAutoMLDataChannel,
)

DATA = Path(__file__).parents[4] / "data" / "diagnosis_train.csv"

app = cdk.App()
train = cdk.Stack(app, "Train")
serve = cdk.Stack(app, "Serve")
job = AutoMLJobV2(
    train,
    "Job",
    problem_config=AutoMLTabularConfig(
        "diagnosis", mode="ENSEMBLING", max_candidates=1, max_total_job_runtime_in_seconds=600
    ),
    inputs=LocalAutoMLDataChannel("S3Prefix", str(DATA)),
    revision=app.node.try_get_context("revision"),
)
model = AutoMLModel(serve, "Model", job=job)
endpoint = AutoMLEndpoint(serve, "Endpoint", model=model, instance_type="ml.m5.large")

cdk.CfnOutput(train, "JobName", value=job.auto_ml_job_name)
cdk.CfnOutput(serve, "JobName", value=job.auto_ml_job_name)
cdk.CfnOutput(serve, "Metric", value=job.objective_metric_value)
cdk.CfnOutput(serve, "ModelName", value=model.model_name)
cdk.CfnOutput(serve, "EndpointName", value=endpoint.endpoint_name)

app.synth()
