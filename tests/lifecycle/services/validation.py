"""Requests as the services check them: by botocore's model, and by the rules between fields."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.exceptions import ParamValidationError
from botocore.session import get_session
from botocore.validate import ParamValidator

from cdk_automlv2._core import service_model as limits

from . import field_rules
from .errors import invalid

_NOT_OPERATIONS = frozenset({"copy", "upload_fileobj"})
_SEEN: set[str] = set()
"""Requests found good before: most are looks at the same thing."""

_SERVICES = (
    *("sagemaker", "s3", "stepfunctions", "cloudformation", "ssm", "cloudwatch"),
    *("dynamodb", "events", "lambda", "sagemaker-runtime"),
    "application-autoscaling",
)


@cache
def service_model(service: str) -> Any:
    """Return botocore's model of a service."""
    return get_session().get_service_model(service)


def operation_name(operation: str) -> str:
    """Return the API's name of an operation that is named as in boto3."""
    return next((found for s in _SERVICES if (found := _names(s).get(operation))), operation)


def check(service: str, operation: str, request: Mapping[str, Any]) -> None:
    """Refuse what the client or the service refuses.

    Raises:
        ParamValidationError: What boto3 finds before it asks.
        ClientError: What the service finds: lengths, patterns, enumerations, rules between fields.
    """
    if operation in _NOT_OPERATIONS or (known := repr((operation, request))) in _SEEN:
        return
    name = _names(service)[operation]
    shape = service_model(service).operation_model(name).input_shape
    report = ParamValidator().validate(dict(request), shape)
    if report.has_errors():
        raise ParamValidationError(report=report.generate_report())
    if service != "sagemaker":
        return
    faults = [str(fault) for fault in limits.problems("", request, shape)]
    faults += field_rules.faults(operation, request)
    if faults:
        count = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected"
        raise invalid(name, f"{count}: {'; '.join(faults)}")
    _SEEN.add(known)


@cache
def _names(service: str) -> dict[str, str]:
    return {xform_name(name): name for name in service_model(service).operation_names}
