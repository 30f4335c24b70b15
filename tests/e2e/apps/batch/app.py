"""Scores of a bucket that exists already: at deployment, and for each new object."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import (
    AutoMLBatchTransform,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLOutput,
    AutoMLTabularConfig,
    LocalAutoMLDataChannel,
)

DATA = Path(__file__).parents[4] / "data" / "diagnosis_train.csv"

app = cdk.App()
stack = cdk.Stack(app, "Batch")
name = app.node.try_get_context("bucket") or "batch-data"
bucket = s3.Bucket.from_bucket_name(stack, "Data", name)
job = AutoMLJobV2(
    stack,
    "Job",
    problem_config=AutoMLTabularConfig(
        "diagnosis", mode="ENSEMBLING", max_candidates=1, max_total_job_runtime_in_seconds=600
    ),
    inputs=LocalAutoMLDataChannel("S3Prefix", str(DATA)),
)
scores = AutoMLBatchTransform(
    stack,
    "Scores",
    model=AutoMLModel(stack, "Model", job=job),
    input_data=AutoMLOutput.from_bucket(bucket, "patients/"),
    output=AutoMLOutput.from_bucket(bucket, app.node.try_get_context("output") or "scores/"),
    instance_type="ml.m5.xlarge",
    join_source="Input",
    input_filter="$[1:]",
    output_filter="$[0,-1]",
    tags={"team": "ml"},
)
scores.run_on_new_objects(bucket, "urgent/")
cdk.CfnOutput(stack, "Run", value=scores.transform_job_name)

app.synth()
