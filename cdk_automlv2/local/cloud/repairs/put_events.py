"""PutEvents refuses what EventBridge refuses; ministack takes everything.

An entry without a required member fails alone, and all of them fail the request.

Sources: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html (size of an entry).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MOST_BYTES = 1024 * 1024
_MOST_CHARACTERS = 128
_TIME_BYTES = 14
_INVALID = "InvalidArgument"
Entry = Mapping[str, Any]


def apply() -> None:
    """Look at the entries first: a bad one fails alone, too many bytes fail the call."""
    from ministack.services import eventbridge

    put = eventbridge._put_events

    def put_good_ones(data: Mapping[str, Any], allow_aws_source: bool = False) -> Any:
        entries = [_written(entry) for entry in data.get("Entries", [])]
        size = sum(entry_bytes(entry) for entry in entries)
        if size > MOST_BYTES:
            words = f"Total size of the entries in the request is over the limit of {MOST_BYTES}."
            return eventbridge.error_response_json("ValidationException", words, 400)
        problems = [problem(entry) for entry in entries]
        reasons = [words for code, words in filter(None, problems) if code == _INVALID]
        if reasons and len(reasons) == len(entries):
            return eventbridge.error_response_json("ValidationException", reasons[0], 400)
        good = [entry for entry, found in zip(entries, problems, strict=True) if not found]
        status, headers, body = put({**data, "Entries": good}, allow_aws_source)
        if status != 200 or not any(problems):
            return status, headers, body
        return status, headers, _with_refused(json.loads(body), problems)

    eventbridge._put_events = put_good_ones


def _written(entry: Entry) -> Entry:
    """Return an entry with its detail as text; Step Functions may give an object."""
    detail = entry.get("Detail")
    return {**entry, "Detail": json.dumps(detail)} if isinstance(detail, dict) else entry


def problem(entry: Entry) -> tuple[str, str] | None:
    """Return the code and message of the error that an entry has; ``None`` if it is good."""
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            return _invalid(name, f"{name} is a required argument.")
    if len(entry["DetailType"]) > _MOST_CHARACTERS:
        return _invalid("DetailType", f"It has more than {_MOST_CHARACTERS} characters.")
    try:
        is_object = isinstance(json.loads(entry["Detail"]), dict)
    except (TypeError, ValueError):
        is_object = False
    return None if is_object else ("MalformedDetail", "Detail is malformed.")


def _invalid(name: str, reason: str) -> tuple[str, str]:
    return _INVALID, f"Parameter {name} is not valid. Reason: {reason}"


def entry_bytes(entry: Entry) -> int:
    """Return the size of an entry as EventBridge counts it."""
    texts = [entry.get("Source"), entry.get("DetailType"), entry.get("Detail")]
    texts += entry.get("Resources") or []
    size = sum(len(text.encode()) for text in texts if isinstance(text, str))
    return size + (_TIME_BYTES if "Time" in entry else 0)


def _with_refused(answer: dict[str, Any], problems: list[tuple[str, str] | None]) -> bytes:
    """Return an answer's body with the refused entries in their places."""
    sent = iter(answer["Entries"])
    entries = [
        {"ErrorCode": found[0], "ErrorMessage": found[1]} if found else next(sent)
        for found in problems
    ]
    failed = sum("ErrorCode" in entry for entry in entries)
    return json.dumps({"FailedEntryCount": failed, "Entries": entries}).encode()
