"""Bodies of requests: read whole, up to a limit, and handed on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


_PART_SECONDS = 60
"""Longest time between two parts of a body."""


class GoneError(Exception):
    """When the client has gone before its body was read, or does not send on."""


class TooLargeError(Exception):
    """When a body is larger than the server takes.

    Attributes:
        code: AWS's error code.
        message: Its words.
    """

    def __init__(self, limit: int) -> None:
        self.code = "RequestEntityTooLargeException"
        self.message = f"the request is larger than {limit:,} bytes"
        super().__init__(self.message)


class MalformedError(Exception):
    """When a body is no JSON object.

    Attributes:
        code: AWS's error code.
        message: Its words.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.code = "SerializationException"
        self.message = message


def json_object(body: bytes) -> dict[str, Any]:
    """Read the body of a request in JSON.

    Raises:
        MalformedError: If it is no object, is nested deeper than Python reads, holds a number of
            more digits than that, or is not in UTF-8.
    """
    try:
        found = json.loads(body.decode() or "{}", parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise MalformedError("The request is not JSON that can be read.") from error
    if not isinstance(found, dict):
        raise MalformedError("The request is not a JSON object.")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)


async def read(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    """Return a body.

    Raises:
        TooLargeError: If it is, or says it is, larger than ``limit``.
        GoneError: If the client goes away, or sends nothing for a minute.
    """
    said = headers.get("content-length", "")
    if said.isdecimal() and (len(said) > 15 or int(said) > limit):
        raise TooLargeError(limit)
    parts, size = [], 0
    while True:
        message = await _next(receive)
        if message["type"] != "http.request":
            raise GoneError
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLargeError(limit)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _next(receive: Receive) -> MutableMapping[str, Any]:
    try:
        return await asyncio.wait_for(receive(), _PART_SECONDS)
    except TimeoutError as error:
        raise GoneError from error


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that hands out the body, then what comes after it."""
    given = False

    async def receive_again() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
