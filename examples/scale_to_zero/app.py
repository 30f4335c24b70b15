"""Two endpoints that cost nothing while nobody needs them: by the queue, and by the clock."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler

from cdk_automlv2 import (
    AsyncInference,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLOutput,
    AutoMLTabularConfig,
    LocalAutoMLDataChannel,
)

app = cdk.App()
stack = cdk.Stack(app, "Thrift")

job = AutoMLJobV2(
    stack,
    "Job",
    problem_config=AutoMLTabularConfig(
        "diagnosis", mode="ENSEMBLING", max_candidates=1, max_total_job_runtime_in_seconds=3600
    ),
    inputs=LocalAutoMLDataChannel("S3Prefix", "../../data/diagnosis_train.csv"),
)
model = AutoMLModel(stack, "Model", job=job)

# Requests wait in SageMaker's queue: the first one starts an instance, the last one lets it go.
bucket = s3.Bucket(
    stack,
    "Answers",
    block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
    encryption=s3.BucketEncryption.S3_MANAGED,
    enforce_ssl=True,
    versioned=True,
)
queued = AutoMLEndpoint(
    stack,
    "Queued",
    model=model,
    instance_type="ml.m5.large",
    async_inference=AsyncInference(
        AutoMLOutput.from_bucket(bucket, "answers/"),
        inputs=[f"s3://{bucket.bucket_name}/asked/"],
    ),
)
workers = queued.auto_scale_instance_count(min_capacity=0, max_capacity=4)
workers.scale_on_backlog(backlog_per_instance=5)

# Answers at once, in office hours: stopped in the evening, started without training in the morning.
office = AutoMLEndpoint(stack, "Office", model=model, instance_type="ml.m5.large")
for move, hour in ((office.stop_on_schedule, "20"), (office.start_on_schedule, "7")):
    move(
        scheduler.ScheduleExpression.cron(
            week_day="MON-FRI", hour=hour, minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN
        )
    )

for name, endpoint in (("QueuedName", queued), ("OfficeName", office)):
    cdk.CfnOutput(stack, name, value=endpoint.endpoint_name)
app.synth()
