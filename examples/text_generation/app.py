"""Answers to questions of customers: a language model fine-tuned."""

import aws_cdk as cdk

from cdk_automlv2 import AutoMLTextGenerationConfig, AutoMLV2

app = cdk.App()
stack = cdk.Stack(app, "Questions")

automl = AutoMLV2(
    stack,
    "AutoML",
    AutoMLTextGenerationConfig(
        "Falcon7BInstruct",
        text_generation_hyper_params={"epochCount": "3"},
        max_total_job_runtime_in_seconds=3 * 3600,
    ),
)
job = automl.fit("data/train.csv")
endpoint = automl.deploy(1, "ml.g5.12xlarge")

cdk.CfnOutput(stack, "JobName", value=job.auto_ml_job_name)
cdk.CfnOutput(stack, "EndpointName", value=endpoint.endpoint_name)
app.synth()
