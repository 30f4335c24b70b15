"""The answer to CloudFormation: one PUT to the pre-signed URL, never more than 4,096 bytes."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.domain.plain import encodable, one_line, plain, readable
from automlv2_handlers.events import LifecycleEvent

MAX_BYTES: Final = 4096
MAX_ID_BYTES: Final = 1024
PUT_SECONDS: Final = 100
"""Time for all attempts together, of the function's five minutes."""

_ATTEMPTS: Final = 5
_ATTEMPT_SECONDS: Final = 20
_LONGEST_PAUSE_SECONDS: Final = 16
_FINAL_STATUSES: Final = frozenset({403, 404, 405, 410, 411, 412, 413, 414, 416, 501})
_PASSING_CODES: Final = frozenset(
    {"IncompleteBody", "InternalError", "RequestTimeout", "ServiceUnavailable", "SlowDown"}
)
"""Codes of S3 that come with status 400 too, and pass."""

_NO_REASON: Final = "no reason given; see the function's log"

Send = Callable[[str, bytes], None]


def is_physical_id(name: object) -> bool:
    """Whether CloudFormation takes that as a physical id: one line of 1 byte to 1 KB."""
    return isinstance(name, str) and not _fault_of_id(name)


def fault(event: LifecycleEvent, answer: Mapping[str, Any]) -> str:
    """Return why CloudFormation would not take an answer, but for a long reason; else nothing."""
    wrong = _fault_of_id(answer["PhysicalResourceId"])
    if wrong:
        return wrong
    excess = len(_encode(_members(event, answer) | {"Reason": ""})) - MAX_BYTES
    return f"the attributes are {excess} bytes too long for CloudFormation" if excess > 0 else ""


def _fault_of_id(name: object) -> str:
    if not isinstance(name, str) or not name:
        return "the resource has no physical id"
    size = len(encodable(name).encode())
    if size > MAX_ID_BYTES:
        return f"the physical id has {size} bytes, CloudFormation takes {MAX_ID_BYTES}: {name}"
    return "" if one_line(name) == name else f"the physical id is no text of one line: {name!r}"


def body(event: LifecycleEvent, answer: Mapping[str, Any]) -> bytes:
    """Return the answer as CloudFormation reads it, cut to the size it accepts.

    What does not fit but for its reason becomes a failure that does.

    Args:
        event: The request answered.
        answer: ``Status``, ``PhysicalResourceId``, ``Reason`` and ``Data``.
    """
    members = _members(event, answer)
    wrong = fault(event, answer)
    if wrong:
        members |= {"Status": "FAILED", "Data": {}, "Reason": one_line(wrong)}
    if not is_physical_id(members["PhysicalResourceId"]):
        members["PhysicalResourceId"] = event.physical_id or f"{event.logical_id}-not-created"
    if members["Status"] == "FAILED" and not members["Reason"]:
        members["Reason"] = _NO_REASON
    return _encode(members | {"Reason": _cut(members)})


def _members(event: LifecycleEvent, answer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Status": answer["Status"],
        "Reason": readable(answer.get("Reason") or ""),
        "PhysicalResourceId": plain(answer["PhysicalResourceId"]),
        "StackId": event.stack_id,
        "RequestId": event.request_id,
        "LogicalResourceId": event.logical_id,
        "Data": plain(dict(answer.get("Data") or {})),
    }


def _cut(members: Mapping[str, Any]) -> str:
    """Return as much of the reason as there is room for, in whole characters."""
    reason: str = members["Reason"]
    room = MAX_BYTES - len(_encode({**members, "Reason": ""}))
    fits, too_long = 0, len(reason) + 1
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if len(_encode(reason[:middle])) - 2 <= room:
            fits = middle
        else:
            too_long = middle
    return reason[:fits]


def _encode(value: Any) -> bytes:
    return json.dumps(value).encode()


def put(url: str, content: bytes) -> None:
    """Send ``content`` to ``url``; what is refused for good (an expired URL) is only logged.

    Raises:
        OSError: If the URL has not taken it after five attempts, or 100 seconds.
    """
    end = time.monotonic() + PUT_SECONDS
    failure = ""
    for attempt in range(_ATTEMPTS):
        left = end - time.monotonic()
        if left <= 0:
            break
        try:
            _put_once(url, content, min(left, _ATTEMPT_SECONDS))
            return
        except urllib.error.HTTPError as error:
            if _is_final(error):
                logs.fact("CloudFormation no longer takes the answer", status=error.code)
                return
            failure = f"HTTP status {error.code}"
        except (OSError, http.client.HTTPException) as error:
            failure = type(error).__name__
        if attempt < _ATTEMPTS - 1:
            time.sleep(min(2**attempt, _LONGEST_PAUSE_SECONDS))
    raise OSError(failure)


def _put_once(url: str, content: bytes, seconds: float) -> None:
    request = urllib.request.Request(url, data=content, method="PUT", headers={"Content-Type": ""})
    with urllib.request.urlopen(request, timeout=seconds):
        pass


def _is_final(error: urllib.error.HTTPError) -> bool:
    """Whether the same answer will never be taken; a passing fault of S3 may come as a 400."""
    if error.code != 400:
        return error.code in _FINAL_STATUSES
    try:
        text = error.read(4096).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return False
    found = re.search(r"<Code>\s*(\w+)\s*</Code>", text)
    return found is not None and found[1] not in _PASSING_CODES
