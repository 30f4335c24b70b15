"""One job, served in three ways; by context with other weights, instances, and as another kind."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns

from cdk_automlv2 import (
    AsyncInference,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLOutput,
    AutoMLTabularConfig,
    DataCapture,
    Deployment,
    InstanceVariant,
    LocalAutoMLDataChannel,
    ServerlessVariant,
)

FAR = scheduler.ScheduleExpression.rate(cdk.Duration.days(300))
"""The test lets the schedules fire when it needs them."""

DATA = Path(__file__).parents[4] / "data" / "diagnosis_train.csv"

app = cdk.App()
stack = cdk.Stack(app, "Serving")
bucket = s3.Bucket(
    stack, "Kept", auto_delete_objects=False, removal_policy=cdk.RemovalPolicy.DESTROY
)
job = AutoMLJobV2(
    stack,
    "Job",
    problem_config=AutoMLTabularConfig(
        "diagnosis", mode="ENSEMBLING", max_candidates=1, max_total_job_runtime_in_seconds=600
    ),
    inputs=LocalAutoMLDataChannel("S3Prefix", str(DATA)),
)
champion, challenger = (
    AutoMLModel(stack, name, job=job, inference_response_keys=keys)
    for name, keys in (("Champion", ["predicted_label"]), ("Challenger", ["probability"]))
)
count = int(app.node.try_get_context("count") or 2)
weight = int(app.node.try_get_context("weight") or 0)
shared = AutoMLEndpoint(
    stack,
    "Shared",
    variants=[
        InstanceVariant(champion, "ml.m5.large", count, variant_name="champion"),
        InstanceVariant(
            challenger,
            "ml.m5.large",
            2,
            variant_name="challenger",
            initial_variant_weight=weight,
        ),
    ],
    data_capture=DataCapture(AutoMLOutput.from_bucket(bucket, "seen/")),
    deployment=Deployment.canary(percent=50, wait=cdk.Duration.minutes(5), errors=1),
)
shared.stop_on_schedule(FAR)
shared.start_on_schedule(FAR)
serverless = app.node.try_get_context("kind") == "serverless"
queued = AutoMLEndpoint(
    stack,
    "Queued",
    model=champion,
    instance_type="ml.m5.xlarge" if serverless else "ml.m5.large",
    async_inference=AsyncInference(
        AutoMLOutput.from_bucket(bucket, "answers/"), success_topic=sns.Topic(stack, "Done")
    ),
)
workers = queued.auto_scale_instance_count(min_capacity=0, max_capacity=2)
workers.scale_on_backlog(backlog_per_instance=5)
cheap = AutoMLEndpoint(
    stack,
    "Cheap",
    variants=[
        ServerlessVariant(champion) if serverless else InstanceVariant(champion, "ml.m5.large")
    ],
)
cdk.CfnOutput(stack, "Bucket", value=bucket.bucket_name)
for name, endpoint in (("Shared", shared), ("Queued", queued), ("Cheap", cheap)):
    cdk.CfnOutput(stack, f"{name}Name", value=endpoint.endpoint_name)

app.synth()
