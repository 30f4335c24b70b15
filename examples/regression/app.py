"""How far a disease will go in a year: tabular data, a number to predict."""

import aws_cdk as cdk

from cdk_automlv2 import AutoMLTabularConfig, AutoMLV2

app = cdk.App()
stack = cdk.Stack(app, "Progression")

automl = AutoMLV2(
    stack,
    "AutoML",
    AutoMLTabularConfig(
        "progression",
        mode="HYPERPARAMETER_TUNING",
        max_candidates=3,
        max_total_job_runtime_in_seconds=3600,
    ),
)
job = automl.fit("data/train.csv")
endpoint = automl.deploy(1, "ml.m5.2xlarge")

cdk.CfnOutput(stack, "JobName", value=job.auto_ml_job_name)
cdk.CfnOutput(stack, "EndpointName", value=endpoint.endpoint_name)
app.synth()
