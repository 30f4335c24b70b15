"""Bodies that S3's clients sign in chunks, and the trailers after them.

Each chunk's signature goes on from the one before it, the first from the request's own. Source:
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable

Sign = Callable[..., str]
"""Signs ``kind`` (PAYLOAD or TRAILER) and hashes, and returns the signature."""

_HEAD = re.compile(rb"([0-9a-fA-F]{1,9});chunk-signature=([0-9a-f]{64})\r\n")
_TRAILER = re.compile(rb"(?s)(.*?)x-amz-trailer-signature:([0-9a-f]{64})\r\n(?:\r\n)?")
_NOTHING = hashlib.sha256(b"").hexdigest()


def chunks_are_signed(body: bytes, seed: str, sign: Sign, *, trailer: bool) -> bool:
    """Whether every chunk of a body, and its trailer if there must be one, bears its signature.

    Args:
        body: As it came.
        seed: Signature of the request.
        sign: What the key makes of a text.
        trailer: Whether there must be a trailer; else there must be none.
    """
    previous, start, size = seed, 0, 1
    while size:
        head = _HEAD.match(body, start)
        if head is None:
            return False
        size, start = int(head[1], 16), head.end()
        chunk = body[start : start + size]
        expected = sign("PAYLOAD", previous, _NOTHING, hashlib.sha256(chunk).hexdigest())
        previous = head[2].decode()
        if len(chunk) != size or not hmac.compare_digest(expected, previous):
            return False
        start += size
        if size and body[start : start + 2] != b"\r\n":
            return False
        start += 2 if size else 0
    rest = body[start:]
    return _trailer_is_signed(rest, previous, sign) if trailer else rest in (b"", b"\r\n")


def _trailer_is_signed(rest: bytes, previous: str, sign: Sign) -> bool:
    found = _TRAILER.fullmatch(rest)
    if found is None:
        return False
    lines = found[1].replace(b"\r\n", b"\n")
    expected = sign("TRAILER", previous, hashlib.sha256(lines).hexdigest())
    return hmac.compare_digest(expected, found[2].decode())
