"""The containers of a version of the model registry, once it has been approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automlv2_handlers.domain import packages
from automlv2_handlers.errors import DeniedError, LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context


def containers(event: LifecycleEvent, context: Context) -> list[dict[str, Any]]:
    """Return the containers of an approved version that nobody has changed.

    Raises:
        LifecycleError: If it is another Region's, gone or not approved, or its containers are not
            those that were approved.
    """
    arn = str(event.properties["ModelPackage"])
    own, theirs = event.stack_id.split(":")[3], (arn.split(":") + [""] * 4)[3]
    if theirs != own:
        raise LifecycleError(
            f"model package {arn} is of Region {theirs or '(none)'}, this stack is in {own}: "
            "register it there too, or use AutoMLModel.from_lock, which copies artifacts"
        )
    found = _described(arn, context)
    _refuse_unapproved(arn, found)
    served = packages.containers_of(found)
    if not served:
        raise LifecycleError(
            f"model package {arn} has no containers (InferenceSpecification), so that nothing "
            "can be served of it: register a version that has"
        )
    _refuse_changed(arn, found, str(event.properties.get("ContainersDigest") or ""))
    return served


def _described(arn: str, context: Context) -> dict[str, Any]:
    try:
        found = context.gateway.find("describe_model_package", ModelPackageName=arn)
    except DeniedError as error:
        group = arn.rpartition("/")[0].rpartition("/")[2]
        raise DeniedError(
            f"{error}; the group of another account needs a policy (aws sagemaker "
            f"put-model-package-group-policy --model-package-group-name {group}) that lets this "
            "account use sagemaker:DescribeModelPackage"
        ) from error
    if found is None:
        raise LifecycleError(f"model package {arn} does not exist")
    return found


def _refuse_unapproved(arn: str, found: Mapping[str, Any]) -> None:
    status = found.get("ModelApprovalStatus")
    if status != packages.APPROVED:
        raise LifecycleError(
            f"model package {arn} is {status}, and only what is {packages.APPROVED} is served: "
            f"approve it (aws sagemaker update-model-package --model-package-arn {arn} "
            f"--model-approval-status {packages.APPROVED}) and deploy again, or name "
            "another version"
        )


def _refuse_changed(arn: str, found: Mapping[str, Any], wanted: str) -> None:
    has = packages.of_package(found)
    noted = str((found.get("CustomerMetadataProperties") or {}).get(packages.DIGEST) or "")
    expected, by = (wanted, "containers_digest says") if wanted else (noted, "were registered")
    if not expected:
        raise LifecycleError(
            f"model package {arn} was not registered by this library, and its containers can be "
            f"changed after the approval: look at them, then set containers_digest={has!r}"
        )
    if has != expected:
        raise LifecycleError(
            f"the containers of model package {arn} have digest {has}, and {by} {expected}: "
            "somebody has changed them since; look at them, then register them again or set "
            f"containers_digest={has!r}"
        )
