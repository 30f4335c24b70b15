"""What a request says about its signature, read once and so that nobody can read it otherwise.

In headers or in the query (presigned URLs). The servers behind the guard read the same headers
again: a request that names two keys would be judged as one person's and carried out as another's.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import re
import time
from calendar import timegm
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from cdk_automlv2.local.cloud import signature_v2

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
CHUNKED = ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")
_SKEW_SECONDS = 15 * 60
_LONGEST_SECONDS = 7 * 24 * 3600
_PARTS = {"Credential", "SignedHeaders", "Signature"}
_CREDENTIALS = ("x-amz-algorithm", "x-amz-credential", "x-amz-signature", "awsaccesskeyid")
_OF_A_SIGNATURE = (
    *_CREDENTIALS,
    *("x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-security-token"),
    *("signature", "expires"),
)
_SENT_ONCE = {
    *("authorization", "content-type", "date", "host", "transfer-encoding"),
    *("x-amz-content-sha256", "x-amz-copy-source", "x-amz-date", "x-amz-security-token"),
    *("x-amz-target", "x-amz-decoded-content-length"),
}
"""Headers on which it depends who sends what, and whereto."""


class SignatureError(Exception):
    """When a request is not signed, or not by whom it says.

    Attributes:
        code: AWS's error code.
        message: Its words.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Claim:
    """What a request says about its signature.

    Attributes:
        date: ``YYYYMMDDTHHMMSSZ``.
        signed: Names of the signed headers, in lower case.
        payload: Hash of the body, or a word that says why there is none; empty if it is not said.
        lasts: Seconds that a presigned URL is good for; None for a signature in headers.
        version: Of the signature; 2 only for presigned URLs of S3, whose date is when they expire.
    """

    access_key: str
    token: str
    region: str
    service: str
    date: str
    signed: tuple[str, ...]
    signature: str
    payload: str
    lasts: int | None
    version: int = 4


@dataclass(frozen=True)
class Head:
    """All of a request but its body, as it came.

    Attributes:
        path: Not decoded.
        headers: By lower-case name; repeated ones are joined by a comma.
        repeated: Names of headers that were repeated and may not be.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    repeated: frozenset[str] = frozenset()

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> Head:
        """Read an ASGI scope."""
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            key, text = name.decode("latin-1").lower(), value.decode("utf-8", "replace")
            headers[key] = f"{headers[key]},{text}" if key in headers else text
        path = scope.get("raw_path") or scope["path"].encode()
        query = scope.get("query_string", b"").decode("utf-8", "replace")
        names = Counter(name.decode("latin-1").lower() for name, _ in scope["headers"])
        repeated = frozenset(name for name in _SENT_ONCE if names[name] > 1)
        return cls(scope["method"], path.decode("latin-1"), query, headers, repeated)

    def parameters(self) -> list[tuple[str, str]]:
        """Return the query's parameters."""
        return parse_qsl(self.query, keep_blank_values=True)


def claim_of(head: Head) -> Claim:
    """Read what a request says about its signature.

    Raises:
        SignatureError: If it says nothing, half of it or several, or is out of date.
    """
    authorization = head.headers.get("authorization", "")
    _require_one_meaning(head)
    query = dict(head.parameters())
    if authorization.startswith(f"{ALGORITHM} "):
        claim = _claim_of_header(authorization, head)
    elif not authorization and query.get("X-Amz-Algorithm") == ALGORITHM:
        claim = _claim_of_query(query)
    elif not authorization and all(query.get(name) for name in signature_v2.PARAMETERS):
        _require_signed_parameters(head)
        return _claim_of_version_2(query)
    else:
        raise SignatureError(
            "MissingAuthenticationTokenException", "the request is not signed with Signature V4"
        )
    _require_in_time(claim)
    _require_signed_headers(claim, head)
    return claim


def _require_one_meaning(head: Head) -> None:
    """Refuse a request that says twice who has signed it."""
    names = Counter(name.lower() for name, _ in head.parameters())
    twice = [name for name in _OF_A_SIGNATURE if names[name] > 1]
    if twice or (head.headers.get("authorization") and any(names[name] for name in _CREDENTIALS)):
        raise SignatureError("InvalidArgument", "Only one auth mechanism allowed")
    if head.repeated:
        words = f"{', '.join(sorted(head.repeated))} may be sent once"
        raise SignatureError("IncompleteSignatureException", words)


def _require_signed_headers(claim: Claim, head: Head) -> None:
    """Refuse headers of AWS's that were added to a signed request."""
    present = head.headers.keys() - {"x-amz-content-sha256"} | {"host"}
    needed = {name for name in present if name == "host" or name.startswith("x-amz-")}
    if any(name not in head.headers for name in claim.signed):
        raise mismatch()
    if needed - set(claim.signed):
        words = "There were headers present in the request which were not signed"
        raise SignatureError("AccessDenied", words)


def _require_signed_parameters(head: Head) -> None:
    """Refuse what was added to a URL presigned in version 2, which signs few parameters."""
    foreign = signature_v2.unsigned_parameters(head.parameters())
    if foreign:
        words = f"{', '.join(foreign)} may not be added to a presigned URL"
        raise SignatureError("AccessDenied", words)


def _claim_of_header(authorization: str, head: Head) -> Claim:
    pairs = [part.strip().partition("=") for part in authorization[len(ALGORITHM) :].split(",")]
    parts = {name: value for name, _, value in pairs}
    if len(pairs) != 3 or parts.keys() != _PARTS or not all(parts.values()):
        raise SignatureError("IncompleteSignatureException", "the Authorization header is cut")
    payload = head.headers.get("x-amz-content-sha256", "")
    claim = _claim(parts["Credential"], head.headers.get("x-amz-date", ""), payload, None)
    if payload in (*UNSIGNED, *CHUNKED) and claim["service"] != "s3":
        raise mismatch()
    return Claim(
        **claim,
        token=head.headers.get("x-amz-security-token", ""),
        signed=tuple(parts["SignedHeaders"].split(";")),
        signature=parts["Signature"],
    )


def _claim_of_query(query: dict[str, str]) -> Claim:
    seconds = query.get("X-Amz-Expires", "")
    if not re.fullmatch(r"\d{1,6}", seconds) or int(seconds) > _LONGEST_SECONDS:
        raise SignatureError("AuthorizationQueryParametersError", "X-Amz-Expires is wrong")
    date = query.get("X-Amz-Date", "")
    claim = _claim(query.get("X-Amz-Credential", ""), date, "", int(seconds))
    payload = UNSIGNED[0] if claim["service"] == "s3" else ""
    return Claim(
        **{**claim, "payload": payload},
        token=query.get("X-Amz-Security-Token", ""),
        signed=tuple(query.get("X-Amz-SignedHeaders", "").split(";")),
        signature=query.get("X-Amz-Signature", ""),
    )


def _claim_of_version_2(query: dict[str, str]) -> Claim:
    expires = query["Expires"]
    if not re.fullmatch(r"\d{1,11}", expires) or int(expires) < time.time():
        raise SignatureError("AccessDenied", "Request has expired")
    return Claim(
        access_key=query["AWSAccessKeyId"],
        token=query.get("x-amz-security-token", ""),
        region="",
        service="s3",
        date=expires,
        signed=(),
        signature=query["Signature"],
        payload=UNSIGNED[0],
        lasts=None,
        version=2,
    )


def _claim(credential: str, date: str, payload: str, lasts: int | None) -> dict[str, Any]:
    scope = credential.split("/")
    whole = len(scope) == 5 and scope[4] == "aws4_request" and all(scope)
    if not whole or not re.fullmatch(r"\d{8}T\d{6}Z", date) or scope[1] != date[:8]:
        raise SignatureError("IncompleteSignatureException", "the credential's scope is wrong")
    access_key, _, region, service, _ = scope
    found = {"access_key": access_key, "region": region, "service": service}
    return {**found, "date": date, "payload": payload, "lasts": lasts}


def _require_in_time(claim: Claim) -> None:
    try:
        age = time.time() - timegm(time.strptime(claim.date, "%Y%m%dT%H%M%SZ"))
    except ValueError as error:
        raise SignatureError("IncompleteSignatureException", "there is no such date") from error
    longest = _SKEW_SECONDS if claim.lasts is None else claim.lasts
    if age > longest and claim.lasts is not None and claim.service == "s3":
        raise SignatureError("AccessDenied", "Request has expired")
    if age > longest or age < -_SKEW_SECONDS:
        raise SignatureError("RequestTimeTooSkewed", "the signature is expired, or not yet good")


def mismatch() -> SignatureError:
    """Return what is raised where a signature is not the one that belongs to a request."""
    return SignatureError(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check "
        "your key and signing method.",
    )
