"""Locations in S3, as URIs that may hold tokens, and the keys that go with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import aws_cdk as cdk
from aws_cdk import aws_kms as kms

from cdk_automlv2._core.arns import bucket_arn, literal
from cdk_automlv2._core.s3_uri import normalized
from cdk_automlv2._core.sharing import SharedValue, text_of

AnyKey = kms.IKey | str
"""A key as a construct, or by its ARN."""


@dataclass(frozen=True)
class S3Location:
    """``s3://bucket/prefix``.

    Attributes:
        uri: The location; a token may stand for the bucket, a part of the key, or all of it.
        keys: Keys that its objects are encrypted with; whoever is granted the location may use
            them.
        is_folder: Whether the location is only what lies below ``prefix/``, as where SageMaker
            writes. Else it is every object whose key starts so, as where it reads.
    """

    uri: str
    keys: tuple[AnyKey, ...] = field(default=(), compare=False)
    is_folder: bool = False
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
        uri = normalized(self.uri)
        if uri.startswith("s3://"):
            return uri.removeprefix("s3://").partition("/")[0]
        return cdk.Fn.select(2, cdk.Fn.split("/", uri))

    @property
    def prefix(self) -> str:
        """The key's beginning; empty if the whole URI is one token."""
        uri = normalized(self.uri)
        if not uri.startswith("s3://"):
            return ""
        prefix = uri.removeprefix("s3://").partition("/")[2]
        return f"{prefix.rstrip('/')}/" if self.is_folder and prefix.rstrip("/") else prefix

    def whole_bucket(self) -> S3Location:
        """Return the location of everything in the bucket."""
        return replace(self, uri=f"s3://{self.bucket}/")

    def below(self, folder: str) -> S3Location:
        """Return a folder below this one."""
        return replace(self, uri=f"{self.uri.rstrip('/')}/{folder}/", is_folder=True)

    @property
    def bucket_arn(self) -> str:
        """ARN of the bucket."""
        return bucket_arn(literal(self.bucket))

    @property
    def pattern(self) -> str:
        """Pattern of the keys, as policies have it."""
        return f"{literal(self.prefix)}*"

    @property
    def objects_arn(self) -> str:
        """ARN pattern of the objects."""
        return f"{self.bucket_arn}/{self.pattern}"
