"""Model package groups: the models of the registry, each with its policy."""

from __future__ import annotations

import json

from cdk_automlv2.local.sagemaker import registry
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError, validation
from cdk_automlv2.local.sagemaker.operations.tagging import check_tags
from cdk_automlv2.local.sagemaker.paging import Listing
from cdk_automlv2.local.sagemaker.registry import POLICY
from cdk_automlv2.local.sagemaker.state import GROUP, Record, State

LAST_VERSION = "_LastVersion"
"""Member of a group that counts its versions, deleted ones included; not shown."""
_GROUPS = Listing("ModelPackageGroupSummaryList", "ModelPackageGroupName")


def create_model_package_group(state: State, caller: Caller, request: Record) -> Record:
    """Create a group."""
    name = request["ModelPackageGroupName"]
    arn = caller.arn(GROUP.name, name)
    state.require_create(caller, "CreateModelPackageGroup", arn, request)
    check_tags(request.get("Tags", []))
    if "ManagedConfiguration" in request:
        raise registry.refuse("ManagedConfiguration of model package groups")
    with state.lock:
        if arn in state.groups:
            raise validation(f"Model Package Group already exists: {arn}")
        state.groups[arn] = {
            "ModelPackageGroupName": name,
            "ModelPackageGroupArn": arn,
            "ModelPackageGroupDescription": request.get("ModelPackageGroupDescription"),
            "ModelPackageGroupStatus": "Completed",
            "CreationTime": state.clock.now(),
            "CreatedBy": {},
            LAST_VERSION: 0,
        }
        state.keep_tags(arn, request)
    return {"ModelPackageGroupArn": arn}


def describe_model_package_group(state: State, caller: Caller, request: Record) -> Record:
    """Describe a group."""
    name = request["ModelPackageGroupName"]
    return registry.find_group(state, caller, "DescribeModelPackageGroup", name)


def list_model_package_groups(state: State, caller: Caller, request: Record) -> Record:
    """List the groups of the caller's account."""
    state.require(caller, "ListModelPackageGroups", "*")
    if request.get("CrossAccountFilterOption") == "CrossAccount":
        raise registry.refuse("groups shared by AWS Resource Access Manager")
    return _GROUPS.page(state.mine(caller, GROUP), request)


def delete_model_package_group(state: State, caller: Caller, request: Record) -> Record:
    """Delete a group without versions."""
    name = request["ModelPackageGroupName"]
    group = registry.find_group(state, caller, "DeleteModelPackageGroup", name)
    arn = group["ModelPackageGroupArn"]
    with state.lock:
        if any(registry.group_of(package) == arn for package in state.packages):
            words = f"Model Package Group {arn} cannot be deleted, it has model package versions."
            raise ServiceError("ConflictException", words)
        state.groups.pop(arn, None)
        state.tags.pop(arn, None)
    return {}


def put_model_package_group_policy(state: State, caller: Caller, request: Record) -> Record:
    """Set the policy of a group."""
    group = _policy_group(state, caller, "PutModelPackageGroupPolicy", request)
    policy = request["ResourcePolicy"]
    _check_policy(policy)
    with state.lock:
        group[POLICY] = policy
    return {"ModelPackageGroupArn": group["ModelPackageGroupArn"]}


def get_model_package_group_policy(state: State, caller: Caller, request: Record) -> Record:
    """Return the policy of a group."""
    group = _policy_group(state, caller, "GetModelPackageGroupPolicy", request)
    return {"ResourcePolicy": _existing_policy(group)}


def delete_model_package_group_policy(state: State, caller: Caller, request: Record) -> Record:
    """Remove the policy of a group."""
    group = _policy_group(state, caller, "DeleteModelPackageGroupPolicy", request)
    with state.lock:
        _existing_policy(group)
        group.pop(POLICY)
    return {}


def _policy_group(state: State, caller: Caller, action: str, request: Record) -> Record:
    arn = caller.arn(GROUP.name, request["ModelPackageGroupName"])
    registry.require(state, caller, action, arn)
    with state.lock:
        if arn not in state.groups:
            raise validation(f"Cannot find Model Package Group: {arn}.")
        return state.groups[arn]


def _existing_policy(group: Record) -> str:
    if POLICY not in group:
        raise validation(f"Cannot find resource policy for {group['ModelPackageGroupArn']}.")
    return str(group[POLICY])


def _check_policy(text: str) -> None:
    """Refuse what is no resource policy."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise validation(f"The resource policy is not JSON: {error}.") from error
    listed = document.get("Statement") if isinstance(document, dict) else None
    statements = listed if isinstance(listed, list) else [listed]
    for statement in statements:
        wanted = {"Effect", "Principal", "Action", "Resource"}
        if not isinstance(statement, dict) or not wanted <= statement.keys():
            raise validation(f"A statement of the resource policy lacks {', '.join(wanted)}.")
