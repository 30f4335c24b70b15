"""What the stack that trains grants to where its candidate is to be served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_automlv2._core.keys import DECRYPT, key_arn
from cdk_automlv2._core.s3 import AnyKey, S3Location
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault


def grantee_rule(grantee: Any) -> Iterator[OptionFault]:
    """An account by its number, where it is a text; else somebody that a policy can name."""
    rule = "must be an account's number of twelve digits, or a principal"
    if isinstance(grantee, str):
        if not is_token(grantee) and not re.fullmatch(r"\d{12}", grantee):
            yield OptionFault("grantee", rule, grantee)
    elif isinstance(grantee.grant_principal, iam.UnknownPrincipal):
        yield OptionFault("grantee", rule, grantee, "it was imported without a role: give the role")


def grant_promotion(owner: Construct, output: S3Location, grantee: iam.IGrantable | str) -> None:
    """Let a principal read candidates by the policies of their bucket and keys.

    Args:
        owner: The construct that writes them; is told what cannot be granted.
        output: Where it writes.
        grantee: An account, or a principal.
    """
    principal = (
        iam.AccountPrincipal(grantee) if isinstance(grantee, str) else grantee.grant_principal
    )
    missing = []
    bucket = _bucket_of(output)
    if bucket is None or not _open_bucket(bucket, output, principal):
        missing.append(
            "the policy of its bucket s3:ListBucket on the bucket and s3:GetObject below "
            f"{_shown(output.prefix)}"
        )
    for key in _keys_of(output, bucket):
        if isinstance(key, str) or not _open_key(key, principal):
            missing.append(f"the policy of key {_shown(key_arn(key))} kms:Decrypt")
    if missing:
        cdk.Annotations.of(owner).add_warning_v2(
            "cdk-automlv2:promotion",
            "grant_promotion: what was not made in this app has a policy of its own, which has to "
            f"allow {_name_of(grantee)}: {'; '.join(missing)} (a key of AWS's, such as aws/s3, "
            "cannot be shared)",
        )


def _bucket_of(output: S3Location) -> s3.Bucket | None:
    """Return the bucket, if it was made as a construct of this app."""
    for token in cdk.Tokenization.reverse_string(output.uri).tokens[:1]:
        if cdk.Reference.is_reference(token):
            made = token.target.node.scope  # type: ignore[attr-defined]
            return made if isinstance(made, s3.Bucket) else None
    return None


def _open_bucket(bucket: s3.Bucket, output: S3Location, principal: iam.IPrincipal) -> bool:
    listing = iam.PolicyStatement(
        actions=["s3:ListBucket"],
        resources=[bucket.bucket_arn],
        principals=[principal],
        conditions={"StringLike": {"s3:prefix": output.pattern}},
    )
    reading = iam.PolicyStatement(
        actions=["s3:GetObject"],
        resources=[bucket.arn_for_objects(output.pattern)],
        principals=[principal],
    )
    added = [bucket.add_to_resource_policy(statement) for statement in (listing, reading)]
    return all(one.statement_added for one in added)


def _keys_of(output: S3Location, bucket: s3.Bucket | None) -> list[AnyKey]:
    own = bucket.encryption_key if bucket is not None else None
    return [*output.keys, *([] if own is None or own in output.keys else [own])]


def _open_key(key: kms.IKey, principal: iam.IPrincipal) -> bool:
    statement = iam.PolicyStatement(actions=[*DECRYPT], resources=["*"], principals=[principal])
    return bool(key.add_to_resource_policy(statement).statement_added)


def _shown(text: str) -> str:
    return "(known at deployment)" if is_token(text) else text


def _name_of(grantee: iam.IGrantable | str) -> str:
    if isinstance(grantee, str):
        return f"account {_shown(grantee)}"
    return grantee.node.path if isinstance(grantee, Construct) else "the principal"
