"""A role that is made here, and what its name turns out to be once aspects have run."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_automlv2._core.arns import role_arn
from cdk_automlv2._core.context import SOURCE_ACCOUNT_CONDITION, is_on
from cdk_automlv2._core.identity import digest, identity, name_scope
from cdk_automlv2._core.lazy import Producer
from cdk_automlv2._core.nag import Acknowledgements, Document
from cdk_automlv2._core.nag_reasons import INLINE, ROLE
from cdk_automlv2._core.pseudo import account, region
from cdk_automlv2._core.retention import Removal
from cdk_automlv2._core.rights import PASSED_TO_SAGEMAKER, SAGEMAKER, Right, allow
from cdk_automlv2._core.role_policies import (
    Policies,
    ReportedPolicies,
    RolePolicies,
    is_precreated,
)

_SHARED: WeakKeyDictionary[iam.IRole, MadeRole] = WeakKeyDictionary()
"""Roles made here that several constructs are given."""

_OWN_LENGTH = 16
"""Of the 64 characters of a role's name; the longest Region leaves 16 free for prefixes."""


class MadeRole:
    """The role of one job or model, or of several that share it.

    Its name contains the stack's scope, so that one pattern lets the function pass all of them
    without referring to any: a policy that referred to a role would come after it, and whatever
    the construct is made to depend on would come before both, in a circle.

    Aspects may change the name or take it away; then the right to pass the role gets a policy of
    its own, which refers to it.

    Args:
        scope: The job or model, or what stands for those that share it.
        id: The role's id below it.
        passes_itself: Whether the role must be able to pass itself, as that of a job.
        is_shared: Whether it grows and shrinks with those that share it.
    """

    def __init__(
        self, scope: Construct, id: str, *, passes_itself: bool, is_shared: bool = False
    ) -> None:
        stack = cdk.Stack.of(scope)
        own = digest(identity(scope, stack), _OWN_LENGTH)
        self._stem = f"automl-{name_scope(stack)}-{own}-"
        self._passes_itself = passes_itself
        self._scope = scope
        self._acknowledgements = Acknowledgements.of(stack)
        self._resource: iam.CfnRole | None = None
        self._passing: iam.CfnPolicy | None = None
        self.role = iam.Role(
            scope, id, role_name=f"{self._stem}{region()}", assumed_by=_sagemaker(scope)
        )
        fixed = [self._pass_itself(role_arn(f"*{self._stem}*"))] if passes_itself else []
        self.policies: Policies
        if is_precreated(self.role):
            self._keeps_name = True
            self.policies = ReportedPolicies(self.role, fixed[:0])
            if passes_itself:
                self.policies.allow(
                    Right(("iam:PassRole",), self.role.role_arn, condition=PASSED_TO_SAGEMAKER)
                )
            return
        resource = self.role.node.default_child
        assert isinstance(resource, iam.CfnRole)
        self._resource = resource
        self._keeps_name = False
        self._removal = Removal(resource)
        resource.add_property_override("RoleName", cdk.Lazy.any(Producer(self._name)))
        self.policies = RolePolicies(
            scope,
            f"{id}Policy",
            self.role.role_name,
            self.role.node.path,
            self._inline,
            fixed,
            is_ordered=is_shared,
            acknowledge=self._acknowledge,
        )

    @property
    def is_precreated(self) -> bool:
        """Whether another role stands in for it, by a name that is not ours."""
        return self._resource is None

    @classmethod
    def shared(cls, scope: Construct, id: str, *, passes_itself: bool) -> iam.IRole:
        """Return a role to be given to several constructs of a stack; it is granted what all need.

        Args:
            scope: What stands for those that share it.
            id: The role's id below it.
            passes_itself: As for the class.
        """
        made = cls(scope, id, passes_itself=passes_itself, is_shared=True)
        _SHARED[made.role] = made
        return made.role

    @classmethod
    def of(cls, role: iam.IRole) -> MadeRole | None:
        """Return what has made a shared role; ``None`` for one that is the user's."""
        return _SHARED.get(role)

    @property
    def resource(self) -> cdk.CfnResource | None:
        """The role's own resource, which holds the first of its policies."""
        return self._resource

    def retain(self) -> None:
        """Keep the role when the stack is deleted."""
        self.role.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    def pass_if_renamed(self, function_role: iam.IRole, user: cdk.CfnResource) -> None:
        """Let the function pass the role, and the role itself, if it has lost its name.

        Called when aspects have run and the role has been rendered once.

        Args:
            function_role: The function's.
            user: The custom resource that names the role, and comes after the right to pass it.
        """
        if self._keeps_name:
            return
        if self._passing is None:
            self._passing = self._passing_policy(function_role)
        user.add_resource_dependency(self._passing)

    def _passing_policy(self, function_role: iam.IRole) -> iam.CfnPolicy:
        names = [function_role.role_name]
        if self._passes_itself:
            names.append(self.role.role_name)
        policy = iam.CfnPolicy(
            self._scope,
            f"Pass{self.role.node.id}",
            policy_name=f"{self._stem}passing",
            policy_document={
                "Version": "2012-10-17",
                "Statement": [self._pass_itself(self.role.role_arn)],
            },
            roles=names,
        )
        self._acknowledgements.add(policy, [INLINE])
        return policy

    def _name(self) -> str | None:
        """Return the name after aspects have run; none for a role that may stay behind.

        Such a role would keep the name from the next deployment of the same stack. Whoever
        overrides the property itself keeps this from being asked.
        """
        assert self._resource is not None
        name = None if self._removal.may_stay() else self._resource.role_name
        self._keeps_name = name is not None and self._stem in name
        return name

    def _inline(self, document: Any) -> cdk.CfnResource:
        assert self._resource is not None
        self._resource.policies = [
            iam.CfnRole.PolicyProperty(policy_name="AutoMLV2", policy_document=document)
        ]
        return self._resource

    def _acknowledge(self, policy: cdk.CfnResource, document: Document) -> None:
        self._acknowledgements.add(policy, ROLE, document)

    def _pass_itself(self, resource: str) -> dict[str, Any]:
        return allow(("iam:PassRole",), [resource], PASSED_TO_SAGEMAKER)


def _sagemaker(scope: Construct) -> iam.ServicePrincipal:
    """SageMaker, on behalf of this account and no other."""
    if not is_on(scope, SOURCE_ACCOUNT_CONDITION):
        return iam.ServicePrincipal(SAGEMAKER)
    ours = {"StringEquals": {"aws:SourceAccount": account()}}
    return iam.ServicePrincipal(SAGEMAKER, conditions=ours)
