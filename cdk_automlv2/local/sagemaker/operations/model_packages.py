"""Model packages: versions in a group, and packages without one."""

from __future__ import annotations

import json

from cdk_automlv2.local.sagemaker import package_rules, registry
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError, validation
from cdk_automlv2.local.sagemaker.operations.model_groups import LAST_VERSION
from cdk_automlv2.local.sagemaker.operations.tagging import check_tags
from cdk_automlv2.local.sagemaker.paging import Listing
from cdk_automlv2.local.sagemaker.state import GROUP, PACKAGE, Record, State

_TOKEN = "_Token"
_LABEL = "_Label"
_PACKAGES = Listing("ModelPackageSummaryList", _LABEL)
_UNSHOWN = ("ClientToken", "ModelPackageGroupName", "Tags")


def create_model_package(state: State, caller: Caller, request: Record) -> Record:
    """Register a model; a client's token names what it has registered already."""
    is_version = "ModelPackageGroupName" in request
    if is_version:
        group_arn = registry.arn_of(caller, GROUP, request["ModelPackageGroupName"])
        prefix = _prefix(group_arn)
        context = package_rules.context_of(request)
        registry.require(state, caller, "CreateModelPackage", f"{prefix}*", **context)
    elif "ModelPackageName" in request:
        prefix = caller.arn(PACKAGE.name, request["ModelPackageName"])
        state.require_create(caller, "CreateModelPackage", prefix, request)
    package_rules.check_new(request)
    check_tags(request.get("Tags", []))
    with state.lock:
        known = _registered(state, prefix, request)
        if known:
            return {"ModelPackageArn": known}
        arn = _version(state, group_arn, prefix) if is_version else prefix
        return {"ModelPackageArn": _keep(state, arn, request)}


def _registered(state: State, prefix: str, request: Record) -> str:
    """Return the ARN of what was registered with the request's token; empty if nothing was."""
    token = request.get("ClientToken")
    for arn, package in state.packages.items():
        if token and arn.startswith(prefix) and package[_TOKEN][0] == token:
            if package[_TOKEN][1] != _digest(request):
                words = f"ClientToken {token} was used with other parameters, for {arn}."
                raise ServiceError("ConflictException", words)
            return arn
    return ""


def _digest(request: Record) -> str:
    return json.dumps(request, sort_keys=True, default=str)


def _version(state: State, group_arn: str, prefix: str) -> str:
    """Return the ARN of a group's next version; numbers are not used again."""
    group = registry.existing_group(state, group_arn)
    group[LAST_VERSION] += 1
    return f"{prefix}{group[LAST_VERSION]}"


def _keep(state: State, arn: str, request: Record) -> str:
    if arn in state.packages:
        raise validation(f"ModelPackage {arn} already exists.")
    package: Record = {
        **{key: value for key, value in request.items() if key not in _UNSHOWN},
        "ModelPackageArn": arn,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
        "ModelPackageRegistrationType": request.get("ModelPackageRegistrationType", "Registered"),
        "CertifyForMarketplace": False,
        "CreationTime": state.clock.now(),
        "CreatedBy": {},
        _TOKEN: (request.get("ClientToken"), _digest(request)),
        _LABEL: request.get("ModelPackageName"),
    }
    group = state.groups.get(registry.group_of(arn))
    if group:
        version = group[LAST_VERSION]
        package |= {
            "ModelPackageGroupName": group["ModelPackageGroupName"],
            "ModelPackageVersion": version,
            "ModelApprovalStatus": request.get("ModelApprovalStatus", "PendingManualApproval"),
            _LABEL: f"{group['ModelPackageGroupName']}/{version:09}",
        }
    else:
        state.keep_tags(arn, request)
    state.packages[arn] = package
    state.events.package_changed(package)
    return arn


def describe_model_package(state: State, caller: Caller, request: Record) -> Record:
    """Describe a package."""
    name = request["ModelPackageName"]
    package = registry.find_package(state, caller, "DescribeModelPackage", name)
    if request.get("IncludedData") == "MetadataOnly" and "ModelCard" in package:
        raise registry.refuse("MetadataOnly of a package with a model card")
    return package


def update_model_package(state: State, caller: Caller, request: Record) -> Record:
    """Change a package: its approval, its containers, its metadata."""
    context = package_rules.context_of(request)
    arn = request["ModelPackageArn"]
    package = registry.find_package(state, caller, "UpdateModelPackage", arn, **context)
    is_version = "ModelPackageVersion" in package
    if "ModelApprovalStatus" in request and not is_version:
        raise validation(f"ModelPackage {arn} is not versioned and has no approval status.")
    with state.lock:
        more = request.get("AdditionalInferenceSpecificationsToAdd", [])
        added = [*package.get("AdditionalInferenceSpecifications", []), *more]
        changed = {key: request[key] for key in _REPLACED if key in request}
        changed |= {"AdditionalInferenceSpecifications": added} if added else {}
        package_rules.check_containers(changed, versioned=is_version)
        properties = package_rules.changed_properties(package, request)
        package.pop("CustomerMetadataProperties", None)
        package |= {"CustomerMetadataProperties": properties} if properties else {}
        package |= {**changed, "LastModifiedTime": state.clock.now(), "LastModifiedBy": {}}
        state.events.package_changed(package)
    return {"ModelPackageArn": package["ModelPackageArn"]}


_REPLACED = (
    "ModelApprovalStatus",
    "ModelPackageRegistrationType",
    "ApprovalDescription",
    "InferenceSpecification",
    "SourceUri",
    "ModelCard",
    "ModelLifeCycle",
)
"""What an update replaces whole."""


def list_model_packages(state: State, caller: Caller, request: Record) -> Record:
    """List packages: of a group, or all of the caller's account."""
    group = request.get("ModelPackageGroupName")
    if group is None:
        state.require(caller, "ListModelPackages", "*")
        found = state.mine(caller, PACKAGE)
    else:
        group_arn = registry.arn_of(caller, GROUP, group)
        _require_list(state, caller, group_arn)
        registry.existing_group(state, group_arn)
        with state.lock:
            every = list(state.packages.items())
        found = [dict(package) for arn, package in every if registry.group_of(arn) == group_arn]
    kinds = _KINDS[request.get("ModelPackageType", "Unversioned" if group is None else "Versioned")]
    status = request.get("ModelApprovalStatus")
    return _PACKAGES.page(
        [
            package
            for package in found
            if ("ModelPackageVersion" in package) in kinds
            and status in (None, package.get("ModelApprovalStatus"))
        ],
        request,
    )


def _require_list(state: State, caller: Caller, group_arn: str) -> None:
    """Refuse a list of a group's versions: within an account the right names no resource."""
    if group_arn.split(":")[4] == caller.account:
        state.require(caller, "ListModelPackages", "*")
    else:
        registry.require(state, caller, "ListModelPackages", f"{_prefix(group_arn)}*")


def _prefix(group_arn: str) -> str:
    """Return what the ARNs of a group's versions begin with."""
    return f"{group_arn.replace(f':{GROUP.name}/', f':{PACKAGE.name}/')}/"


_KINDS = {"Versioned": (True,), "Unversioned": (False,), "Both": (True, False)}
"""Type that a list is asked for → whether its packages have a version."""


def delete_model_package(state: State, caller: Caller, request: Record) -> Record:
    """Delete a package; models and endpoints made of it stay."""
    name = request["ModelPackageName"]
    package = registry.find_package(state, caller, "DeleteModelPackage", name)
    with state.lock:
        state.packages.pop(package["ModelPackageArn"], None)
        state.tags.pop(package["ModelPackageArn"], None)
    return {}
