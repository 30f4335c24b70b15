"""The binary form in which AWS streams events; botocore reads it, and writes none.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

CONTENT_TYPE = "application/vnd.amazon.eventstream"
PART_BYTES = 16
"""How much of an answer a part holds; about as much as a language model says at once."""

_STRING = 7


def parts_of(body: bytes) -> Iterator[bytes]:
    """Yield a body as the events of InvokeEndpointWithResponseStream."""
    for start in range(0, len(body), PART_BYTES):
        yield message(body[start : start + PART_BYTES])


def message(payload: bytes, event: str = "PayloadPart") -> bytes:
    """Return one event."""
    headers = b"".join(
        _header(name, value)
        for name, value in (
            (":event-type", event),
            (":content-type", "application/octet-stream"),
            (":message-type", "event"),
        )
    )
    prelude = struct.pack("!II", 12 + len(headers) + len(payload) + 4, len(headers))
    start = prelude + struct.pack("!I", zlib.crc32(prelude))
    whole = start + headers + payload
    return whole + struct.pack("!I", zlib.crc32(whole))


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack("!B", len(key)) + key + struct.pack("!BH", _STRING, len(text)) + text
