"""Which of our errors an error of AWS is."""

from __future__ import annotations

import re
from typing import Final

from automlv2_handlers.errors import (
    BusyError,
    DeniedError,
    GatewayError,
    NameTakenError,
    NotFoundError,
    QuotaError,
    RefusedError,
)

_PASSING: Final = re.compile(
    # What is wrong with AWS, not with the request.
    r"throttl|toomanyrequests|slowdown|requestlimitexceeded|bandwidthlimitexceeded"
    r"|concurrent(update|modification)|limitexceededexception|throughputexceeded|priorrequestnotcomplete|transactioninprogress"
    r"|internal(server|service)?(error|failure|exception|fault)|serviceunavailable|unavailable"
    r"|servicefailure|serviceexception|timeout|timedout|incompletebody|operationaborted"
    # What is wrong with the function's credentials or its clock; the next ones are right.
    r"|expiredtoken|requestexpired|requesttimetooskewed|tokenrefreshrequired|unrecognizedclient"
    r"|invalidclienttokenid|invalidaccesskeyid|invalidsignature|signaturedoesnotmatch"
    r"|credentialsnotfound|invalidtoken"
)
_PASSING_STATUSES: Final = frozenset({408, 425, 429})
_DENIED: Final = re.compile(r"accessdenied|unauthorized|notauthorized|authorizationerror|forbidden")
_ROLE_NOT_READY: Final = ("could not assume role", "ensure that the role exists")
_NOT_FOUND: Final = ("could not find", "does not exist", "not found")
_NOT_FOUND_CODES: Final = re.compile(r"notfound|nosuch")
_NAME_TAKEN: Final = ("already exist", "already existing")
_IN_PROGRESS: Final = "in-progress"
_QUOTA_CODES: Final = frozenset({"ResourceLimitExceeded", "ServiceQuotaExceededException"})
_TAGGING: Final = frozenset({"AddTags", "TagResource"})
"""Operations whose quota is of one resource: nobody frees it while the request waits."""

_QUOTA: Final = re.compile(r"' is (?P<limit>\d+) .*request delta of (?P<asked>\d+)")


def classify(code: str, message: str, operation: str, status: int = 0) -> GatewayError:
    """Return our error for a service's error.

    Args:
        code: The service's error code; a bare HTTP status where it has sent none.
        message: Its words.
        operation: What was asked for.
        status: The answer's HTTP status; 0 where it is not known.
    """
    text = f"{operation}: {code}: {' '.join(message.split())}"
    code, lowered = code.rpartition("#")[2], message.lower()
    status = int(code) if code.isdecimal() and len(code) == 3 else status
    if code in _QUOTA_CODES and operation not in _TAGGING:
        return _quota_error(text)
    if _is_passing(code.lower(), status) or _IN_PROGRESS in lowered:
        return BusyError(text)
    if _is_denied(code.lower(), status) or any(words in lowered for words in _ROLE_NOT_READY):
        return DeniedError(text)
    if code == "ResourceInUse" or any(words in lowered for words in _NAME_TAKEN):
        return NameTakenError(text)
    if _is_not_found(code.lower(), status) or any(words in lowered for words in _NOT_FOUND):
        return NotFoundError(text)
    return RefusedError(text)


def _is_passing(code: str, status: int) -> bool:
    return status >= 500 or status in _PASSING_STATUSES or _PASSING.search(code) is not None


def _is_denied(code: str, status: int) -> bool:
    return status == 403 or _DENIED.search(code) is not None


def _is_not_found(code: str, status: int) -> bool:
    return status == 404 or _NOT_FOUND_CODES.search(code) is not None


def _quota_error(text: str) -> GatewayError:
    """Return a QuotaError, or a RefusedError where the quota is too small for the request alone."""
    found = _QUOTA.search(text)
    if found and int(found["asked"]) > int(found["limit"]):
        return RefusedError(text)
    return QuotaError(text)
