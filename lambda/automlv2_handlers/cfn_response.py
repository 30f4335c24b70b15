"""The answer to CloudFormation: one PUT to the pre-signed URL, never more than 4,096 bytes."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from automlv2_handlers import logs
from automlv2_handlers.events import LifecycleEvent

MAX_BYTES = 4096
_ATTEMPTS = 5
_GONE = (400, 403, 404)

Send = Callable[[str, bytes], None]


def body(event: LifecycleEvent, answer: Mapping[str, Any]) -> bytes:
    """Return the answer as CloudFormation reads it, cut to the size it accepts.

    Args:
        event: The request answered.
        answer: ``Status``, ``PhysicalResourceId``, ``Reason`` and ``Data``.
    """
    full = {
        "Status": answer["Status"],
        "Reason": answer.get("Reason") or "",
        "PhysicalResourceId": answer["PhysicalResourceId"],
        "StackId": event.stack_id,
        "RequestId": event.request_id,
        "LogicalResourceId": event.logical_id,
        "Data": dict(answer.get("Data") or {}),
    }
    excess = len(_encode(full)) - MAX_BYTES
    if excess > 0 and full["Data"]:
        full |= {"Status": "FAILED", "Data": {}, "Reason": f"attributes {excess} bytes too long"}
    while len(_encode(full)) > MAX_BYTES:
        full["Reason"] = f"{full['Reason'][: len(full['Reason']) * 9 // 10]}"
    return _encode(full)


def _encode(answer: Mapping[str, Any]) -> bytes:
    return json.dumps(answer).encode()


def put(url: str, content: bytes) -> None:
    """Send ``content`` to ``url``; what is refused for good (an expired URL) is only logged.

    Raises:
        OSError: If the URL could not be reached in five attempts.
    """
    request = urllib.request.Request(url, data=content, method="PUT", headers={"Content-Type": ""})
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=20):
                return
        except urllib.error.HTTPError as error:
            if error.code in _GONE:
                logs.fact("CloudFormation no longer takes the answer", status=error.code)
                return
            failure: OSError = OSError(f"HTTP status {error.code}")
        except OSError as error:
            failure = OSError(type(error).__name__)
        if attempt < _ATTEMPTS:
            time.sleep(2 ** (attempt - 1))
    raise failure
