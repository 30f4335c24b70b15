"""Is a request signed by whom it says? Signature Version 4, recomputed with botocore's signers.

In headers or in the query (presigned URLs). S3 may leave its body unsigned, or sign it in chunks;
every other body must be the one that was signed. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest, HTTPHeaders
from botocore.credentials import Credentials

from cdk_automlv2.local.cloud import signature_v2
from cdk_automlv2.local.cloud.chunks import chunks_are_signed

_ALGORITHM = "AWS4-HMAC-SHA256"
_UNSIGNED = ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
_CHUNKED = ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")
_SKEW_SECONDS = 15 * 60
_LONGEST_SECONDS = 7 * 24 * 3600
_PART = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")


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
class Key:
    """An access key, and where the account keeps it.

    Attributes:
        account: Twelve digits; empty for the key of the local cloud itself.
        token: Session token of temporary credentials.
    """

    access_key: str
    secret_key: str = field(repr=False)
    account: str = ""
    token: str = field(default="", repr=False)


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
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> Head:
        """Read an ASGI scope."""
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            key, text = name.decode("latin-1").lower(), value.decode("utf-8", "replace")
            headers[key] = f"{headers[key]},{text}" if key in headers else text
        path = scope.get("raw_path") or scope["path"].encode()
        query = scope.get("query_string", b"").decode("utf-8", "replace")
        return cls(scope["method"], path.decode("latin-1"), query, headers)

    def parameters(self) -> list[tuple[str, str]]:
        """Return the query's parameters."""
        return parse_qsl(self.query, keep_blank_values=True)


def claim_of(head: Head) -> Claim:
    """Read what a request says about its signature.

    Raises:
        SignatureError: If it says nothing, or half of it, or is out of date.
    """
    authorization = head.headers.get("authorization", "")
    query = dict(head.parameters())
    if authorization.startswith(f"{_ALGORITHM} "):
        claim = _claim_of_header(authorization, head)
    elif not authorization and query.get("X-Amz-Algorithm") == _ALGORITHM:
        claim = _claim_of_query(query)
    elif not authorization and all(query.get(name) for name in signature_v2.PARAMETERS):
        return _claim_of_version_2(query)
    else:
        raise SignatureError(
            "MissingAuthenticationTokenException", "the request is not signed with Signature V4"
        )
    _require_in_time(claim)
    missing = [name for name in claim.signed if name not in head.headers]
    needed = {"host", "x-amz-target"} & head.headers.keys() - set(claim.signed)
    if missing or needed or "host" not in claim.signed:
        raise _mismatch()
    return claim


def verify_head(claim: Claim, head: Head, key: Key, body_hash: str) -> None:
    """Compare the signature with the one that the key makes.

    Args:
        claim: What the request says.
        head: What it is.
        key: Key that the request names.
        body_hash: What stands for the body in the signature.

    Raises:
        SignatureError: If they differ.
    """
    if claim.version == 2:
        where, query = f"{head.path}?{head.query}", dict(head.parameters())
        made = signature_v2.signature(head.method, where, head.headers, query, key.secret_key)
    else:
        request = _request(claim, head)
        signer = _signer(claim, key, body_hash)
        canonical = signer.canonical_request(request)
        made = signer.signature(signer.string_to_sign(request, canonical), request)
    if not hmac.compare_digest(made.encode(), claim.signature.encode()):
        raise _mismatch()


def verify_body(claim: Claim, head: Head, key: Key, body: bytes) -> None:
    """Compare a body with what was signed for it.

    Raises:
        SignatureError: If it is another one.
    """
    if claim.payload in _UNSIGNED:
        return
    if claim.payload in _CHUNKED:
        request, signer = _request(claim, head), _signer(claim, key, "")
        scope = signer.credential_scope(request)

        def sign(kind: str, *hashes: str) -> str:
            text = "\n".join((f"{_ALGORITHM}-{kind}", claim.date, scope, *hashes))
            return str(signer.signature(text, request))

        if not chunks_are_signed(body, claim.signature, sign):
            raise _mismatch()
    elif not hmac.compare_digest(hash_of(body), claim.payload):
        raise SignatureError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )


def hash_of(body: bytes) -> str:
    """Return the hash that stands for a body in a signature."""
    return hashlib.sha256(body).hexdigest()


def _claim_of_header(authorization: str, head: Head) -> Claim:
    parts = dict(_PART.findall(authorization))
    if len(parts) != 3:
        raise SignatureError("IncompleteSignatureException", "the Authorization header is cut")
    payload = head.headers.get("x-amz-content-sha256", "")
    claim = _claim(parts["Credential"], head.headers.get("x-amz-date", ""), payload, None)
    if payload in (*_UNSIGNED, *_CHUNKED) and claim["service"] != "s3":
        raise _mismatch()
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
    payload = _UNSIGNED[0] if claim["service"] == "s3" else ""
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
        payload=_UNSIGNED[0],
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


def _request(claim: Claim, head: Head) -> AWSRequest:
    parameters = [pair for pair in head.parameters() if pair[0] != "X-Amz-Signature"]
    request = AWSRequest(method=head.method, url=f"http://host{head.path}", params=parameters)
    request.context["timestamp"] = claim.date
    for name in claim.signed:
        request.headers[name] = head.headers[name]
    return request


class _AsClaimed:
    """Signs the headers that the client has signed, and the hash that stands for the body."""

    body_hash: str

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        return request.headers

    def payload(self, _request: AWSRequest) -> str:
        return self.body_hash


class _S3Signer(_AsClaimed, S3SigV4Auth):  # type: ignore[misc]
    """Takes the path as it is."""


class _Signer(_AsClaimed, SigV4Auth):  # type: ignore[misc]
    """Encodes the path once more."""


def _signer(claim: Claim, key: Key, body_hash: str) -> Any:
    kind = _S3Signer if claim.service == "s3" else _Signer
    credentials = Credentials(claim.access_key, key.secret_key)
    signer = kind(credentials, claim.service, claim.region)
    signer.body_hash = body_hash
    return signer


def _mismatch() -> SignatureError:
    return SignatureError(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check "
        "your key and signing method.",
    )
