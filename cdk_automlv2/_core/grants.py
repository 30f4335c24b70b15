"""What a role is granted, whether it was made here, given as a construct, or named by its ARN."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_automlv2._core.roles import base_models_statement, role_arn, vpc_statement
from cdk_automlv2._core.s3 import S3Location

MakeRole = Callable[[Construct, str], tuple[iam.Role, iam.PolicyDocument]]

_READ = ("s3:GetObject",)
_WRITE = ("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload")
_GIVEN: WeakKeyDictionary[object, dict[object, RoleGrants]] = WeakKeyDictionary()


class RoleGrants:
    """A role and its grants; each is made once, however many jobs share the role.

    Attributes:
        arn: The role's ARN; may be a token.
        known_arn: The same, which does not refer to a role made here where that has a name that is
            known beforehand.
    """

    def __init__(
        self,
        arn: str,
        role: iam.IRole | None,
        document: iam.PolicyDocument | None = None,
        known_arn: str | None = None,
        policy: iam.Policy | None = None,
    ) -> None:
        self._policy = policy
        self.arn = arn
        self.known_arn = known_arn or arn
        self._role = role
        self._document = document
        self._seen: set[tuple[str, ...]] = set()

    @property
    def principal(self) -> iam.IPrincipal:
        """The role, to be granted more.

        Raises:
            ValueError: If the role was given as an ARN.
        """
        if self._role is None:
            raise ValueError(
                f"role: must be an iam.IRole to be granted anything, got {self.arn!r}; "
                "use iam.Role.from_role_arn"
            )
        return self._role.grant_principal

    def retain(self) -> None:
        """Keep a role that was made here when the stack is deleted.

        It loses its name, which would be taken when the same stack is deployed again.
        """
        if self._made and isinstance(self._role, iam.Role):
            self._role.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
            resource = self._role.node.default_child
            assert isinstance(resource, iam.CfnRole)
            resource.role_name = None
            self.known_arn = self.arn

    def allow_read(self, location: S3Location) -> None:
        """Let the role list and read the objects of a location."""
        self._allow("list", location.uri, make=location.list_statement)
        self._allow("read", location.uri, make=lambda: location.object_statement(*_READ))

    def allow_write(self, location: S3Location) -> None:
        """Let the role list, read and write the objects of a location."""
        self._allow("list", location.uri, make=location.list_statement)
        self._allow("write", location.uri, make=lambda: location.object_statement(*_WRITE))

    def allow_vpc(self) -> None:
        """Let the role make network interfaces."""
        self._allow("vpc", make=vpc_statement)

    def allow_read_base_models(self) -> None:
        """Let the role read and write the bucket of base models that AWS keeps."""
        self._allow("base models", make=base_models_statement)

    def allow_volume_key(self, arn: str) -> None:
        """Let the role give SageMaker a grant on the key of its volumes."""
        actions = ["kms:CreateGrant", "kms:DescribeKey"]
        self._allow("volume key", arn, make=lambda: _statement(actions, arn))

    def allow_key(self, key: kms.IKey | str | None) -> None:
        """Let the role encrypt and decrypt with a key."""
        if isinstance(key, str):
            actions = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
            arn = key
            self._allow("key", arn, make=lambda: _statement(actions, arn))
        elif key is not None and self._policy is not None:
            self.allow_key(key.key_arn)
        elif key is not None and self._role is not None:
            key.grant_encrypt_decrypt(self._role)

    def allow_bucket_key(self, bucket: s3.IBucket) -> None:
        """Let the role decrypt what lies in a bucket with a key of its own."""
        key = bucket.encryption_key
        if key is not None and self._policy is not None:
            arn = key.key_arn
            self._allow("decrypt", arn, make=lambda: _statement(["kms:Decrypt"], arn))
        elif key is not None and self._role is not None:
            key.grant_decrypt(self._role)

    def come_before(self, resource: cdk.CfnResource) -> None:
        """Let ``resource`` wait for the grants that were given here to a role of another stack."""
        if self._policy is not None:
            resource.node.add_dependency(self._policy)

    @property
    def _made(self) -> bool:
        return self._document is not None and self._policy is None

    def _allow(self, *wish: str, make: Callable[[], iam.PolicyStatement]) -> None:
        if self._role is None or wish in self._seen:
            return
        self._seen.add(wish)
        if self._document is not None:
            self._document.add_statements(make())
        else:
            self._role.add_to_principal_policy(make())


def use_role(scope: Construct, id: str, role: iam.IRole | str | None, make: MakeRole) -> RoleGrants:
    """Return the role given, or make one as the child ``id`` of ``scope``."""
    if role is None:
        made, document = make(scope, id)
        return RoleGrants(made.role_arn, made, document, role_arn(scope))
    if isinstance(role, str):
        return RoleGrants(role, None)
    stack = cdk.Stack.of(scope)
    by_stack = _GIVEN.setdefault(role, {})
    grants = by_stack.get(stack)
    if grants is None:
        grants = by_stack[stack] = _given(scope, id, role, stack)
    return grants


def _given(scope: Construct, id: str, role: iam.IRole, stack: cdk.Stack) -> RoleGrants:
    """Return the grants of a role that was given; those of another stack's go into this one.

    There they would refer to what belongs to this stack, which refers to the role.
    """
    if cdk.Stack.of(role) is stack:
        return RoleGrants(role.role_arn, role)
    document = iam.PolicyDocument()
    policy = iam.Policy(scope, f"{id}Policy", document=document)
    # Unlike the policy's own method, the role's does nothing where it must not be granted anything.
    role.attach_inline_policy(policy)
    return RoleGrants(role.role_arn, role, document, policy=policy)


def key_arn(key: kms.IKey | str | None) -> str | None:
    """Return a key's ARN or id, however it was given."""
    return key if isinstance(key, str | None) else key.key_arn


def _statement(actions: list[str], arn: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=actions, resources=[arn])
