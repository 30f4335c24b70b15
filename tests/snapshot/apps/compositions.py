"""A nested stack, two stacks, a stage and the same app under another name, for the snapshots."""

import aws_cdk as cdk

from cdk_automlv2 import (
    AutoMLDataChannel,
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLTabularConfig,
)

CONFIG = AutoMLTabularConfig("churned", max_total_job_runtime_in_seconds=1200)


def declare(learn: cdk.Stack, serve: cdk.Stack) -> None:
    """A job in one stack, what serves it in another."""
    channel = AutoMLDataChannel("S3Prefix", "s3://in/train/")
    job = AutoMLJobV2(learn, "Job", problem_config=CONFIG, inputs=channel)
    model = AutoMLModel(serve, "Model", job=job)
    AutoMLEndpoint(serve, "Endpoint", model=model, instance_type="ml.m5.large")


app = cdk.App(context={"aws:cdk:enable-asset-metadata": True})
nesting = cdk.Stack(app, "Nesting")
declare(nesting, cdk.NestedStack(nesting, "Inner"))
for scope, name in ((app, "Blue"), (cdk.Stage(app, "Prod"), "Green")):
    declare(cdk.Stack(scope, f"{name}Learn"), cdk.Stack(scope, f"{name}Serve"))
app.synth()
