"""The wire: AWS JSON 1.1, checked and shaped by botocore's service model."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from cdk_automlv2._core import service_model
from cdk_automlv2.local.cloud.bodies import MalformedError, json_object
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.validation import checked

_LIMIT = 1024 * 1024
"""Largest body of the control plane, in bytes."""


_SERVICES = {
    "SageMaker": service_model.SAGEMAKER,
    "AnyScaleFrontendService": "application-autoscaling",
}


def operation_of(target: str) -> tuple[str, str]:
    """Return the service and the operation that the header ``X-Amz-Target`` names."""
    prefix, _, operation = target.partition(".")
    if prefix not in _SERVICES or not operation:
        raise ServiceError("UnknownOperationException", f"unknown target {target!r}")
    return _SERVICES[prefix], operation


def parse(operation: str, body: bytes, service: str = service_model.SAGEMAKER) -> dict[str, Any]:
    """Return the request, checked against the model as the service does.

    Raises:
        ServiceError: ``SerializationException``, ``ValidationException`` with every fault, or
            ``RequestEntityTooLargeException``.
    """
    if len(body) > _LIMIT:
        words = f"the request is larger than {_LIMIT:,} bytes"
        raise ServiceError("RequestEntityTooLargeException", words, 413)
    try:
        request = json_object(body)
    except MalformedError as error:
        raise ServiceError(error.code, error.message) from error
    return checked(request, service_model.input_shape(operation, service))


def serialise(
    operation: str, answer: dict[str, Any], service: str = service_model.SAGEMAKER
) -> bytes:
    """Return the answer's body: the members that the operation's output has, and no others."""
    shape = service_model.output_shape(operation, service)
    if shape is None:
        return b""
    return json.dumps(_shaped(answer, shape)).encode()


def _shaped(value: Any, shape: Any) -> Any:
    match shape.type_name:
        case "structure":
            return {
                key: _shaped(item, shape.members[key])
                for key, item in value.items()
                if item is not None and key in shape.members
            }
        case "list":
            return [_shaped(item, shape.member) for item in value]
        case "map":
            return {key: _shaped(item, shape.value) for key, item in value.items()}
    return value.timestamp() if isinstance(value, datetime) else value


def error_body(error: ServiceError) -> bytes:
    """Return the body of an error; the two planes name its message differently."""
    message = {"message": error.message, "Message": error.message}
    return json.dumps({"__type": error.code, **message, **error.details}).encode()
