"""Tags of whatever has an ARN."""

from __future__ import annotations

from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.world import Thing, World


def add_tags(world: World, caller: Caller, request: Thing) -> Thing:
    """Add or overwrite tags."""
    arn = request["ResourceArn"]
    world.iam.require(caller, "sagemaker:AddTags", arn)
    with world.lock:
        tags = world.tags.setdefault(arn, {})
        tags |= {tag["Key"]: tag["Value"] for tag in request["Tags"]}
    return {"Tags": _listed(tags)}


def delete_tags(world: World, caller: Caller, request: Thing) -> Thing:
    """Remove tags."""
    arn = request["ResourceArn"]
    world.iam.require(caller, "sagemaker:DeleteTags", arn)
    with world.lock:
        for key in request["TagKeys"]:
            world.tags.get(arn, {}).pop(key, None)
    return {}


def list_tags(world: World, caller: Caller, request: Thing) -> Thing:
    """List tags."""
    arn = request["ResourceArn"]
    world.iam.require(caller, "sagemaker:ListTags", arn)
    with world.lock:
        return {"Tags": _listed(world.tags.get(arn, {}))}


def _listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
