"""Is a request signed by whom it says? Signature Version 4, recomputed with botocore's signers.

S3 may leave its body unsigned, or sign it in chunks; every other body must be the one that was
signed. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest, HTTPHeaders
from botocore.credentials import Credentials

from cdk_automlv2.local.cloud import signature_v2
from cdk_automlv2.local.cloud.chunks import chunks_are_signed
from cdk_automlv2.local.cloud.claims import (
    ALGORITHM,
    CHUNKED,
    UNSIGNED,
    Claim,
    Head,
    SignatureError,
    mismatch,
)


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
        raise mismatch()


def verify_body(claim: Claim, head: Head, key: Key, body: bytes) -> None:
    """Compare a body with what was signed for it.

    Raises:
        SignatureError: If it is another one.
    """
    if claim.payload in UNSIGNED:
        return
    if claim.payload in CHUNKED:
        request, signer = _request(claim, head), _signer(claim, key, "")
        scope = signer.credential_scope(request)

        def sign(kind: str, *hashes: str) -> str:
            text = "\n".join((f"{ALGORITHM}-{kind}", claim.date, scope, *hashes))
            return str(signer.signature(text, request))

        trailer = claim.payload.endswith("-TRAILER")
        if not chunks_are_signed(body, claim.signature, sign, trailer=trailer):
            raise mismatch()
    elif not hmac.compare_digest(hash_of(body), claim.payload):
        raise SignatureError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )


def hash_of(body: bytes) -> str:
    """Return the hash that stands for a body in a signature."""
    return hashlib.sha256(body).hexdigest()


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
