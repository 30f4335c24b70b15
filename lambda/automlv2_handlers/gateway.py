"""The only calls to AWS: an interface for the lifecycle, and boto3 behind it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from automlv2_handlers.coerce import request_from
from automlv2_handlers.errors import (
    BusyError,
    DeniedError,
    GatewayError,
    NameTakenError,
    NotFoundError,
    QuotaError,
    RefusedError,
)

if TYPE_CHECKING:
    from zipfile import ZipFile

UNPACK_SECONDS: Final = 180
"""After which no more files are begun; the function has five minutes."""

_WRITERS: Final = 16

StoredObject = tuple[str, str, int]
"""Key, ETag and size in bytes of an object in S3."""


class Gateway(Protocol):
    """What the lifecycle asks of AWS; every call may raise a ``GatewayError``."""

    def request(self, operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members of the operation's input among ``properties``, typed."""

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Call one SageMaker operation, named as in boto3, and return its answer."""

    def find(self, operation: str, **request: Any) -> dict[str, Any] | None:
        """Call an operation on a thing; ``None`` if there is no such thing."""

    def tags_of(self, arn: str) -> dict[str, str]:
        """Return the tags of a SageMaker thing."""

    def add_tags(self, arn: str, tags: list[dict[str, str]]) -> None:
        """Add or overwrite tags."""

    def remove_tags(self, arn: str, keys: Sequence[str]) -> None:
        """Remove tags."""

    def objects(self, bucket: str, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects below a prefix, in the order of their keys."""

    def write(self, uri: str, body: bytes) -> None:
        """Write one object."""

    def unpack(self, bucket: str, key: str, uri: str, start: int) -> tuple[int, int]:
        """Write files of a zip archive below ``uri``, from the ``start``-th on, for some minutes.

        Returns:
            How many are written by now, and how many there are.
        """

    def remove_objects(self, uri: str) -> None:
        """Delete every object below ``uri``."""

    def start_execution(self, arn: str, name: str, state: Mapping[str, Any]) -> bool:
        """Start the state machine; whether it is the first execution of that name."""

    def stack_status(self, stack_id: str) -> str:
        """Return the ``StackStatus`` of a stack."""

    def physical_id(self, stack_id: str, logical_id: str) -> str:
        """Return the physical id of a resource; empty if that is not there, or not complete."""


_BUSY = frozenset(
    {
        "ThrottlingException",
        "Throttling",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "InternalFailure",
        "InternalServerError",
        "SlowDown",
        "503",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "403"})
_NOT_FOUND = ("could not find", "does not exist", "not found")
_NAME_TAKEN = ("already exist", "already existing")
_IN_PROGRESS = "in-progress"
_QUOTA = re.compile(r"' is (?P<limit>\d+) .*request delta of (?P<asked>\d+)")
_ROLE_NOT_READY = ("could not assume role", "ensure that the role exists")


def classify(code: str, message: str, operation: str) -> GatewayError:
    """Return our error for a service's error code and message."""
    text = f"{operation}: {code}: {' '.join(message.split())}"
    lowered = message.lower()
    if code == "ResourceLimitExceeded":
        return _quota_error(text)
    if code in _BUSY or _IN_PROGRESS in lowered:
        return BusyError(text)
    if code in _DENIED or any(words in lowered for words in _ROLE_NOT_READY):
        return DeniedError(text)
    if code == "ResourceInUse" or any(words in lowered for words in _NAME_TAKEN):
        return NameTakenError(text)
    if code == "ResourceNotFound" or any(words in lowered for words in _NOT_FOUND):
        return NotFoundError(text)
    return RefusedError(text)


def _quota_error(text: str) -> GatewayError:
    """Return a QuotaError, or a RefusedError where the quota is too small for the request alone."""
    found = _QUOTA.search(text)
    if found and int(found["asked"]) > int(found["limit"]):
        return RefusedError(text)
    return QuotaError(text)


class Boto3Gateway:
    """The interface on boto3 clients; made once per warm function.

    Args:
        client: Returns the boto3 client of a service, by name.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def request(self, operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        """See ``Gateway``."""
        model = self._client("sagemaker").meta.service_model
        return request_from(properties, model.operation_model(operation).input_shape)

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """See ``Gateway``."""
        return self._call("sagemaker", operation, **request)

    def find(self, operation: str, **request: Any) -> dict[str, Any] | None:
        """See ``Gateway``."""
        try:
            return self.call(operation, **request)
        except NotFoundError:
            return None

    def tags_of(self, arn: str) -> dict[str, str]:
        """See ``Gateway``."""
        tags: dict[str, str] = {}
        token: dict[str, str] = {}
        while True:
            answer = self.call("list_tags", ResourceArn=arn, **token)
            tags |= {tag["Key"]: tag["Value"] for tag in answer["Tags"]}
            if not answer.get("NextToken"):
                return tags
            token = {"NextToken": answer["NextToken"]}

    def add_tags(self, arn: str, tags: list[dict[str, str]]) -> None:
        """See ``Gateway``."""
        self.call("add_tags", ResourceArn=arn, Tags=tags)

    def remove_tags(self, arn: str, keys: Sequence[str]) -> None:
        """See ``Gateway``."""
        self.call("delete_tags", ResourceArn=arn, TagKeys=list(keys))

    def objects(self, bucket: str, prefix: str) -> Iterator[StoredObject]:
        """See ``Gateway``."""
        token: dict[str, str] = {}
        while True:
            page = self._call("s3", "list_objects_v2", Bucket=bucket, Prefix=prefix, **token)
            for item in page.get("Contents", []):
                yield item["Key"], item["ETag"], item["Size"]
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def write(self, uri: str, body: bytes) -> None:
        """See ``Gateway``."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self._call("s3", "put_object", Bucket=bucket, Key=key, Body=body)

    def unpack(self, bucket: str, key: str, uri: str, start: int) -> tuple[int, int]:
        """See ``Gateway``."""
        import tempfile
        import zipfile

        deadline = time.monotonic() + UNPACK_SECONDS
        with tempfile.TemporaryFile() as packed:
            stream = self._call("s3", "get_object", Bucket=bucket, Key=key)["Body"]
            for part in stream.iter_chunks(1 << 20):
                packed.write(part)
            with zipfile.ZipFile(packed) as archive, ThreadPoolExecutor(_WRITERS) as pool:
                names = [item.filename for item in archive.infolist() if not item.is_dir()]
                while start < len(names) and time.monotonic() < deadline:
                    batch = names[start : start + _WRITERS]
                    # A list, so that an error of any of them is raised.
                    list(pool.map(lambda name: self._upload(archive, name, uri), batch))
                    start += len(batch)
        return start, len(names)

    def _upload(self, archive: ZipFile, name: str, uri: str) -> None:
        """Write one file in parts: it may be larger than the function's memory."""
        from boto3.s3.transfer import TransferConfig

        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        key = f"{prefix.rstrip('/')}/{name}"
        config = TransferConfig(use_threads=False)
        with archive.open(name) as stream:
            target = {"Fileobj": stream, "Bucket": bucket, "Key": key, "Config": config}
            self._call("s3", "upload_fileobj", **target)

    def remove_objects(self, uri: str) -> None:
        """See ``Gateway``."""
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        keys = [key for key, _, _ in self.objects(bucket, prefix)]
        for start in range(0, len(keys), 1000):
            batch = [{"Key": key} for key in keys[start : start + 1000]]
            answer = self._call("s3", "delete_objects", Bucket=bucket, Delete={"Objects": batch})
            for error in answer.get("Errors", []):
                raise classify(error["Code"], error["Message"], f"DeleteObjects {error['Key']}")

    def start_execution(self, arn: str, name: str, state: Mapping[str, Any]) -> bool:
        """See ``Gateway``."""
        machine = {"stateMachineArn": arn, "name": name, "input": json.dumps(state)}
        try:
            self._call("stepfunctions", "start_execution", **machine)
        except RefusedError as error:
            if "ExecutionAlreadyExists" in str(error):
                return False
            raise
        except NameTakenError:
            return False
        return True

    def stack_status(self, stack_id: str) -> str:
        """See ``Gateway``."""
        answer = self._call("cloudformation", "describe_stacks", StackName=stack_id)
        return str(answer["Stacks"][0]["StackStatus"])

    def physical_id(self, stack_id: str, logical_id: str) -> str:
        """See ``Gateway``."""
        request = {"StackName": stack_id, "LogicalResourceId": logical_id}
        try:
            answer = self._call("cloudformation", "describe_stack_resource", **request)
        except NotFoundError:
            return ""
        found = answer["StackResourceDetail"]
        complete = found["ResourceStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        return str(found["PhysicalResourceId"]) if complete else ""

    def _call(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

        try:
            answer: dict[str, Any] = getattr(self._client(service), operation)(**request)
        except ClientError as error:
            details = error.response.get("Error", {})
            raise classify(
                str(details.get("Code", "")), str(details.get("Message", "")), error.operation_name
            ) from error
        except ParamValidationError as error:
            raise RefusedError(f"{operation}: {' '.join(str(error).split())}") from error
        except BotoCoreError as error:
            raise BusyError(f"{operation}: {' '.join(str(error).split())}") from error
        return answer


@cache
def client(service: str) -> Any:
    """Return the boto3 client of ``service``, made at its first use."""
    import boto3
    from botocore.config import Config

    retries = Config(retries={"mode": "standard", "max_attempts": 3}, read_timeout=30)
    return boto3.client(service, config=retries)


@cache
def boto3_gateway() -> Boto3Gateway:
    """Return the gateway of this function."""
    return Boto3Gateway(client)
