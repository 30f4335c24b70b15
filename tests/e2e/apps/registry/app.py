"""A release whose candidates serve once somebody has approved them in the model registry.

With `-c version=ARN -c job=NAME` the stack serves that version too, and registers the job's model.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker

from cdk_automlv2 import (
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLOutput,
    AutoMLRelease,
    AutoMLTabularConfig,
    LocalAutoMLDataChannel,
    ModelRegistration,
)

DATA = Path(__file__).parents[4] / "data" / "diagnosis_train.csv"

app = cdk.App()
stack = cdk.Stack(app, "Approved")
group = sagemaker.CfnModelPackageGroup(stack, "Group", model_package_group_name="diagnosis")
release = AutoMLRelease(
    stack,
    "Diagnosis",
    problem_config=AutoMLTabularConfig(
        "diagnosis", mode="ENSEMBLING", max_candidates=1, max_total_job_runtime_in_seconds=600
    ),
    inputs=LocalAutoMLDataChannel("S3Prefix", str(DATA)),
    instance_type="ml.m5.large",
    revision=app.node.try_get_context("revision"),
)
release.register_in(group, removal_policy=cdk.RemovalPolicy.DESTROY)
cdk.CfnOutput(stack, "EndpointName", value=release.endpoint_name)

version, name = (app.node.try_get_context(key) for key in ("version", "job"))
if version:
    written = AutoMLOutput.from_bucket(stack.node.find_child("AutoMLV2Output"))
    approved = AutoMLModel.from_model_package(stack, "Approved", version, artifacts=written)
    endpoint = AutoMLEndpoint(stack, "OfVersion", model=approved, instance_type="ml.m5.large")
    job = AutoMLJobV2.from_auto_ml_job_name(stack, "Known", name, output=written)
    registration = ModelRegistration(group, removal_policy=cdk.RemovalPolicy.DESTROY)
    model = AutoMLModel(stack, "Registered", job=job, register_in=registration)
    cdk.CfnOutput(stack, "OfVersionName", value=endpoint.endpoint_name)
    cdk.CfnOutput(stack, "RegisteredArn", value=model.model_package_arn)
app.synth()
