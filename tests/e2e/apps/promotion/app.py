"""A stack that trains, and one that serves the very candidate, in another account."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import (
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLOutput,
    AutoMLTabularConfig,
    LocalAutoMLDataChannel,
)

DATA = Path(__file__).parents[4] / "data" / "diagnosis_train.csv"


def bucket_of(stack: cdk.Stack) -> s3.Bucket:
    """Return an encrypted bucket that goes with its stack."""
    gone = {"removal_policy": cdk.RemovalPolicy.DESTROY}
    key = kms.Key(stack, "Key", **gone)
    bucket = s3.Bucket(stack, "Models", encryption_key=key, **gone)
    cdk.CfnOutput(stack, "Bucket", value=bucket.bucket_name)
    cdk.CfnOutput(stack, "KeyArn", value=key.key_arn)
    return bucket


def serve(stack: cdk.Stack, model: AutoMLModel) -> None:
    """Serve a model."""
    endpoint = AutoMLEndpoint(stack, "Endpoint", model=model, instance_type="ml.m5.large")
    cdk.CfnOutput(stack, "EndpointName", value=endpoint.endpoint_name)


app = cdk.App()
lock = app.node.try_get_context("lock")
if lock is None:
    dev = cdk.Stack(app, "Dev")
    job = AutoMLJobV2(
        dev,
        "Job",
        problem_config=AutoMLTabularConfig(
            "diagnosis", mode="ENSEMBLING", max_candidates=1, max_total_job_runtime_in_seconds=600
        ),
        inputs=LocalAutoMLDataChannel("S3Prefix", str(DATA)),
        output=bucket_of(dev),
    )
    target = app.node.try_get_context("target")
    if target:
        job.grant_promotion(target)
    cdk.CfnOutput(dev, "JobName", value=job.auto_ml_job_name)
    serve(dev, AutoMLModel(dev, "Model", job=job))
else:
    prod = cdk.Stack(app, "Prod")
    place = AutoMLOutput.from_bucket(bucket_of(prod), "churn/")
    serve(prod, AutoMLModel.from_lock(prod, "Model", lock, artifacts=place))
app.synth()
