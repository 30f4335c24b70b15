"""The jobs, models and endpoints of hundred.py, by the class that has the SDK's API."""

import aws_cdk as cdk

from cdk_automlv2 import AutoMLTabularConfig, AutoMLV2

ROLE = "arn:aws:iam::111122223333:role/shop"

app = cdk.App()
stack = cdk.Stack(app, "Shop")
for number in range(100):
    automl = AutoMLV2(
        stack,
        f"Model{number}",
        AutoMLTabularConfig("churn", max_total_job_runtime_in_seconds=1200),
        output_path="s3://shop-models/",
        role=ROLE,
    )
    automl.fit(f"s3://shop-data/{number}/train/")
    automl.deploy(1, "ml.m5.large")
app.synth()
