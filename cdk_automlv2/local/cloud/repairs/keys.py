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
    from ministack.services import kms

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

    kms.key_policy_for_arn = _key_policy
    iam_actions.s3_additional_checks = checks_with_keys
    iam_evaluator.enforce = enforce_with_keys


def key_arn(key: str) -> str:
    """Return the ARN of a key given by id, ARN or alias; an unknown one as it is."""
    from ministack.services import kms

    with _scope_of(key):
        record = kms._resolve_key(key)
    return str(record["Arn"]) if record else key


def _key_policy(arn: str) -> tuple[str, str] | None:
    """Return a key's policy and owner, whichever account that is."""
    from ministack.services import kms

    with _scope_of(arn):
        record = kms._resolve_key(arn)
    return (record.get("Policy") or "", record["Arn"].split(":")[4]) if record else None


def _scope_of(key: str) -> Any:
    """Return the scope in which a key is found: of its ARN, else the request's own."""
    from ministack.core.responses import get_account_id, get_region, request_scope

    _, _, _, region, account, *_ = key.split(":") if key.startswith("arn:") else [""] * 5
    return request_scope(account or get_account_id(), region or get_region())


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
    with _owner_of(bucket):
        return str(s3._bucket_default_sse_headers(bucket).get(_KEY_HEADER, ""))


def _key_of_upload(query: dict[str, Any]) -> str:
    from ministack.services import s3

    upload = s3._multipart_uploads.get((query.get("uploadId") or [""])[0]) or {}
    return str((upload.get("preserved_headers") or {}).get(_KEY_HEADER, ""))


def _decrypt(bucket: str, key: str) -> Iterator[Check]:
    from ministack.services import s3

    with _owner_of(bucket):
        stored = (s3._buckets.get(bucket) or {}).get("objects", {}).get(key)
        used = s3._stored_sse_headers(stored).get(_KEY_HEADER) if stored else None
        arn = key_arn(used) if used else ""
    if arn:
        yield "kms:Decrypt", arn


def _owner_of(bucket: str) -> Any:
    """Return the scope of a bucket's owner, in which its settings and objects are found."""
    from ministack.core.responses import get_account_id, get_region, request_scope
    from ministack.services import s3

    return request_scope(s3._bucket_owner_account(bucket) or get_account_id(), get_region())


def _bucket_and_key(source: str) -> tuple[str, str]:
    from urllib.parse import unquote

    bucket, _, key = unquote(source.partition("?")[0]).lstrip("/").partition("/")
    return bucket, key
