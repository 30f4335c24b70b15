"""S3 URIs as users write them: ``s3://bucket/key``, or the bucket's address in the web."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault

_ENDPOINT = r"s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?"
_VIRTUAL_HOSTED = re.compile(rf"https://(?P<bucket>[^/?#]+)\.{_ENDPOINT}(?:/(?P<key>[^?#%]*))?")
_PATH_STYLE = re.compile(rf"https://{_ENDPOINT}/(?P<bucket>[^/?#]+)(?:/(?P<key>[^?#%]*))?")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
_API = re.compile(r"(https|s3)://[^/]")
_RULE = "must be an S3 URI such as s3://bucket/prefix"


def normalized(uri: str) -> str:
    """Return ``s3://bucket/key`` for an address in the web; anything else as it is.

    Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    """
    if not uri.startswith("https://"):
        return uri
    found = _PATH_STYLE.fullmatch(uri) or _VIRTUAL_HOSTED.fullmatch(uri)
    return f"s3://{found['bucket']}/{found['key'] or ''}" if found else uri


def uri_problems(path: str, uri: object) -> Iterator[OptionFault]:
    """Yield what is wrong though the API's pattern matches; tokens are not checked."""
    if not isinstance(uri, str) or not _API.match(uri):
        return
    known = normalized(uri)
    if known.startswith("https://") and not is_token(known):
        fix = "of other addresses only https://bucket.s3.region.amazonaws.com/key is understood"
        yield OptionFault(path, _RULE, uri, fix)
        return
    bucket = known.removeprefix("s3://").partition("/")[0]
    if not (is_token(bucket) or _BUCKET.fullmatch(bucket)):
        yield OptionFault(path, _RULE, uri)
    elif any(ord(letter) < 32 or ord(letter) == 127 for letter in known):
        yield OptionFault(path, "must not contain control characters", uri)
