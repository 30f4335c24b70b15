"""Which of our errors an error of AWS is."""

from __future__ import annotations

import re

from automlv2_handlers.errors import (
    BusyError,
    DeniedError,
    GatewayError,
    NameTakenError,
    NotFoundError,
    QuotaError,
    RefusedError,
)

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
