"""The model registry: groups and packages by name or ARN, in the caller's account or another's.

A group's policy lets other accounts use it, as their own identity policies must too. Source:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-ram.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-deploy-xaccount.html
"""

from __future__ import annotations

from typing import Any

from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError, validation
from cdk_automlv2.local.sagemaker.state import GROUP, PACKAGE, Kind, Record, State

POLICY = "_Policy"
"""Member of a group that holds its policy; not shown."""


def arn_of(caller: Caller, kind: Kind, name_or_arn: str) -> str:
    """Return the ARN of a group or a package; for ``group/3`` of a version.

    Raises:
        ServiceError: If it is the ARN of something else.
    """
    if not name_or_arn.startswith("arn:"):
        return caller.arn(kind.name, name_or_arn)
    place, _, rest = name_or_arn.rpartition(":")
    found_kind, _, name = rest.partition("/")
    if found_kind != kind.name or not name:
        raise validation(f"Invalid {kind.words} ARN: {name_or_arn}.")
    return f"{place}:{found_kind}/{name.lower()}"


def group_of(package_arn: str) -> str:
    """Return the ARN of the group that a version belongs to; empty for what is no version."""
    place, _, rest = package_arn.rpartition(":")
    _, *names = rest.split("/")
    return f"{place}:{GROUP.name}/{names[0]}" if len(names) > 1 else ""


def require(state: State, caller: Caller, action: str, arn: str, **context: Any) -> None:
    """Refuse unless the caller may do ``action``: by the policy of the group too, if it has one.

    Raises:
        ServiceError: ``AccessDeniedException``.
    """
    group_arn = arn if f":{GROUP.name}/" in arn else group_of(arn)
    with state.lock:
        policy = state.groups.get(group_arn, {}).get(POLICY, "")
        tags = dict(state.tags.get(group_arn or arn, {}))
    context |= {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
    account = arn.split(":")[4]
    if policy or account != caller.account:
        state.iam.require_shared(caller, f"sagemaker:{action}", arn, context, policy)
    else:
        state.iam.require(caller, f"sagemaker:{action}", arn, context)


def find_group(state: State, caller: Caller, action: str, name_or_arn: str) -> Record:
    """Return a group with which the caller may do ``action``.

    Raises:
        ServiceError: If there is none, or the caller may not.
    """
    arn = arn_of(caller, GROUP, name_or_arn)
    require(state, caller, action, arn)
    return existing_group(state, arn)


def existing_group(state: State, arn: str) -> Record:
    """Return the group of that ARN.

    Raises:
        ServiceError: If there is none.
    """
    with state.lock:
        if arn not in state.groups:
            raise validation(f"ModelPackageGroup {arn} does not exist.")
        return state.groups[arn]


def find_package(
    state: State, caller: Caller, action: str, name_or_arn: str, **context: Any
) -> Record:
    """Return a package with which the caller may do ``action``.

    Raises:
        ServiceError: If there is none, or the caller may not.
    """
    arn = arn_of(caller, PACKAGE, name_or_arn)
    require(state, caller, action, arn, **context)
    with state.lock:
        if arn not in state.packages:
            raise validation(f"ModelPackage {arn} does not exist.")
        return state.packages[arn]


def deployable_containers(state: State, caller: Caller, name_or_arn: str) -> list[Record]:
    """Return the containers of a package from which the caller may create a model.

    Raises:
        ServiceError: If the package is not there, or must not be deployed.
    """
    arn = arn_of(caller, PACKAGE, name_or_arn)
    if arn.split(":")[4] != caller.account:
        require(state, caller, "CreateModel", arn)
    with state.lock:
        package = state.packages.get(arn)
        if package is None:
            raise validation(f"ModelPackage {arn} does not exist.")
        if package.get("ModelApprovalStatus", "Approved") != "Approved":
            status = package["ModelApprovalStatus"]
            raise validation(f"ModelPackage {arn} is {status}; it must be Approved to be deployed.")
        specification = package.get("InferenceSpecification")
        if specification is None:
            raise validation(f"ModelPackage {arn} has no inference specification.")
        return [dict(container) for container in specification["Containers"]]


def refuse(member: str) -> ServiceError:
    """Return the error for what the registry of the local SageMaker does not have."""
    return validation(f"The local SageMaker does not have {member}.")
