"""Errors as boto3 raises them, with the words of the services."""

from __future__ import annotations

from botocore.exceptions import ClientError

_STATUS = {"ThrottlingException": 400, "InternalFailure": 500, "ServiceUnavailable": 503}


def client_error(operation: str, code: str, message: str = "") -> ClientError:
    """Return an error of the service; ``operation`` as the API names it."""
    details = {"Code": code, "Message": message or code}
    status = {"HTTPStatusCode": _STATUS.get(code, 400)}
    return ClientError({"Error": details, "ResponseMetadata": status}, operation)


def invalid(operation: str, message: str) -> ClientError:
    """Return what SageMaker answers with for almost everything."""
    return client_error(operation, "ValidationException", message)
