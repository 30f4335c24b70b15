"""How a refusal reads in each of AWS's protocols."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from cdk_automlv2.local.cloud.claims import Head

_STATUS = {"RequestEntityTooLargeException": 413, "SerializationException": 400}


_OTHER_NAMES = {
    "UnrecognizedClientException": ("InvalidAccessKeyId", "InvalidClientTokenId"),
    "MissingAuthenticationTokenException": ("AccessDenied", "MissingAuthenticationToken"),
    "IncompleteSignatureException": ("AuthorizationHeaderMalformed", "IncompleteSignature"),
    "AccessDeniedException": ("AccessDenied", "AccessDenied"),
    "RequestEntityTooLargeException": ("EntityTooLarge", "RequestEntityTooLarge"),
}
"""What S3, and services of the query protocol, call the errors that services of JSON have."""


def refusal(head: Head, code: str, message: str) -> Iterator[dict[str, Any]]:
    """Yield the messages of an answer that an SDK of the request's protocol understands."""
    kind, name, body = _written(head, code, message)
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"x-amzn-errortype", name.encode()),
    ]
    yield {"type": "http.response.start", "status": _STATUS.get(code, 403), "headers": headers}
    yield {"type": "http.response.body", "body": b"" if head.method == "HEAD" else body}


def _written(head: Head, code: str, message: str) -> tuple[bytes, str, bytes]:
    """Return the content type, the error's name and the body."""
    in_s3, in_query = _OTHER_NAMES.get(code, (code, code))
    if head.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        error = f"<Error><Type>Sender</Type>{_xml(in_query, message)}</Error>"
        return b"text/xml", in_query, f"<ErrorResponse>{error}</ErrorResponse>".encode()
    if _is_s3(head):
        return b"application/xml", in_s3, f"<Error>{_xml(in_s3, message)}</Error>".encode()
    text = json.dumps({"__type": code, "message": message})
    return b"application/x-amz-json-1.1", code, text.encode()


def _is_s3(head: Head) -> bool:
    authorization = head.headers.get("authorization", "")
    presigned = "%2Fs3%2Faws4_request" in head.query or "AWSAccessKeyId=" in head.query
    return "/s3/aws4_request" in authorization or authorization.startswith("AWS ") or presigned


def _xml(code: str, message: str) -> str:
    return f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
