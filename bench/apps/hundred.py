"""A hundred jobs, models and endpoints in one stack; short timeouts, role and bucket given."""

import aws_cdk as cdk

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLTabularConfig,
)

ROLE = "arn:aws:iam::111122223333:role/shop"

app = cdk.App()
stack = cdk.Stack(app, "Shop")
for number in range(100):
    job = AutoMLJobV2(
        stack,
        f"Job{number}",
        problem_config=AutoMLTabularConfig("churn", max_total_job_runtime_in_seconds=1200),
        inputs=AutoMLDataChannel("S3Prefix", f"s3://shop-data/{number}/train/"),
        output_path="s3://shop-models/",
        role=ROLE,
    )
    model = AutoMLModel(stack, f"Model{number}", job=job, role=ROLE)
    AutoMLEndpoint(stack, f"Endpoint{number}", model=model, instance_type="ml.m5.large")
app.synth()
