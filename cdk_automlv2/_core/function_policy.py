"""What the function may do.

What it may do to SageMaker's resources has a fixed size, whatever the stack has: it goes by the
owner tag and by generated names, which outlive the template that made them. The rest (data to list,
roles to pass, keys) is listed and shared between jobs.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from cdk_automlv2._core.arns import arn, bucket_arn, literal, role_arn
from cdk_automlv2._core.homes import Homes
from cdk_automlv2._core.keys import (
    DECRYPT,
    ENCRYPT_DECRYPT,
    VOLUME_KEY,
    KeyGrants,
    key_resource,
)
from cdk_automlv2._core.nag import Acknowledgements, Document
from cdk_automlv2._core.nag_reasons import FUNCTION, INLINE
from cdk_automlv2._core.rights import PASSED_TO_SAGEMAKER, Condition, Right, allow
from cdk_automlv2._core.role_policies import (
    Policies,
    ReportedPolicies,
    RolePolicies,
    is_precreated,
)
from cdk_automlv2._core.s3 import AnyKey, S3Location
from cdk_automlv2._core.scaling_rights import scaling_statements

OWNER = "cdk-automlv2:owner"
WRITE = ("s3:AbortMultipartUpload", "s3:PutObject")

_KINDS = ("automl-job", "model", "endpoint-config", "endpoint", "transform-job")
_LISTS = (
    *("ListAutoMLJobs", "ListCandidatesForAutoMLJob", "ListEndpointConfigs", "ListModels"),
    "ListTransformJobs",
)
_DESCRIBE = (
    "DescribeAutoMLJobV2",
    "DescribeEndpoint",
    "DescribeEndpointConfig",
    "DescribeModel",
    "DescribeTransformJob",
    "ListTags",
)
CREATE = (
    *("CreateAutoMLJobV2", "CreateEndpoint", "CreateEndpointConfig", "CreateModel"),
    "CreateTransformJob",
)
_CHANGE = (
    "AddTags",
    "DeleteEndpoint",
    "DeleteEndpointConfig",
    "DeleteModel",
    "DeleteTags",
    "StopAutoMLJob",
    "StopTransformJob",
    "UpdateEndpoint",
    "UpdateEndpointWeightsAndCapacities",
)


class FunctionPolicy:
    """The policies of the function's role.

    Args:
        scope: Their parent.
        role: The function's role.
        name_scope: The stack's scope: owner tags begin with it, generated names contain it.
        state_machine_arn: The state machine it may start.
        log_group_arn: Where it may write.
        in_vpc: Whether it needs network interfaces.
    """

    def __init__(
        self,
        scope: Construct,
        role: iam.Role,
        name_scope: str,
        state_machine_arn: str,
        log_group_arn: str,
        *,
        in_vpc: bool,
    ) -> None:
        self.role = role
        self._scope = scope
        stack = cdk.Stack.of(scope)
        self._acknowledgements = Acknowledgements.of(stack)
        self._homes = Homes(stack)
        self._function: cdk.CfnResource | None = None
        self._shared: list[cdk.CfnResource] = []
        fixed = [
            *_base(state_machine_arn, log_group_arn),
            *_sagemaker(name_scope),
            *_uploads(name_scope),
            *([_network_interfaces()] if in_vpc else []),
        ]
        self._policies: Policies
        if is_precreated(role):
            self._policies = ReportedPolicies(role, [*fixed, *scaling_statements(name_scope)])
        else:
            self._policies = RolePolicies(
                scope,
                "FunctionPolicy",
                role.role_name,
                role.node.path,
                self._first,
                fixed,
                self._before_function,
                apart=scaling_statements(name_scope),
                acknowledge=self._acknowledge,
            )

    def attach(self, function: cdk.CfnResource) -> None:
        """Let whatever refers to the function come after its rights, and go before them."""
        self._function = function
        for policy in self._shared:
            function.add_resource_dependency(policy)

    def start(self, state_machine: sfn.CfnStateMachine, what: str = "") -> cdk.CfnResource | None:
        """Let it start a state machine that has lost its name; return a policy to wait for.

        Args:
            state_machine: The state machine.
            what: Part of the policy's id, which differs from those of others.
        """
        if isinstance(self._policies, ReportedPolicies):
            self._policies.allow(Right(("states:StartExecution",), state_machine.attr_arn))
            return None
        policy = iam.CfnPolicy(
            state_machine.node.scope,  # type: ignore[arg-type]
            "StartPolicy",
            policy_name=f"AutoMLV2Start{what}",
            policy_document={
                "Version": "2012-10-17",
                "Statement": [allow(("states:StartExecution",), [state_machine.attr_arn])],
            },
            roles=[self.role.role_name],
        )
        self._acknowledgements.add(policy, [INLINE])
        return policy

    def for_user(self, user: Construct) -> FunctionRights:
        """Return what adds the rights that one construct needs."""
        return FunctionRights(self, user)

    def allow_shared(self, rights: Iterable[Right]) -> None:
        """Add rights that the whole stack needs, once; the function comes after them."""
        for right in rights:
            self._policies.allow(right)

    def allow(self, right: Right, user: Construct, refers: str) -> cdk.CfnResource | None:
        """Add a right; return a policy to wait for besides the function, if there is one."""
        home = self._homes.of(refers, user)
        policy = self._policies.allow(right, home)
        return None if policy is None or policy in self._shared else policy

    def _acknowledge(self, policy: cdk.CfnResource, document: Document) -> None:
        self._acknowledgements.add(policy, FUNCTION, document)

    def _first(self, document: Any) -> cdk.CfnResource:
        policy = iam.CfnPolicy(
            self._scope,
            "FunctionPolicy",
            policy_name="AutoMLV2",
            policy_document=document,
            roles=[self.role.role_name],
        )
        self._before_function(policy)
        return policy

    def _before_function(self, policy: cdk.CfnResource) -> None:
        self._shared.append(policy)
        if self._function is not None:
            self._function.add_resource_dependency(policy)


class FunctionRights:
    """The rights that one construct needs of the function.

    Args:
        policy: Of the function.
        user: The construct.
    """

    def __init__(self, policy: FunctionPolicy, user: Construct) -> None:
        self._policy = policy
        self._user = user
        self._awaited: dict[cdk.CfnResource, None] = {}
        self._keys = KeyGrants(policy.role)

    def apply_before(self, resource: cdk.CfnResource) -> None:
        """Let a custom resource come after the rights it needs, where the function does not."""
        for policy in self._awaited:
            resource.add_resource_dependency(policy)
        self._keys.apply_before(resource)

    def pass_role(self, arn_: str) -> None:
        """Let it hand a role to SageMaker that was not made here."""
        self._allow(("iam:PassRole",), literal(arn_), condition=PASSED_TO_SAGEMAKER)

    def list_objects(self, location: S3Location) -> None:
        """Let it list training data, to detect changes."""
        self._allow(("s3:ListBucket",), location.bucket_arn, prefix=location.pattern)

    def write_objects(self, location: S3Location) -> None:
        """Let it write below a location, with its keys."""
        self._allow(WRITE, location.objects_arn)
        self.use_keys(location)

    def invoke_function(self, function_arn: str) -> None:
        """Let it invoke a function of the user's."""
        self._allow(("lambda:InvokeFunction",), function_arn)

    def invoke_generated_endpoints(self, name_pattern: str) -> None:
        """Let it invoke endpoints whose names are made at deployment."""
        self._allow(("sagemaker:InvokeEndpoint",), arn("sagemaker", f"endpoint/{name_pattern}"))

    def read_object(self, location: S3Location) -> None:
        """Let it read one object."""
        self._allow(("s3:GetObject",), f"{location.bucket_arn}/{literal(location.prefix)}")

    def read_artifact(self, location: S3Location) -> None:
        """Let it read one object that may not be there, with its keys."""
        self.read_object(location)
        self._allow(("s3:ListBucket",), location.bucket_arn, prefix=literal(location.prefix))
        for key in location.keys:
            if not self._keys.by_key_policy(key, DECRYPT):
                resource, condition = key_resource(key)
                self._allow(DECRYPT, resource, condition=condition)

    def register_models(self, group: str, *, deletes: bool) -> None:
        """Let it register versions in a model package group; they bear no tags of their own."""
        actions = ("CreateModelPackage", "DescribeModelPackage")
        for resource in (f"model-package/{group}/*", f"model-package-group/{group}"):
            self._allow(_actions(actions), arn("sagemaker", resource.lower()))
        if deletes:
            versions = arn("sagemaker", f"model-package/{group}/*".lower())
            self._allow(_actions(("DeleteModelPackage",)), versions)

    def describe_model_package(self, package_arn: str) -> None:
        """Let it see one version of a group, which may be another account's."""
        self._allow(("sagemaker:DescribeModelPackage",), package_arn)

    def see_alarms(self) -> None:
        """Let it see the states of alarms; one right for all, whatever their names."""
        self._allow(("cloudwatch:DescribeAlarms",), arn("cloudwatch", "alarm:*"))

    def use_keys(self, location: S3Location) -> None:
        """Let it encrypt and decrypt what it writes to a location."""
        for key in location.keys:
            if not self._keys.by_key_policy(key, ENCRYPT_DECRYPT):
                resource, condition = key_resource(key)
                self._allow(ENCRYPT_DECRYPT, resource, condition=condition)

    def use_volume_key(self, key: AnyKey) -> None:
        """Let SageMaker, on its behalf, use a key for volumes."""
        if not self._keys.by_key_policy(key, VOLUME_KEY):
            resource, alias = key_resource(key)
            for actions, condition in self._keys.volume_rights(self._user):
                self._allow(actions, resource, condition=alias + condition)

    def _allow(
        self,
        actions: tuple[str, ...],
        resource: str,
        *,
        prefix: str | None = None,
        condition: Condition = (),
    ) -> None:
        right = Right(actions, resource, prefix, condition)
        policy = self._policy.allow(right, self._user, f"{resource}{prefix or ''}")
        if policy is not None:
            self._awaited[policy] = None


def _base(state_machine_arn: str, log_group_arn: str) -> list[dict[str, Any]]:
    stack = ("cloudformation:DescribeStackResource", "cloudformation:DescribeStacks")
    return [
        allow(("logs:CreateLogStream", "logs:PutLogEvents"), [log_group_arn]),
        allow(("states:StartExecution",), [state_machine_arn]),
        allow(("xray:PutTelemetryRecords", "xray:PutTraceSegments"), ["*"]),
        allow(stack, [cdk.Aws.STACK_ID]),
    ]


def _sagemaker(name_scope: str) -> list[dict[str, Any]]:
    every = [arn("sagemaker", f"{kind}/*") for kind in _KINDS]
    generated = [arn("sagemaker", f"{kind}/*-{name_scope}*") for kind in _KINDS]
    owner = f"{name_scope}/*"
    creating = (("StringLike", f"aws:RequestTag/{OWNER}", owner),)
    while_creating = (*creating, ("Null", "sagemaker:TaggingAction", "false"))
    owning = (("StringLike", f"aws:ResourceTag/{OWNER}", owner),)
    return [
        allow(_actions(_LISTS), ["*"]),
        # What is gone has no tags: describing goes by kind, so that it is "not found".
        allow(_actions(_DESCRIBE), every),
        allow(_actions(CREATE), every, creating),
        allow(_actions(("AddTags",)), every, while_creating),
        allow(_actions(_CHANGE), every, owning),
        # A tag may show a little later than what bears it; and a configuration has no tag of
        # ours to be seen by in the request that moves an endpoint to it.
        allow(_actions(_CHANGE), generated),
        allow(("iam:PassRole",), [role_arn(f"*automl-{name_scope}-*")], PASSED_TO_SAGEMAKER),
    ]


def _uploads(name_scope: str) -> list[dict[str, Any]]:
    """Folders lie below ``inputs/<scope>-…/`` of whatever output a template has, or had."""
    folder = f"inputs/{name_scope}-*"
    listing = allow(("s3:ListBucket",), [bucket_arn("*")])
    listing["Condition"] = {"StringLike": {"s3:prefix": [folder, f"*/{folder}"]}}
    return [listing, allow((*WRITE, "s3:DeleteObject"), [bucket_arn(f"*/{folder}")])]


def _network_interfaces() -> dict[str, Any]:
    """Lambda makes them with the function's role; the function's own code may not.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    actions = (
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "ec2:UnassignPrivateIpAddresses",
    )
    return allow(actions, ["*"], (("Null", "lambda:SourceFunctionArn", "true"),))


def _actions(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"sagemaker:{name}" for name in names)
