"""S3's presigned URLs of Signature Version 2: what boto3 makes for us-east-1 unless told otherwise.

Recomputed with botocore's signer. Source:
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import HmacV1Auth
from botocore.awsrequest import HTTPHeaders
from botocore.credentials import Credentials

PARAMETERS = ("AWSAccessKeyId", "Signature", "Expires")
_OF_BODY = ("content-md5", "content-type")
_OF_LISTS = {
    *("prefix", "delimiter", "marker", "max-keys", "encoding-type", "list-type", "start-after"),
    *("continuation-token", "fetch-owner", "key-marker", "version-id-marker", "max-parts"),
    *("part-number-marker", "upload-id-marker", "max-uploads", "x-id"),
}
"""Parameters that this version leaves unsigned, and that only choose what of a list is shown."""


class _Signer(HmacV1Auth):  # type: ignore[misc]
    """Signs the time until which the URL is good."""

    expires = ""

    def _get_date(self) -> str:
        return self.expires


def unsigned_parameters(parameters: Sequence[tuple[str, str]]) -> list[str]:
    """Return the parameters that somebody else may have added, and that could change the meaning.

    Args:
        parameters: All of the query.
    """
    known = {*HmacV1Auth.QSAOfInterest, *PARAMETERS, *_OF_BODY, *_OF_LISTS}
    times = Counter(name.lower() for name, _ in parameters)
    foreign = {name for name, _ in parameters if name not in known and not _is_of_amazon(name)}
    return sorted(foreign | {name for name, count in times.items() if count > 1})


def signature(
    method: str,
    path_and_query: str,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    secret_key: str,
) -> str:
    """Return the signature that belongs to a presigned URL.

    Args:
        method: HTTP method.
        path_and_query: As they came.
        headers: By lower-case name.
        query: The query's parameters.
        secret_key: Of the key that the URL names.
    """
    signed: Any = HTTPHeaders()
    for name, value in _signed(headers, query):
        signed[name] = value
    signer = _Signer(Credentials(query["AWSAccessKeyId"], secret_key))
    signer.expires = query["Expires"]
    made: str = signer.get_signature(method, urlsplit(path_and_query), signed)
    return made


def _signed(headers: Mapping[str, str], query: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what counts beside path and time, from the query where no header has it."""
    lowered = {name.lower(): value for name, value in query.items()}
    for name, value in ({**lowered, **headers}).items():
        if name in _OF_BODY or _is_of_amazon(name):
            yield name, value


def _is_of_amazon(name: str) -> bool:
    return name.lower().startswith("x-amz-")
