"""Trained in dev by what a file says; in prod exactly what the lock file says, without training."""

from pathlib import Path

import aws_cdk as cdk

from cdk_automlv2 import AutoMLEndpoint, AutoMLModel, AutoMLV2

LOCK = "automlv2.lock"

app = cdk.App()
dev = cdk.Stack(app, "Dev")
diagnosis = AutoMLV2.from_spec(dev, "Diagnosis", "models/diagnosis.automlv2.yaml")
cdk.CfnOutput(dev, "EndpointName", value=diagnosis.release.endpoint_name)

if Path(LOCK).exists():
    prod = cdk.Stack(app, "Prod")
    model = AutoMLModel.from_lock(prod, "Model", LOCK)
    endpoint = AutoMLEndpoint(prod, "Endpoint", model=model, instance_type="ml.m5.large")
    cdk.CfnOutput(prod, "EndpointName", value=endpoint.endpoint_name)
app.synth()
