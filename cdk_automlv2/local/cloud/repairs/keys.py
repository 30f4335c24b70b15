"""What S3 does with a KMS key needs a right to the key, by identity policy and by key policy.

ministack keeps the encryption of buckets and objects, and asks nobody. Source:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
A key that AWS manages (no key id) may be used by everybody in the account.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_WRITES = {
    "PutObject": ("kms:GenerateDataKey",),
    "CreateMultipartUpload": ("kms:GenerateDataKey",),
    "UploadPart": ("kms:Decrypt",),
    "CompleteMultipartUpload": ("kms:Decrypt",),
}
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
_ALGORITHM_HEADER = "x-amz-server-side-encryption"

Check = tuple[str, str]


def apply() -> None:
    """Add the keys to the checks of an S3 request, and key policies to what decides."""
    from ministack.core import iam_actions, iam_evaluator

    checks, enforce = iam_actions.s3_additional_checks, iam_evaluator.enforce

    def checks_with_keys(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> list[Check]:
        found: list[Check] = checks(method, path, headers, body, query)
        return [*found, *_key_checks(method, path, headers, query)]

    def enforce_with_keys(
        access_key: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        if service == "s3" and action.startswith("kms:"):
            context = {"kms:ViaService": f"s3.{region}.amazonaws.com"}
            return enforce(access_key, action, "kms", region, resource_arn, context)
        return enforce(access_key, action, service, region, resource_arn, service_context)

    iam_actions.s3_additional_checks = checks_with_keys
    iam_evaluator.enforce = enforce_with_keys


def key_arn(key: str) -> str:
    """Return the ARN of a key given by id, ARN or alias; an unknown one as it is."""
    from ministack.services import kms

    record = kms._resolve_key(key)
    return str(record["Arn"]) if record else key


def _key_checks(
    method: str, path: str, headers: dict[str, str], query: dict[str, Any]
) -> Iterator[Check]:
    bucket, _, key = path.lstrip("/").partition("/")
    if not key:
        return
    operation = _operation(method, query)
    if operation == "GetObject":
        yield from _decrypt(bucket, key)
    elif operation in _WRITES:
        written = _key_of_upload(query) or _key_of_write(headers, bucket)
        if written:
            yield from ((action, key_arn(written)) for action in _WRITES[operation])
    source = headers.get("x-amz-copy-source", "")
    if source:
        yield from _decrypt(*_bucket_and_key(source))


def _operation(method: str, query: dict[str, Any]) -> str:
    """Name what is done with an object's content; empty if nothing is."""
    match method:
        case "GET" | "HEAD" if not _subresources(query):
            return "GetObject"
        case "PUT" if "partNumber" in query and "uploadId" in query:
            return "UploadPart"
        case "PUT" if not _subresources(query):
            return "PutObject"
        case "POST" if "uploads" in query:
            return "CreateMultipartUpload"
        case "POST" if "uploadId" in query:
            return "CompleteMultipartUpload"
    return ""


def _subresources(query: dict[str, Any]) -> set[str]:
    """Return the parameters that make a request one about something beside the content."""
    known = {"acl", "tagging", "retention", "legal-hold", "attributes", "uploadId", "torrent"}
    return known & query.keys()


def _key_of_write(headers: dict[str, str], bucket: str) -> str:
    from ministack.services import s3

    if headers.get(_ALGORITHM_HEADER):
        return headers.get(_KEY_HEADER, "")
    return str(s3._bucket_default_sse_headers(bucket).get(_KEY_HEADER, ""))


def _key_of_upload(query: dict[str, Any]) -> str:
    from ministack.services import s3

    upload = s3._multipart_uploads.get((query.get("uploadId") or [""])[0]) or {}
    return str((upload.get("preserved_headers") or {}).get(_KEY_HEADER, ""))


def _decrypt(bucket: str, key: str) -> Iterator[Check]:
    from ministack.services import s3

    stored = (s3._buckets.get(bucket) or {}).get("objects", {}).get(key)
    used = s3._stored_sse_headers(stored).get(_KEY_HEADER) if stored else None
    if used:
        yield "kms:Decrypt", key_arn(used)


def _bucket_and_key(source: str) -> tuple[str, str]:
    from urllib.parse import unquote

    bucket, _, key = unquote(source.partition("?")[0]).lstrip("/").partition("/")
    return bucket, key
