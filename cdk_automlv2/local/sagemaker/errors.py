"""Errors as the service sends them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ServiceError(Exception):
    """When a request is refused.

    Attributes:
        code: Such as ``ValidationException``.
        message: The service's words.
        status: HTTP status.
        details: Further members of the error.
    """

    def __init__(
        self, code: str, message: str, status: int = 400, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.details = dict(details or {})


def validation(message: str) -> ServiceError:
    """Return a ``ValidationException``."""
    return ServiceError("ValidationException", message)


def not_found(kind: str, arn: str) -> ServiceError:
    """Return the error for something missing: only for jobs it is not a validation error."""
    if kind == "AutoML job":
        name = arn.rpartition("/")[2]
        return ServiceError("ResourceNotFound", f"AutoML job {name} does not exist.")
    return validation(f'Could not find {kind} "{arn}".')
