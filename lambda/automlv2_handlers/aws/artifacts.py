"""Model artifacts of a lock file: compared with their digest, and copied to where they are served.

The digest is that of the bytes that are copied: the copy is made only if the object still has the
entity tag that it was read with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

from automlv2_handlers.aws.streams import received
from automlv2_handlers.errors import NotFoundError, RefusedError

Call = Callable[..., Any]
"""Makes one call to S3, with its errors classified."""

Place = tuple[str, str]
"""Bucket and key."""

_PART_BYTES: Final = 1 << 20
_DIGEST: Final = "automlv2-sha256"
MOST_BYTES: Final = 20 << 30
"""More could not be read within the five minutes of the function."""


def fetch(call: Call, source: Place, target: Place, sha256: str) -> None:
    """Let the artifact with that digest lie at ``target``.

    Args:
        call: Makes the calls.
        source: Where it lies.
        target: Where it is to lie; the same as ``source`` where it is only compared.
        sha256: Digest of its bytes, in hexadecimal.

    Raises:
        RefusedError: If it has another digest.
        NotFoundError: If there is no such object.
    """
    if source != target and _has(call, target, sha256):
        return
    tag = _compared(call, source, sha256)
    if source == target:
        return
    call(
        "s3",
        "copy",
        CopySource={"Bucket": source[0], "Key": source[1]},
        Bucket=target[0],
        Key=target[1],
        ExtraArgs={
            "CopySourceIfMatch": tag,
            "Metadata": {_DIGEST: sha256},
            "MetadataDirective": "REPLACE",
        },
    )


def _has(call: Call, place: Place, sha256: str) -> bool:
    """Whether an earlier look has copied it: the copy says so once it is whole."""
    try:
        found = call("s3", "head_object", Bucket=place[0], Key=place[1])
    except NotFoundError:
        return False
    return bool(found.get("Metadata", {}).get(_DIGEST) == sha256)


def _compared(call: Call, source: Place, sha256: str) -> str:
    """Return the entity tag of an object whose digest is right."""
    uri = f"s3://{source[0]}/{source[1]}"
    answer = call("s3", "get_object", Bucket=source[0], Key=source[1])
    if int(answer["ContentLength"]) > MOST_BYTES:
        raise RefusedError(f"{uri} has more than {MOST_BYTES >> 30} GB; copy it yourself")
    digest = hashlib.sha256()
    with received(f"GetObject {uri}"):
        for piece in answer["Body"].iter_chunks(_PART_BYTES):
            digest.update(piece)
    if digest.hexdigest() != sha256:
        raise RefusedError(
            f"{uri} is not what was locked: its SHA-256 is {digest.hexdigest()[:12]}…, the lock "
            f"file says {sha256[:12]}…"
        )
    return str(answer["ETag"])
