"""Places in S3, as URIs that may hold tokens, and the statements that let a role use them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cdk_automlv2._core.sharing import SharedValue, text_of


@dataclass(frozen=True)
class S3Location:
    """``s3://bucket/prefix``.

    Attributes:
        uri: The location; a token may stand for the bucket, a part of the key, or all of it.
        bucket_name: Name of a bucket that the library has made, for other stacks.
    """

    uri: str
    bucket_name: SharedValue | None = field(default=None, repr=False, compare=False)

    def in_stack(self, stack: cdk.Stack) -> Self:
        """Return the location as that stack may name it."""
        if self.bucket_name is None:
            return self
        return self._in_bucket(text_of(self.bucket_name.in_stack(stack)))

    def in_any_stack(self) -> Self:
        """Return the location as whichever stack uses it may name it."""
        return self if self.bucket_name is None else self._in_bucket(self.bucket_name.token())

    def _in_bucket(self, name: str) -> Self:
        return replace(self, uri=f"s3://{name}/{self.prefix}", bucket_name=None)

    @property
    def bucket(self) -> str:
        """The bucket's name; may be a token."""
        if self.uri.startswith("s3://"):
            return self.uri.removeprefix("s3://").partition("/")[0]
        return cdk.Fn.select(2, cdk.Fn.split("/", self.uri))

    @property
    def prefix(self) -> str:
        """The key's beginning, without a trailing ``*``; empty if the whole URI is one token."""
        if self.uri.startswith("s3://"):
            return self.uri.removeprefix("s3://").partition("/")[2]
        return ""

    def whole_bucket(self) -> S3Location:
        """Return the location of everything in the bucket."""
        return S3Location(f"s3://{self.bucket}/")

    @property
    def bucket_arn(self) -> str:
        """ARN of the bucket."""
        return f"arn:{cdk.Aws.PARTITION}:s3:::{self.bucket}"

    @property
    def objects_arn(self) -> str:
        """ARN pattern of the objects."""
        return f"{self.bucket_arn}/{self.prefix}*"

    def list_statement(self) -> iam.PolicyStatement:
        """Allow to list the objects, and no others."""
        conditions = {"StringLike": {"s3:prefix": f"{self.prefix}*"}} if self.prefix else None
        return iam.PolicyStatement(
            actions=["s3:ListBucket"], resources=[self.bucket_arn], conditions=conditions
        )

    def object_statement(self, *actions: str) -> iam.PolicyStatement:
        """Allow ``actions`` on the objects."""
        return iam.PolicyStatement(actions=list(actions), resources=[self.objects_arn])
