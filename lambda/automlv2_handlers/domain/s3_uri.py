"""Locations in S3."""

from __future__ import annotations

from typing import NamedTuple

from automlv2_handlers.errors import LifecycleError


class S3Uri(NamedTuple):
    """A bucket, and an object's key or the beginning of keys."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> S3Uri:
        """Read ``s3://bucket/key``.

        Raises:
            LifecycleError: If it is none.
        """
        scheme, _, rest = text.partition("://")
        bucket, _, key = rest.partition("/")
        if scheme != "s3" or not bucket:
            raise LifecycleError(f"not a location in S3: {text!r}")
        return cls(bucket, key)
