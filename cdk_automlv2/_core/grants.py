"""What a role is granted, whether it was made here, given as a construct, or named by its ARN."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_automlv2._core.arns import literal, role_arn
from cdk_automlv2._core.homes import Homes
from cdk_automlv2._core.identity import digest
from cdk_automlv2._core.keys import (
    DECRYPT,
    ENCRYPT_DECRYPT,
    VOLUME_KEY,
    KeyGrants,
    key_resource,
)
from cdk_automlv2._core.made_role import MadeRole
from cdk_automlv2._core.nag import Acknowledgements, Document
from cdk_automlv2._core.nag_reasons import ROLE
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.rights import PASSED_TO_SAGEMAKER, Right
from cdk_automlv2._core.role_policies import (
    Policies,
    ReportedPolicies,
    RolePolicies,
    is_precreated,
)
from cdk_automlv2._core.roles import base_model_rights, container_rights, job_rights, vpc_rights
from cdk_automlv2._core.s3 import AnyKey, S3Location
from cdk_automlv2._core.tokens import is_token

if TYPE_CHECKING:
    from aws_cdk import aws_sns as sns

_LIST = ("s3:ListBucket",)
_READ = ("s3:GetObject",)
_WRITE = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
_PUBLISH_KEY = ("kms:Decrypt", "kms:GenerateDataKey*")
_GIVEN_INLINE = 7_168
"""Characters of inline policies added to a given role; the rest is its owner's."""

_GIVEN: WeakKeyDictionary[AutoMLProvider, dict[str, _Given]] = WeakKeyDictionary()


class RoleGrants:
    """A role, as one construct uses it; policies are shared by all that use the same role.

    Attributes:
        arn: The role's ARN; may be a token.
    """

    def __init__(self, user: Construct, role: MadeRole | _Given | _Named) -> None:
        self._user = user
        self._source = role
        self._made = role if isinstance(role, MadeRole) else None
        self._own_resource = self._made.resource if self._made is not None else None
        self._given = role if isinstance(role, _Given) else None
        self.arn: str = role.arn if isinstance(role, _Named) else role.role.role_arn
        self._policies = None if isinstance(role, _Named) else role.policies
        self._keys = KeyGrants(None if isinstance(role, _Named) else role.role)
        self._awaited: dict[cdk.CfnResource, None] = {}
        self._resource: cdk.CfnResource | None = None
        self._is_awaited = False

    @property
    def role(self) -> iam.IRole:
        """The role as a construct, to be granted more; what is granted to it here is waited for.

        One named by text is imported at its first use. One given as a construct is its owner's.
        """
        role = self._source.role
        if self._resource is not None and self._given is None and not self._is_awaited:
            self._resource.node.add_dependency(role)
            self._is_awaited = True
        return role

    def for_user(self, user: Construct) -> RoleGrants:
        """Return the same role as another construct uses it."""
        return RoleGrants(user, self._source)

    def retain(self) -> None:
        """Keep a role that was made here when the stack is deleted."""
        if self._made is not None:
            self._made.retain()

    def pass_before(self, provider: AutoMLProvider, resource: cdk.CfnResource) -> None:
        """Let the function pass the role; the resource that names it comes after its rights."""
        self._resource = resource
        if self._made is not None and not self._made.is_precreated:
            provider.watch(self._made, resource)
        else:
            rights = provider.policy.for_user(self._user)
            rights.pass_role(self.arn)
            rights.apply_before(resource)
        self.apply_before(resource)

    def apply_before(self, resource: cdk.CfnResource) -> None:
        """Let a resource come after what this construct has granted the role."""
        for policy in self._awaited:
            resource.add_resource_dependency(policy)
        self._keys.apply_before(resource)

    def allow_job(self) -> None:
        """Let the role run a job, which passes it on."""
        if self._given is not None:
            self._allow([Right(("iam:PassRole",), literal(self.arn), None, PASSED_TO_SAGEMAKER)])
        self._allow(job_rights())

    def allow_containers(self) -> None:
        """Let the role run the containers of a model."""
        self._allow(container_rights())

    def allow_read(self, location: S3Location) -> None:
        """Let the role list, read and decrypt the objects of a location."""
        self._allow_objects(location, _READ)
        self._allow_keys(location.keys, DECRYPT)

    def allow_decrypt(self, location: S3Location) -> None:
        """Let the role decrypt the objects of a location."""
        self._allow_keys(location.keys, DECRYPT)

    def allow_write(self, location: S3Location) -> None:
        """Let the role list, read and write the objects of a location, with its keys."""
        self._allow_objects(location, _WRITE)
        self._allow_keys(location.keys, ENCRYPT_DECRYPT)

    def allow_vpc(self) -> None:
        """Let the role make network interfaces."""
        self._allow(vpc_rights())

    def allow_read_base_models(self) -> None:
        """Let the role read and write the bucket of base models that AWS keeps."""
        self._allow(base_model_rights())

    def allow_see_alarms(self, arns: Iterable[str]) -> None:
        """Let the role, which SageMaker watches alarms as, see their states."""
        self._allow(Right(("cloudwatch:DescribeAlarms",), alarm) for alarm in arns)

    def allow_publish(self, topic: sns.ITopic) -> None:
        """Let the role send messages to a topic, with its key."""
        self._allow([Right(("sns:Publish",), literal(topic.topic_arn))])
        key = getattr(topic, "master_key", None)
        if key is not None:
            self._allow_keys([key], _PUBLISH_KEY)

    def allow_volume_key(self, key: AnyKey) -> None:
        """Let the role give SageMaker a grant on the key of its volumes."""
        if not self._keys.by_key_policy(key, VOLUME_KEY):
            resource, alias = key_resource(key)
            for actions, condition in self._keys.volume_rights(self._user):
                self._allow([Right(actions, resource, None, alias + condition)])

    def _allow_objects(self, location: S3Location, actions: tuple[str, ...]) -> None:
        listing = Right(_LIST, location.bucket_arn, location.pattern)
        self._allow([listing, Right(actions, location.objects_arn)])

    def _allow_keys(self, keys: Iterable[AnyKey], actions: tuple[str, ...]) -> None:
        for key in keys:
            if not self._keys.by_key_policy(key, actions):
                resource, alias = key_resource(key)
                self._allow([Right(actions, resource, None, alias)])

    def _allow(self, rights: Iterable[Right]) -> None:
        if self._policies is None:
            return
        for right in rights:
            policy = self._policies.allow(right, self._home(right))
            if policy is not None and policy is not self._own_resource:
                self._awaited[policy] = None

    def _home(self, right: Right) -> str:
        if self._given is None:
            return ""
        return self._given.homes.of(f"{right.resource}{right.prefix or ''}", self._user)


def read_statements(location: S3Location) -> list[iam.PolicyStatement]:
    """Return what lets a role list and read the objects of a location, for a policy apart."""
    below = {"StringLike": {"s3:prefix": location.pattern}}
    return [
        iam.PolicyStatement(actions=list(_LIST), resources=[location.bucket_arn], conditions=below),
        iam.PolicyStatement(actions=list(_READ), resources=[location.objects_arn]),
    ]


class _Given:
    """A role that was given as a construct, and the policies that are added to it in one stack."""

    def __init__(self, provider: AutoMLProvider, role: iam.IRole) -> None:
        self.role = role
        self.homes = Homes(provider.stack)
        self._id = f"GrantsOf{role.node.id}{digest(role.node.path, 8)}"
        self.policies: Policies = self._policies_of(provider, role)

    def _policies_of(self, provider: AutoMLProvider, role: iam.IRole) -> Policies:
        # A policy needs a statement to be attached, and attaching it shows whether the role takes
        # any: others may be precreated, of another account, or not to be changed.
        if is_precreated(role):
            return ReportedPolicies(role, [])
        stack = provider.stack
        policy = iam.Policy(stack, self._id, document=iam.PolicyDocument(statements=[_any()]))
        role.attach_inline_policy(policy)
        resource = policy.node.default_child
        assert isinstance(resource, iam.CfnPolicy)
        if not stack.resolve(resource.roles):
            return ReportedPolicies(role, [])

        def first(document: Any) -> cdk.CfnResource:
            resource.policy_document = document
            return resource

        def acknowledge(policy: cdk.CfnResource, document: Document) -> None:
            Acknowledgements.of(stack).add(policy, ROLE, document)

        return RolePolicies(
            stack,
            self._id,
            role.role_name,
            role.node.path,
            first,
            [],
            inline=_GIVEN_INLINE,
            acknowledge=acknowledge,
        )


def _any() -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["sagemaker:ListTags"], resources=["*"])


class _Named:
    """A role that was named by text: by its ARN, or by its name in this account.

    Args:
        user: The construct below which the role is imported, if it is ever asked for.
        text: ARN or name; an ARN may be a token.
    """

    def __init__(self, user: Construct, text: str) -> None:
        self._user = user
        self._name = None if is_token(text) or text.startswith("arn:") else text
        self.arn = text if self._name is None else role_arn(self._name)
        self._role: iam.IRole | None = None

    @property
    def role(self) -> iam.IRole:
        """The role as a construct."""
        if self._role is None:
            self._role = (
                iam.Role.from_role_arn(self._user, _IMPORTED, self.arn)
                if self._name is None
                else iam.Role.from_role_name(self._user, _IMPORTED, self._name)
            )
        return self._role


_IMPORTED = "GivenRole"


def use_role(
    user: Construct,
    id: str,
    role: iam.IRole | str | None,
    *,
    provider: AutoMLProvider,
    passes_itself: bool,
) -> RoleGrants:
    """Return the role given, or make one as the child ``id`` of ``user``.

    A name, which the SageMaker SDK takes too, stands for the role of that name in this account.
    """
    if role is None:
        return RoleGrants(user, MadeRole(user, id, passes_itself=passes_itself))
    if isinstance(role, str):
        return RoleGrants(user, _Named(user, role))
    made = MadeRole.of(role)
    if made is not None:
        return RoleGrants(user, made)
    known = _GIVEN.setdefault(provider, {})
    path = str(role.node.path)
    if path not in known:
        known[path] = _Given(provider, role)
    return RoleGrants(user, known[path])
