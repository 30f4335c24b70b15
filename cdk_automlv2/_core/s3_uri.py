"""S3 URIs as users write them: ``s3://bucket/key``, or the bucket's address in the web."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdk_automlv2._core.tokens import is_token, without_tokens
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
    bucket, _, key = known.removeprefix("s3://").partition("/")
    if not (is_token(bucket) or _BUCKET.fullmatch(bucket)):
        yield OptionFault(path, _RULE, uri)
    elif any(ord(letter) < 32 or ord(letter) == 127 for letter in known):
        yield OptionFault(path, "must not contain control characters", uri)
    else:
        yield from _key_problems(path, uri, without_tokens(key))


def _key_problems(path: str, uri: str, key: str) -> Iterator[OptionFault]:
    """Yield what is meant for a shell, a browser or a formatter; to S3 it is a part of the key.

    Folders that exist may be called anything; what only looks like a pattern is let pass.
    """
    if "*" in key.rpartition("/")[2]:
        fix = "SageMaker reads every key that begins with a prefix: leave the pattern out"
        yield OptionFault(path, "must not end in a pattern", uri, fix)
    elif _QUERY.search(key):
        fix = "only the current version of an object is read"
        yield OptionFault(path, "must not have a query", uri, fix)
    elif _PLACEHOLDER.search(key):
        fix = "for a value of the app write an f-string, for one of CloudFormation cdk.Fn.sub"
        yield OptionFault(path, "must have no placeholder that nobody fills in", uri, fix)
    elif key != key.strip():
        yield OptionFault(path, "must not begin or end with a space", uri)


_QUERY = re.compile(r"\?[\w-]+=")
_PLACEHOLDER = re.compile(r"(?<!\$)\{\w*\}|\$\{AWS::")


def written_problems(path: str, uri: object) -> Iterator[OptionFault]:
    """Yield what is wrong with a place that is written to: the same, and characters to avoid."""
    found = list(uri_problems(path, uri))
    yield from found
    if found or not isinstance(uri, str):
        return
    key = without_tokens(normalized(uri).removeprefix("s3://").partition("/")[2])
    bad = [letter for letter in key if letter.isspace() or letter in _TO_AVOID]
    if bad:
        fix = "AWS advises against such characters in keys"
        yield OptionFault(path, f"must not contain {bad[0]!r}", uri, fix)
    elif key.startswith("/") or "//" in key:
        yield OptionFault(path, "must not contain a folder without a name", uri, "write one slash")


_TO_AVOID = '*?#\\{}^%`]">[~<|'
"""Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""


def prefix_rule(prefix: str) -> Iterator[OptionFault]:
    """What follows a bucket that is given as a construct."""
    if prefix.startswith("/"):
        fix = f"use {prefix.lstrip('/')!r}"
        yield OptionFault("prefix", "must not begin with /", prefix, fix)
    elif prefix.startswith(("s3:", "https:", "arn:")):
        yield OptionFault("prefix", "must be what follows the bucket", prefix)
