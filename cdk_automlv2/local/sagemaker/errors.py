"""Errors as the service sends them."""

from __future__ import annotations


class ServiceError(Exception):
    """When a request is refused.

    Attributes:
        code: Such as ``ValidationException``.
        message: The service's words.
        status: HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def validation(message: str) -> ServiceError:
    """Return a ``ValidationException``."""
    return ServiceError("ValidationException", message)


def not_found(kind: str, arn: str) -> ServiceError:
    """Return the error for a missing model, configuration or endpoint: a validation error too."""
    return validation(f'Could not find {kind} "{arn}".')
