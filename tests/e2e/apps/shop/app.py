"""The app of the end-to-end tests; what a test varies comes by context (-c key=value)."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cdk_automlv2 import (
    AutoMLEndpoint,
    AutoMLJobV2,
    AutoMLModel,
    AutoMLTabularConfig,
    AutoMLV2,
    LocalAutoMLDataChannel,
)
from cdk_automlv2._core import function_policy

DATA = Path(__file__).parents[4] / "data" / "diagnosis_train.csv"

app = cdk.App()
stack = cdk.Stack(app, app.node.try_get_context("stack") or "Shop")

without = app.node.try_get_context("without")
if without:
    function_policy.CREATE = tuple(name for name in function_policy.CREATE if name != without)

role = None
if app.node.try_get_context("powerless_role"):
    principal = iam.ServicePrincipal("sagemaker.amazonaws.com")
    role = iam.Role(stack, "Powerless", assumed_by=principal).without_policy_updates()

job = AutoMLJobV2(
    stack,
    "Churn",
    problem_config=AutoMLTabularConfig(
        app.node.try_get_context("target") or "diagnosis",
        mode=app.node.try_get_context("mode") or "ENSEMBLING",
        max_candidates=int(app.node.try_get_context("max_candidates") or 1),
        max_total_job_runtime_in_seconds=600,
    ),
    inputs=LocalAutoMLDataChannel("S3Prefix", str(DATA)),
    role=role,
)
model = AutoMLModel(stack, "Model", job=job, inference_response_keys=["predicted_label"])
endpoint = AutoMLEndpoint(stack, "Endpoint", model=model, instance_type="ml.m5.large")
cdk.Tags.of(stack).add("team", app.node.try_get_context("team") or "ml")

attached = app.node.try_get_context("attach")
if attached:
    other = AutoMLV2.attach(
        stack, "Attached", attached, output_path=app.node.try_get_context("output")
    )
    listed = other.list_candidates(status_equals="Completed")
    second = other.deploy(1, "ml.m5.large")
    cdk.CfnOutput(stack, "Candidates", value=listed.candidates)
    cdk.CfnOutput(stack, "AttachedEndpointName", value=second.endpoint_name)

cdk.CfnOutput(stack, "JobName", value=job.auto_ml_job_name)
cdk.CfnOutput(stack, "ModelName", value=model.model_name)
cdk.CfnOutput(stack, "EndpointName", value=endpoint.endpoint_name)
cdk.CfnOutput(stack, "Metric", value=job.objective_metric_value)

app.synth()
