"""Rules of model packages that the service's model does not hold.

Sources: the documentation of CreateModelPackage, UpdateModelPackage and
ModelPackageContainerDefinition in the service's model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdk_automlv2.local.sagemaker.errors import validation
from cdk_automlv2.local.sagemaker.registry import refuse
from cdk_automlv2.local.sagemaker.state import Record

MOST_PROPERTIES = 50
_MISSING = ("SourceAlgorithmSpecification", "ValidationSpecification", "ManagedStorageType")


def check_new(request: Record) -> None:
    """Refuse a package that cannot be.

    Raises:
        ServiceError: ``ValidationException``.
    """
    is_version, is_single = "ModelPackageGroupName" in request, "ModelPackageName" in request
    if is_version and is_single:
        raise validation(
            "Both ModelPackageName and ModelPackageGroupName are provided in the input. "
            "Cannot determine which one to use."
        )
    if not is_version and not is_single:
        raise validation("Missing ARN.")
    for member in _MISSING:
        if member in request:
            raise refuse(f"{member} of model packages")
    if request.get("CertifyForMarketplace"):
        raise refuse("AWS Marketplace")
    if is_version and request.get("Tags"):
        raise validation("Tags cannot be given for a versioned model; it has those of its group.")
    check_containers(request, versioned=is_version)


def check_containers(request: Record, *, versioned: bool) -> None:
    """Refuse containers that cannot be, of all inference specifications in a request.

    Raises:
        ServiceError: ``ValidationException``.
    """
    for container in _containers(request):
        if "Image" not in container:
            raise validation("Image is required in every container of an inference specification.")
        if "ModelDataUrl" in container and "ModelDataSource" in container:
            raise validation("A container can have ModelDataUrl or ModelDataSource, not both.")
        if container.get("Environment") and not versioned:
            raise validation(
                "1 validation errors detected:Environment variable map cannot be specified when "
                "using non-versioned ModelPackages"
            )
    names = [item["Name"] for item in _additional(request)]
    if len(names) != len(set(names)):
        raise validation("Names of additional inference specifications must be unique.")


def _containers(request: Record) -> Iterator[Any]:
    if "InferenceSpecification" in request:
        yield from request["InferenceSpecification"]["Containers"]
    for item in _additional(request):
        yield from item["Containers"]


def _additional(request: Record) -> list[Record]:
    one, other = "AdditionalInferenceSpecifications", "AdditionalInferenceSpecificationsToAdd"
    return [*request.get(one, []), *request.get(other, [])]


def changed_properties(package: Record, request: Record) -> Record:
    """Return a package's customer metadata after an update.

    Raises:
        ServiceError: If they would be too many.
    """
    kept = {
        key: value
        for key, value in package.get("CustomerMetadataProperties", {}).items()
        if key not in request.get("CustomerMetadataPropertiesToRemove", [])
    }
    found = {**kept, **request.get("CustomerMetadataProperties", {})}
    if len(found) > MOST_PROPERTIES:
        raise validation(f"A model package has {MOST_PROPERTIES} customer properties at most.")
    return found


def context_of(request: Record) -> dict[str, Any]:
    """Return the condition keys of a request about a package.

    Source: condition keys in
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
    """
    stage = request.get("ModelLifeCycle", {})
    found = {
        "sagemaker:ModelApprovalStatus": request.get("ModelApprovalStatus"),
        "sagemaker:ModelLifeCycle:stage": stage.get("Stage"),
        "sagemaker:ModelLifeCycle:stageStatus": stage.get("StageStatus"),
        "sagemaker:CustomerMetadataPropertiesToRemove": request.get(
            "CustomerMetadataPropertiesToRemove"
        ),
        **{
            f"sagemaker:CustomerMetadataProperties/{key}": value
            for key, value in request.get("CustomerMetadataProperties", {}).items()
        },
    }
    return {key: value for key, value in found.items() if value is not None}
