"""Which digit a picture shows: image classification, a folder a class."""

import aws_cdk as cdk

from cdk_automlv2 import AutoMLImageClassificationConfig, AutoMLV2

app = cdk.App()
stack = cdk.Stack(app, "Digits")

automl = AutoMLV2(
    stack,
    "AutoML",
    AutoMLImageClassificationConfig(max_total_job_runtime_in_seconds=3600),
)
job = automl.fit("data")
endpoint = automl.deploy(1, "ml.m5.xlarge")

cdk.CfnOutput(stack, "JobName", value=job.auto_ml_job_name)
cdk.CfnOutput(stack, "EndpointName", value=endpoint.endpoint_name)
app.synth()
