"""What shops will sell in two weeks: asked of an endpoint, and made of each new file of sales."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from cdk_automlv2 import (
    AutoMLBatchTransform,
    AutoMLOutput,
    AutoMLTimeSeriesForecastingConfig,
    AutoMLV2,
)

app = cdk.App()
stack = cdk.Stack(app, "Demand")

automl = AutoMLV2(
    stack,
    "AutoML",
    AutoMLTimeSeriesForecastingConfig(
        forecast_frequency="1D",
        forecast_horizon=14,
        item_identifier_attribute_name="shop",
        target_attribute_name="demand",
        timestamp_attribute_name="day",
        forecast_quantiles=["p10", "p50", "p90"],
        max_total_job_runtime_in_seconds=7200,
    ),
)
job = automl.fit("data/train.csv")
endpoint = automl.deploy(1, "ml.m5.12xlarge")

# Most forecasts are made of files, and need no endpoint that runs day and night.
files = s3.Bucket(
    stack,
    "Files",
    encryption=s3.BucketEncryption.S3_MANAGED,
    block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
    enforce_ssl=True,
    versioned=True,
    removal_policy=cdk.RemovalPolicy.DESTROY,  # Once it is empty; else it stays.
)
forecasts = AutoMLBatchTransform(
    stack,
    "Forecasts",
    job=job,
    input_data=AutoMLOutput.from_bucket(files, "sales/"),
    output=AutoMLOutput.from_bucket(files, "forecasts/"),
    instance_type="ml.m5.4xlarge",
    run_on_deploy=False,
)
forecasts.run_on_new_objects(files, "sales/")

cdk.CfnOutput(stack, "BucketName", value=files.bucket_name)
cdk.CfnOutput(stack, "JobName", value=job.auto_ml_job_name)
cdk.CfnOutput(stack, "EndpointName", value=endpoint.endpoint_name)
app.synth()
