"""The gateway on boto3 clients."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from automlv2_handlers.aws import artifacts, tables
from automlv2_handlers.aws.classify import classify
from automlv2_handlers.aws.gateway import StoredObject
from automlv2_handlers.aws.paging import each
from automlv2_handlers.aws.streams import received
from automlv2_handlers.domain.coerce import request_from
from automlv2_handlers.domain.s3_uri import S3Uri
from automlv2_handlers.errors import (
    BusyError,
    GatewayError,
    NameTakenError,
    NotFoundError,
    RefusedError,
)

if TYPE_CHECKING:
    from botocore.exceptions import ClientError


class Boto3Gateway:
    """The interface on boto3 clients; made once per warm function.

    Args:
        client: Returns the boto3 client of a service, by name.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def request(
        self, operation: str, properties: Mapping[str, Any], service: str = "sagemaker"
    ) -> dict[str, Any]:
        """See ``Gateway``."""
        model = self._client(service).meta.service_model
        return request_from(properties, model.operation_model(operation).input_shape)

    def members(self, operation: str) -> frozenset[str]:
        """See ``Gateway``."""
        model = self._client("sagemaker").meta.service_model
        return frozenset(model.operation_model(operation).input_shape.members)

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """See ``Gateway``."""
        return self._call("sagemaker", operation, **request)

    def call_of(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        """See ``Gateway``."""
        return self._call(service, operation, **request)

    def find(self, operation: str, **request: Any) -> dict[str, Any] | None:
        """See ``Gateway``."""
        try:
            return self.call(operation, **request)
        except NotFoundError:
            return None

    def tags_of(self, arn: str) -> dict[str, str]:
        """See ``Gateway``."""
        listed = each(partial(self.call, "list_tags"), "Tags", ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for tag in listed}

    def add_tags(self, arn: str, tags: list[dict[str, str]]) -> None:
        """See ``Gateway``."""
        self.call("add_tags", ResourceArn=arn, Tags=tags)

    def remove_tags(self, arn: str, keys: Sequence[str]) -> None:
        """See ``Gateway``."""
        self.call("delete_tags", ResourceArn=arn, TagKeys=list(keys))

    def objects(self, bucket: str, prefix: str) -> Iterator[StoredObject]:
        """See ``Gateway``."""
        listed = each(
            partial(self._call, "s3", "list_objects_v2"),
            "Contents",
            asked="ContinuationToken",
            next_member="NextContinuationToken",
            Bucket=bucket,
            Prefix=prefix,
        )
        for item in listed:
            yield item["Key"], item["ETag"], item["Size"]

    def write(self, uri: str, body: bytes) -> None:
        """See ``Gateway``."""
        bucket, key = S3Uri.parse(uri)
        self._call("s3", "put_object", Bucket=bucket, Key=key, Body=body)

    def unpack(self, bucket: str, key: str, uri: str, start: int) -> tuple[int, int]:
        """See ``Gateway``."""
        from automlv2_handlers.aws.unpack import unpack

        return unpack(self._call, (bucket, key), S3Uri.parse(uri), start)

    def remove_objects(self, uri: str) -> None:
        """See ``Gateway``."""
        bucket, prefix = S3Uri.parse(uri)
        if not prefix.strip("/"):
            raise RefusedError(f"{uri} is a whole bucket, which is not emptied")
        # Of "inputs/1" only what lies below it: "inputs/10" is another's.
        keys = [key for key, _, _ in self.objects(bucket, f"{prefix.rstrip('/')}/")]
        for start in range(0, len(keys), 1000):
            batch = [{"Key": key} for key in keys[start : start + 1000]]
            answer = self._call("s3", "delete_objects", Bucket=bucket, Delete={"Objects": batch})
            for error in answer.get("Errors", []):
                raise classify(error["Code"], error["Message"], f"DeleteObjects {error['Key']}")

    def fetch_artifact(self, source: str, target: str, sha256: str, key: str = "") -> None:
        """See ``Gateway``."""
        artifacts.fetch(self._call, S3Uri.parse(source), S3Uri.parse(target), sha256, key)

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

    def alarm_states(self, names: Sequence[str]) -> dict[str, str]:
        """See ``Gateway``."""
        kinds = ["CompositeAlarm", "MetricAlarm"]
        answer = self._call(
            "cloudwatch", "describe_alarms", AlarmNames=list(names), AlarmTypes=kinds
        )
        found = [alarm for kind in kinds for alarm in answer.get(f"{kind}s", [])]
        return {alarm["AlarmName"]: alarm["StateValue"] for alarm in found}

    def physical_id(self, stack_id: str, logical_id: str) -> str:
        """See ``Gateway``."""
        found = self._stack_resource(stack_id, logical_id)
        complete = found.get("ResourceStatus") in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        return str(found["PhysicalResourceId"]) if complete else ""

    def resource_status(self, stack_id: str, logical_id: str) -> str:
        """See ``Gateway``."""
        return str(self._stack_resource(stack_id, logical_id).get("ResourceStatus", ""))

    def _stack_resource(self, stack_id: str, logical_id: str) -> dict[str, Any]:
        request = {"StackName": stack_id, "LogicalResourceId": logical_id}
        try:
            answer = self._call("cloudformation", "describe_stack_resource", **request)
        except NotFoundError:
            return {}
        return dict(answer["StackResourceDetail"])

    def stop_execution(self, arn: str, why: str) -> None:
        """See ``Gateway``."""
        with suppress(NotFoundError, RefusedError):
            self._call("stepfunctions", "stop_execution", executionArn=arn, cause=why)

    def item(self, table: str, pk: str, sk: str) -> tables.Item | None:
        """See ``Gateway``."""
        return tables.read(partial(self._call, "dynamodb"), table, pk, sk)

    def items(self, table: str, pk: str, prefix: str) -> Iterator[tables.Item]:
        """See ``Gateway``."""
        return tables.listed(partial(self._call, "dynamodb"), table, pk, prefix)

    def write_items(self, table: str, items: Sequence[tables.Item]) -> None:
        """See ``Gateway``."""
        tables.write(partial(self._call, "dynamodb"), table, items)

    def put_event(self, event: Mapping[str, Any]) -> None:
        """See ``Gateway``."""
        answer = self._call("events", "put_events", Entries=[dict(event)])
        if answer.get("FailedEntryCount"):
            failed = answer["Entries"][0]
            raise classify(failed["ErrorCode"], failed.get("ErrorMessage", ""), "PutEvents")

    def invoke_function(self, arn: str, payload: Mapping[str, Any]) -> Any:
        """See ``Gateway``."""
        body = json.dumps(payload, default=str).encode()
        answer = self._call("lambda", "invoke", FunctionName=arn, Payload=body)
        with received("invoke"):
            returned = answer["Payload"].read()
        if "FunctionError" in answer:
            raise RefusedError(f"Invoke {arn}: {returned.decode(errors='replace')[:1000]}")
        return json.loads(returned or b"null")

    def invoke_endpoint(self, name: str, body: bytes, content_type: str) -> tuple[bytes, float]:
        """See ``Gateway``."""
        request = {"EndpointName": name, "Body": body, "ContentType": content_type}
        began = time.perf_counter()
        answer = self._call("sagemaker-runtime", "invoke_endpoint", **request)
        with received("invoke_endpoint"):
            returned: bytes = answer["Body"].read()
        return returned, time.perf_counter() - began

    def _call(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

        try:
            answer: dict[str, Any] = getattr(self._client(service), operation)(**request)
        except ClientError as error:
            raise _classified(error) from error
        except ParamValidationError as error:
            raise RefusedError(f"{operation}: {' '.join(str(error).split())}") from error
        except (BotoCoreError, OSError) as error:
            raise BusyError(f"{operation}: {' '.join(str(error).split())}") from error
        return answer


def _classified(error: ClientError) -> GatewayError:
    details = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code, message = str(details.get("Code", "")), str(details.get("Message", ""))
    return classify(code, message, error.operation_name, int(status))


@cache
def client(service: str) -> Any:
    """Return the boto3 client of ``service``, made at its first use."""
    import boto3
    from botocore.config import Config

    config = Config(
        retries={"mode": "standard", "max_attempts": 3}, connect_timeout=10, read_timeout=30
    )
    return boto3.client(service, config=config)


@cache
def boto3_gateway() -> Boto3Gateway:
    """Return the gateway of this function."""
    return Boto3Gateway(client)
