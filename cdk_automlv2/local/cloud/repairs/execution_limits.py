"""Limits of Step Functions: names, payloads, the length of a history, and a start that is repeated.

ministack has none of them. Sources: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
(25,000 events, 256 KiB), https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
(names; the same name with the same input while running is a success) and
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html (States.ALL).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

MOST_EVENTS = 25_000
MOST_BYTES = 256 * 1024
TOO_LARGE = "States.DataLimitExceeded"
_RUNTIME = "States.Runtime"
_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")


def apply() -> None:
    """Look at what is started, and at each event of a history."""
    from ministack.services import stepfunctions

    start, create = stepfunctions._start_execution, stepfunctions._create_state_machine
    add, matches = stepfunctions._add_event, stepfunctions._error_matches

    def start_within_limits(data: Mapping[str, Any]) -> Any:
        return _refused(data, data.get("input")) or _running(data) or start(data)

    def create_within_limits(data: Mapping[str, Any]) -> Any:
        return _refused(data) or create(data)

    def add_within_limits(execution: Any, kind: str, details: Any = None) -> Any:
        if kind not in ("ExecutionFailed", "ExecutionAborted"):
            _check(execution, kind, details or {})
        return add(execution, kind, details)

    def matches_what_may_be_caught(listed: Any, error: str) -> bool:
        if error in (TOO_LARGE, _RUNTIME):
            return error in listed
        return bool(matches(listed, error))

    stepfunctions._start_execution = start_within_limits
    stepfunctions._create_state_machine = create_within_limits
    stepfunctions._add_event = add_within_limits
    stepfunctions._error_matches = matches_what_may_be_caught


def _refused(data: Mapping[str, Any], payload: Any = None) -> Any:
    from ministack.core.responses import error_response_json

    name = data.get("name")
    if name and not _NAME.fullmatch(name):
        return error_response_json("InvalidName", f"Invalid Name: '{name}'", 400)
    if isinstance(payload, str) and len(payload.encode()) > MOST_BYTES:
        words = (
            "1 validation error detected: Value at 'input' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MOST_BYTES}"
        )
        return error_response_json("ValidationException", words, 400)
    return None


def _running(data: Mapping[str, Any]) -> Any:
    """Return the first answer again where the same execution is asked for while it runs."""
    from ministack.services import stepfunctions

    machine = stepfunctions._resolve_state_machine_arn(data.get("stateMachineArn", ""))
    name = data.get("name")
    if machine is None or not name:
        return None
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    found = stepfunctions._executions.get(arn)
    if not found or found["status"] != "RUNNING" or found["input"] != data.get("input", "{}"):
        return None
    first = {"executionArn": arn, "startDate": found["startDate"]}
    return stepfunctions.json_response(first)


def _check(execution: Any, kind: str, details: Mapping[str, Any]) -> None:
    """Fail the execution where its history or a payload becomes too long."""
    from ministack.services import stepfunctions

    # The last event is the failure itself.
    if len(execution["events"]) >= MOST_EVENTS - 1:
        words = f"The execution reached the maximum number of history events ({MOST_EVENTS})."
        raise stepfunctions._ExecutionError(_RUNTIME, words)
    for event_detail in details.values():
        output = event_detail.get("output") if isinstance(event_detail, Mapping) else None
        if isinstance(output, str) and _bytes(output) > MOST_BYTES:
            who = event_detail.get("name") or event_detail.get("resource")
            words = f"The state/task '{who}' returned a result with a size exceeding the maximum "
            words += "number of bytes service limit."
            raise stepfunctions._ExecutionError(TOO_LARGE, words)


def _bytes(text: str) -> int:
    """Return the size of JSON as Step Functions writes it: without blanks, letters as they are."""
    if len(text) <= MOST_BYTES:
        return len(text)
    return len(json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False).encode())
