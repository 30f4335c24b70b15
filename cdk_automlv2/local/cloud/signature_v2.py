"""S3's presigned URLs of Signature Version 2: what boto3 makes for us-east-1 unless told otherwise.

Recomputed with botocore's signer. Source:
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import HmacV1Auth
from botocore.awsrequest import HTTPHeaders
from botocore.credentials import Credentials

PARAMETERS = ("AWSAccessKeyId", "Signature", "Expires")
_OF_BODY = ("content-md5", "content-type")


class _Signer(HmacV1Auth):  # type: ignore[misc]
    """Signs the time until which the URL is good."""

    expires = ""

    def _get_date(self) -> str:
        return self.expires


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
        if name in _OF_BODY or name.startswith("x-amz-"):
            yield name, value
