"""Endpoints of containers that put labels in the place of numbers."""

from cdk_automlv2.local.training.candidates import archive
from cdk_automlv2.local.training.stages import LabelStage

from .fake_world import ROLE, wait_for


def deploy(sagemaker, world, name="Shop", variants=None, config=None):
    """Serve one container that puts labels in the place of numbers."""
    for label in variants or {"yes": 1.0}:
        key = f"out/{label}.tar.gz"
        world.iam.s3.objects[key] = archive(LabelStage(["no", label]))
        container = {"Image": "registry/image:1", "ModelDataUrl": f"s3://{key}"}
        sagemaker.create_model(ModelName=label, ExecutionRoleArn=ROLE, PrimaryContainer=container)
    listed = [
        {
            "VariantName": f"variant-{label}",
            "ModelName": label,
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
            "InitialVariantWeight": weight,
        }
        for label, weight in (variants or {"yes": 1.0}).items()
    ]
    sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=listed, **(config or {})
    )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    return wait_for(lambda: in_service(sagemaker, name))


def in_service(sagemaker, name):
    found = sagemaker.describe_endpoint(EndpointName=name)
    return found if found["EndpointStatus"] in ("InService", "Failed") else None
