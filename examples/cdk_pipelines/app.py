"""A pipeline that changes itself: validate, plan, deploy to dev detached, wait, promote to prod.

The release trains while no stack waits; a step does. What goes to prod is what the lock file says,
which a person writes with `automlv2 lock` and a pull request brings: no second training.
"""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import pipelines

from cdk_automlv2 import AutoMLEndpoint, AutoMLModel, AutoMLV2

LOCK = "automlv2.lock"
NAME = "Dev-Screening/Diagnosis/Endpoint"
CONNECTION = (
    "arn:aws:codeconnections:eu-west-1:111122223333:connection/0a1b2c3d-0000-1111-2222-333344445555"
)
INSTALL = ["pip install -r requirements.txt", "npm install aws-cdk@2"]
READ = (
    "cloudformation:DescribeStackResource",
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:ListStackResources",
    "cloudformation:ListStacks",
    "dynamodb:GetItem",
    "dynamodb:Query",
)


class Training(cdk.Stage):
    """Where the model is trained, judged and served."""

    def __init__(self, scope: Any, id: str) -> None:
        super().__init__(scope, id)
        stack = cdk.Stack(self, "Screening")
        AutoMLV2.from_spec(stack, "Diagnosis", "models/diagnosis.automlv2.yaml")


class Serving(cdk.Stage):
    """Where exactly what the lock file says is served."""

    def __init__(self, scope: Any, id: str) -> None:
        super().__init__(scope, id)
        stack = cdk.Stack(self, "Screening")
        model = AutoMLModel.from_lock(stack, "Model", LOCK)
        AutoMLEndpoint(stack, "Endpoint", model=model, instance_type="ml.m5.large")


def step(id: str, *commands: str, source: pipelines.IFileSetProducer) -> pipelines.CodeBuildStep:
    """Return a step that runs the command with rights to read stacks and records."""
    statement = iam.PolicyStatement(actions=list(READ), resources=["*"])
    return pipelines.CodeBuildStep(
        id,
        input=source,
        install_commands=["pip install 'cdk-automlv2[cli,specs]'"],
        commands=list(commands),
        role_policy_statements=[statement],
        timeout=cdk.Duration.hours(30),
    )


app = cdk.App()
stack = cdk.Stack(app, "ModelsPipeline")
key = kms.Key(stack, "Key", enable_key_rotation=True, removal_policy=cdk.RemovalPolicy.DESTROY)
bucket = s3.Bucket(
    stack,
    "Artifacts",
    encryption=s3.BucketEncryption.KMS,
    encryption_key=key,
    enforce_ssl=True,
    versioned=True,
    block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
)
source = pipelines.CodePipelineSource.connection("me/models", "main", connection_arn=CONNECTION)
synth = pipelines.ShellStep(
    "Synth",
    input=source,
    install_commands=INSTALL,
    commands=["automlv2 validate models", "npx cdk synth --quiet"],
)
pipeline = pipelines.CodePipeline(stack, "Pipeline", synth=synth, artifact_bucket=bucket)
pipeline.add_stage(
    Training(app, "Dev"),
    pre=[step("Plan", "automlv2 plan --app assembly-Dev", source=synth)],
    post=[step("Wait", f"automlv2 wait {NAME} --timeout 1700", source=source)],
)
if Path(LOCK).exists():
    promote = pipelines.ManualApprovalStep("Promote")
    pipeline.add_stage(Serving(app, "Prod"), pre=[promote])
app.synth()
