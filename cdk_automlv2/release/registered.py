"""Models and releases that have a version in the model registry."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.retention import KEEPING
from cdk_automlv2.release.model_registration import ModelRegistration


def registration_of(
    given: ModelRegistration | sagemaker.CfnModelPackageGroup | str | None,
) -> ModelRegistration | None:
    """Return a registration, where a group or its name stands for one."""
    if given is None or isinstance(given, ModelRegistration):
        return given
    return ModelRegistration(given)


def register_model(
    model: Construct,
    provider: AutoMLProvider,
    registration: ModelRegistration,
    made: cdk.CfnResource,
    **candidate: Any,
) -> cdk.CfnResource:
    """Make the resource that stands for a model's version.

    Args:
        model: The model; the resource is its child ``Package``.
        provider: Makes it.
        registration: Where and how.
        made: The model's own resource.
        **candidate: Job and candidate, whose metrics go with the version.
    """
    package = provider.resource(
        model,
        "Package",
        "AutoMLModelPackage",
        follows=made,
        ModelName=made.ref,
        **candidate,
        **registration.to_request(),
    )
    bind_registration(registration, model, provider, package)
    return package


def bind_registration(
    registration: ModelRegistration,
    owner: Construct,
    provider: AutoMLProvider,
    resource: cdk.CfnResource,
) -> None:
    """Let the function register what a resource stands for, and that come after the group."""
    rights = provider.policy.for_user(owner)
    rights.register_models(registration.group_name, deletes=not registration.stays)
    rights.apply_before(resource)
    group = registration.group
    if isinstance(group, str):
        return
    resource.add_resource_dependency(group)
    if registration.stays and group.cfn_options.deletion_policy not in KEEPING:
        cdk.Annotations.of(owner).add_warning_v2(
            "cdk-automlv2:model-package-group",
            f"the versions of group {group.node.path} stay when {owner.node.path} goes, and a "
            "group that has some cannot be deleted: call group.apply_removal_policy(RETAIN) "
            "before, or give removal_policy=DESTROY with the group",
        )
