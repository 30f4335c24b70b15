"""Keys of KMS: who may use them, and for what."""

from __future__ import annotations

from collections.abc import Iterator

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_automlv2._core.arns import arn, literal
from cdk_automlv2._core.context import KMS_GRANT_CONDITION, is_on
from cdk_automlv2._core.rights import Condition
from cdk_automlv2._core.s3 import AnyKey
from cdk_automlv2._core.tokens import is_token

DECRYPT = ("kms:Decrypt",)
ENCRYPT_DECRYPT = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
VOLUME_KEY = ("kms:CreateGrant", "kms:DescribeKey")

_FOR_SERVICES: Condition = (("Bool", "kms:GrantIsForAWSResource", "true"),)


class KeyGrants:
    """What is granted by policies of keys, where a role's own policy does not suffice.

    Args:
        role: The role granted to; ``None`` if it was given as an ARN.
    """

    def __init__(self, role: iam.IRole | None) -> None:
        self._role = role
        self._grants: list[iam.Grant] = []

    def by_key_policy(self, key: AnyKey, actions: tuple[str, ...]) -> bool:
        """Grant by the key's policy if the key does not leave that to the account's policies."""
        if isinstance(key, str) or self._role is None:
            return False
        if getattr(key, "_trust_account_identities", True):
            return False
        self._grants.append(key.grant(self._role, *actions))
        return True

    def volume_rights(self, scope: Construct) -> Iterator[tuple[tuple[str, ...], Condition]]:
        """Yield what lets SageMaker encrypt volumes on somebody's behalf."""
        yield VOLUME_KEY[:1], (_FOR_SERVICES if is_on(scope, KMS_GRANT_CONDITION) else ())
        yield VOLUME_KEY[1:], ()

    def apply_before(self, resource: cdk.CfnResource) -> None:
        """Let a resource come after what was granted."""
        for grant in self._grants:
            resource.node.add_dependency(grant)


def key_arn(key: AnyKey) -> str:
    """Return a key's ARN or id, however it was given."""
    return key if isinstance(key, str) else key.key_arn


def optional_key_arn(key: AnyKey | None) -> str | None:
    """Return the ARN or id of a key, if there is one."""
    return None if key is None else key_arn(key)


def key_resource(key: AnyKey) -> tuple[str, Condition]:
    """Return what stands for a key in a policy, in which an id or an alias means nothing."""
    text = key_arn(key)
    if is_token(text):
        return text, ()
    name = text.rpartition(":")[2]
    if name.startswith("alias/"):
        place = text.removesuffix(name) or arn("kms", "")
        return f"{place}key/*", (("ForAnyValue:StringEquals", "kms:ResourceAliases", name),)
    return literal(text) if text.startswith("arn:") else arn("kms", f"key/{literal(text)}"), ()


def grant_decrypt(key: AnyKey, grantee: iam.IGrantable) -> iam.Grant:
    """Let anybody decrypt with a key, however it was given."""
    return grant_key(key, grantee, DECRYPT)


def grant_key(key: AnyKey, grantee: iam.IGrantable, actions: tuple[str, ...]) -> iam.Grant:
    """Let anybody use a key, however it was given."""
    if not isinstance(key, str):
        return key.grant(grantee, *actions)
    resource, alias = key_resource(key)
    conditions = {operator: {name: value} for operator, name, value in alias}
    return iam.Grant.add_to_principal(
        grantee=grantee,
        actions=list(actions),
        resource_arns=[resource],
        conditions=conditions or None,
    )
