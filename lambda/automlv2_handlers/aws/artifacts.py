"""Model artifacts of a lock file: compared with their digest, and copied to where they are served.

The digest is that of the bytes that are copied: the copy is made only if the object still has the
entity tag that it was read with. A copy that is there already is compared as well, and made again
if somebody has changed it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

from automlv2_handlers.aws.streams import received
from automlv2_handlers.errors import DeniedError, NotFoundError, RefusedError

Call = Callable[..., Any]
"""Makes one call to S3, with its errors classified."""

Place = tuple[str, str]
"""Bucket and key."""

_PART_BYTES: Final = 1 << 20
_DIGEST: Final = "automlv2-sha256"
MOST_BYTES: Final = 20 << 30
"""More could not be read within the five minutes of the function."""


def fetch(call: Call, source: Place, target: Place, sha256: str, key: str = "") -> None:
    """Let the artifact with that digest lie at ``target``.

    Args:
        call: Makes the calls.
        source: Where it lies.
        target: Where it is to lie; the same as ``source`` where it is only compared.
        sha256: Digest of its bytes, in hexadecimal.
        key: KMS key to encrypt the copy with. Default: as the bucket does.

    Raises:
        RefusedError: If it has another digest.
        NotFoundError: If there is no such object.
        DeniedError: If it may not be read; says what its owner has to do.
    """
    if source == target:
        _compared(call, source, sha256)
    elif not _has(call, target, sha256):
        _copy(call, source, target, sha256, key)


def _copy(call: Call, source: Place, target: Place, sha256: str, key: str) -> None:
    """Copy the artifact, if it has that digest."""
    tag = _compared(call, source, sha256)
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
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
            # Reading another account's tags would be a right more.
            "TaggingDirective": "REPLACE",
            **encryption,
        },
    )


def _has(call: Call, place: Place, sha256: str) -> bool:
    """Whether what is to be copied is there; what cannot be read is copied."""
    try:
        return _read(call, place)[0] == sha256
    except (DeniedError, NotFoundError):
        return False


def _compared(call: Call, source: Place, sha256: str) -> str:
    """Return the entity tag of an object whose digest is right."""
    uri = f"s3://{source[0]}/{source[1]}"
    try:
        digest, tag = _read(call, source)
    except DeniedError as error:
        if not _is_missing(call, source):
            raise DeniedError(
                f"the function may not read {uri} of the lock file; where it was trained, "
                f"grant_promotion lets another account read it, with its key ({error})"
            ) from error
        raise _gone(uri, error) from error
    except NotFoundError as error:
        raise _gone(uri, error) from error
    if digest != sha256:
        raise RefusedError(
            f"{uri} is not what was locked: its SHA-256 is {digest[:12]}…, the lock file says "
            f"{sha256[:12]}…"
        )
    return tag


def _gone(uri: str, error: Exception) -> NotFoundError:
    return NotFoundError(f"{uri} of the lock file does not exist any more ({error})")


def _is_missing(call: Call, place: Place) -> bool:
    """Whether an object that may not be read is not there at all, as far as that is known.

    S3 says of a missing one that it is denied, unless all of the bucket may be listed.
    """
    try:
        found = call("s3", "list_objects_v2", Bucket=place[0], Prefix=place[1], MaxKeys=1)
    except NotFoundError:
        return True
    except DeniedError:
        return False
    return all(item["Key"] != place[1] for item in found.get("Contents", []))


def _read(call: Call, place: Place) -> tuple[str, str]:
    """Return the digest of an object's bytes, and its entity tag."""
    uri = f"s3://{place[0]}/{place[1]}"
    answer = call("s3", "get_object", Bucket=place[0], Key=place[1])
    if int(answer["ContentLength"]) > MOST_BYTES:
        raise RefusedError(f"{uri} has more than {MOST_BYTES >> 30} GB; copy it yourself")
    digest = hashlib.sha256()
    with received(f"GetObject {uri}"):
        for piece in answer["Body"].iter_chunks(_PART_BYTES):
            digest.update(piece)
    return digest.hexdigest(), str(answer["ETag"])
