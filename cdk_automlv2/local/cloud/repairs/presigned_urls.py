"""A presigned URL of S3 leads to S3, and to no other service.

ministack finds the service of a request without an Authorization header by an ``Action`` in its
query or form, so that the holder of a URL for one object could call any other service as the one
who signed it. AWS finds it by the host. Source: the scope of a signature names the service,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

from typing import Any


def apply() -> None:
    """Let the signature's scope decide where it is in the query."""
    from ministack import app

    detect = app.detect_service

    def detect_by_scope(
        method: str, path: str, headers: dict[str, str], query: dict[str, Any]
    ) -> str:
        return "s3" if _is_of_s3(headers, query) else detect(method, path, headers, query)

    app.detect_service = detect_by_scope


def _is_of_s3(headers: dict[str, str], query: dict[str, Any]) -> bool:
    if headers.get("authorization"):
        return False
    scope = (query.get("X-Amz-Credential") or [""])[0].split("/")
    return "AWSAccessKeyId" in query or (len(scope) > 3 and scope[3] == "s3")
