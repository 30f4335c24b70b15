"""Which department a message is for: text classification."""

import aws_cdk as cdk

from cdk_automlv2 import AutoMLTextClassificationConfig, AutoMLV2

app = cdk.App()
stack = cdk.Stack(app, "Departments")

automl = AutoMLV2(
    stack,
    "AutoML",
    AutoMLTextClassificationConfig("message", "department", max_total_job_runtime_in_seconds=3600),
)
job = automl.fit("data/train.csv")
endpoint = automl.deploy(1, "ml.m5.xlarge")

cdk.CfnOutput(stack, "JobName", value=job.auto_ml_job_name)
cdk.CfnOutput(stack, "EndpointName", value=endpoint.endpoint_name)
app.synth()
