"""A release whose candidates serve once somebody has approved them in the model registry."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker

from cdk_automlv2 import AutoMLRelease, AutoMLTabularConfig, LocalAutoMLDataChannel

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
app.synth()
