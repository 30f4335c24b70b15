"""Locations in S3."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from automlv2_handlers.errors import LifecycleError

_ENDPOINT: Final = r"s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?"
_FORMS: Final = (
    re.compile(r"s3://(?P<bucket>[^/]+)(?:/(?P<key>.*))?", re.DOTALL),
    re.compile(rf"https://{_ENDPOINT}/(?P<bucket>[^/?#]+)(?:/(?P<key>[^?#%]*))?"),
    re.compile(rf"https://(?P<bucket>[^/?#]+)\.{_ENDPOINT}(?:/(?P<key>[^?#%]*))?"),
)
"""Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html"""


class S3Uri(NamedTuple):
    """A bucket, and an object's key or the beginning of keys."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> S3Uri:
        """Read ``s3://bucket/key``, or the address of it by HTTPS in one of its two forms.

        Raises:
            LifecycleError: If it is none.
        """
        for form in _FORMS:
            found = form.fullmatch(text)
            if found is not None:
                return cls(found["bucket"], found["key"] or "")
        raise LifecycleError(f"not a location in S3: {text!r}")
