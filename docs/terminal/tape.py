"""Answers of AWS on tape: recorded from a local cloud, played to the command."""

from __future__ import annotations

import base64
import datetime
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

_MOMENT: Final = "$moment"
_BODY: Final = "$body"
_ERROR: Final = "$error"
_NOBODY: Final = {
    "region_name": "us-east-1",
    "aws_access_key_id": "nobody",
    "aws_secret_access_key": "nothing",
}

Client = Callable[[str], Any]


class NotOnTapeError(Exception):
    """When the command asks what it did not ask while it was recorded: record it again."""


class Tape:
    """Answers by request, in the order in which they came.

    Args:
        answers: Of each request; the last one is given again and again.
    """

    def __init__(self, answers: Mapping[str, list[Any]] | None = None) -> None:
        self.answers: dict[str, list[Any]] = {key: [*all_] for key, all_ in (answers or {}).items()}

    @classmethod
    def load(cls, path: Path) -> Tape:
        """Return a tape from a file."""
        return cls(json.loads(path.read_text()))

    def save(self, path: Path) -> None:
        """Write it to a file."""
        path.write_text(json.dumps(self.answers, indent=1, sort_keys=True) + "\n")

    def recording(self, client: Client) -> Client:
        """Return what makes clients whose answers are kept here."""

        def made(service: str) -> Any:
            found = client(service)
            call = found._make_api_call

            def record(operation: str, request: dict[str, Any]) -> Any:
                answers = self.answers.setdefault(_key(service, operation, request), [])
                try:
                    answer = call(operation, request)
                except ClientError as error:
                    answers.append({_ERROR: error.response["Error"]})
                    raise
                answer.pop("ResponseMetadata", None)
                answers.append(_plain(answer))
                return _lively(answers[-1])

            found._make_api_call = record
            return found

        return made

    def playing(self) -> Client:
        """Return what makes clients that have these answers and no AWS."""

        def made(service: str) -> Any:
            found = boto3.client(service, **_NOBODY)
            found._make_api_call = lambda operation, request: self._next(
                operation, _key(service, operation, request)
            )
            return found

        return made

    def _next(self, operation: str, key: str) -> Any:
        if key not in self.answers:
            raise NotOnTapeError(f"{key}; python -m docs.terminal.record")
        answers = self.answers[key]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if _ERROR in answer:
            raise ClientError({"Error": answer[_ERROR]}, operation)
        return _lively(answer)


def _key(service: str, operation: str, request: Mapping[str, Any]) -> str:
    return f"{service} {operation} {json.dumps(_plain(request), sort_keys=True)}"


def _plain(value: Any) -> Any:
    match value:
        case datetime.datetime():
            return {_MOMENT: value.astimezone(datetime.UTC).isoformat()}
        case StreamingBody() | bytes():
            content = value if isinstance(value, bytes) else value.read()
            return {_BODY: base64.b64encode(content).decode()}
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value


def _lively(value: Any) -> Any:
    match value:
        case {"$moment": text}:
            return datetime.datetime.fromisoformat(text)
        case {"$body": text}:
            content = base64.b64decode(text)
            return StreamingBody(io.BytesIO(content), len(content))
        case dict():
            return {key: _lively(item) for key, item in value.items()}
        case list():
            return [_lively(item) for item in value]
    return value
