"""S3: the data that were there, and what the function has written."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from botocore.response import StreamingBody

from .account import Account
from .errors import client_error
from .rights import refuse_what_is_not_allowed


class Storage(Account):
    """The operations on objects.

    Attributes:
        buckets: Objects as key, ETag and size, by bucket.
        written: What the function has written, by URI.
        metadata: What objects say of themselves, by URI.
        copied_with: How the function has copied an object, by the URI of the copy.
        gone_buckets: Buckets that have been deleted.
        bucket_keys: ARN of the KMS key of a bucket.
        folder_files: How many files a folder has.
        files_a_look: How many of them are unpacked at one look; ``page`` if not set.
    """

    def __init__(self) -> None:
        super().__init__()
        self.buckets: dict[str, list[tuple[str, str, int]]] = {"in": [("train/a.csv", "e1", 10)]}
        self.written: dict[str, bytes] = {}
        self.gone_buckets: set[str] = set()
        self.bucket_keys: dict[str, str] = {}
        self.folder_files = 1
        self.metadata: dict[str, dict[str, str]] = {}
        self.copied_with: dict[str, dict[str, Any]] = {}

    def unpack(self, bucket: str, key: str, uri: str, start: int) -> tuple[int, int]:
        """Stands for the gateway's own, which writes from many threads."""
        self.enter("unpack")
        target, _, prefix = uri.removeprefix("s3://").partition("/")
        if self.caller is not None:
            asset = {"Bucket": bucket, "Key": key}
            refuse_what_is_not_allowed(self, "s3", "get_object", asset)
            file = {"Bucket": target, "Key": f"{prefix}0.csv"}
            refuse_what_is_not_allowed(self, "s3", "upload_fileobj", file)
        for number in range(start, min(start + self.page, self.folder_files)):
            self.written[f"{uri}{number}.csv"] = f"{bucket}/{key}".encode()
        return min(start + self.page, self.folder_files), self.folder_files

    def _list_objects_v2(self, Bucket: str, Prefix: str = "", **_: Any) -> dict[str, Any]:  # noqa: N803
        self._must_exist("ListObjectsV2", Bucket)
        place = f"s3://{Bucket}/"
        known = [*self.buckets.get(Bucket, [])]
        known += [
            (uri.removeprefix(place), hashlib.md5(body).hexdigest(), len(body))
            for uri, body in self.written.items()
            if uri.startswith(place)
        ]
        found = [item for item in known if item[0].startswith(Prefix)]
        contents = [{"Key": key, "ETag": tag, "Size": size} for key, tag, size in sorted(found)]
        return {"Contents": contents, "IsTruncated": False}

    def _put_object(self, Bucket: str, Key: str, Body: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803
        self._must_exist("PutObject", Bucket)
        self.written[f"s3://{Bucket}/{Key}"] = Body
        return {}

    def _get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        body = self._object("GetObject", Bucket, Key)
        stream = StreamingBody(io.BytesIO(body), len(body))
        return {"Body": stream, "ContentLength": len(body), "ETag": hashlib.md5(body).hexdigest()}

    def _head_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        self._object("HeadObject", Bucket, Key)
        return {"Metadata": self.metadata.get(f"s3://{Bucket}/{Key}", {})}

    def _copy(
        self,
        CopySource: dict[str, str],  # noqa: N803
        Bucket: str,  # noqa: N803
        Key: str,  # noqa: N803
        ExtraArgs: dict[str, Any],  # noqa: N803
    ) -> None:
        body = self._object("CopyObject", **CopySource)
        if ExtraArgs["CopySourceIfMatch"] != hashlib.md5(body).hexdigest():
            raise client_error("CopyObject", "PreconditionFailed")
        self.written[f"s3://{Bucket}/{Key}"] = body
        self.metadata[f"s3://{Bucket}/{Key}"] = ExtraArgs["Metadata"]
        self.copied_with[f"s3://{Bucket}/{Key}"] = ExtraArgs

    def _object(self, operation: str, Bucket: str, Key: str) -> bytes:  # noqa: N803
        self._must_exist(operation, Bucket)
        body = self.written.get(f"s3://{Bucket}/{Key}")
        if body is None:
            code = "404" if operation == "HeadObject" else "NoSuchKey"
            raise client_error(operation, code, "The specified key does not exist.")
        return body

    def _delete_objects(self, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        self._must_exist("DeleteObjects", Bucket)
        for item in Delete["Objects"]:
            self.written.pop(f"s3://{Bucket}/{item['Key']}", None)
            objects = self.buckets.get(Bucket, [])
            objects[:] = [known for known in objects if known[0] != item["Key"]]
        return {}

    def _must_exist(self, operation: str, bucket: str) -> None:
        if bucket in self.gone_buckets:
            words = "The specified bucket does not exist"
            raise client_error(operation, "NoSuchBucket", words)
