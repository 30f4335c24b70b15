"""The archive of a folder, from one place in S3 to files in another.

The archive lies on the function's disk as long as files are taken from it; a file goes to S3 in
parts, as it may be larger than the memory.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, Any, Final

from automlv2_handlers.aws.streams import received
from automlv2_handlers.errors import BusyError, RefusedError

UNPACK_SECONDS: Final = 180
"""After which no more files are begun; the function has five minutes."""

_WRITERS: Final = 16
_ATTEMPTS: Final = 5
"""Of getting on with a download that was broken off."""

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_PART_BYTES: Final = 1 << 20
_REMEDY: Final = "upload the folder yourself and use AutoMLDataChannel"

Call = Callable[..., Any]
"""Makes one call to S3, as ``Boto3Gateway`` does."""


def unpack(
    call: Call, source: tuple[str, str], target: tuple[str, str], start: int
) -> tuple[int, int]:
    """Write files of an archive, from the ``start``-th on, for some minutes.

    Args:
        call: Makes the calls.
        source: Bucket and key of the archive.
        target: Bucket and prefix of the files.
        start: How many are written already.

    Returns:
        How many are written by now, and how many there are.

    Raises:
        BusyError: If the network fails.
        RefusedError: If the archive is none, or too large, or its names lead elsewhere.
    """
    deadline = time.monotonic() + UNPACK_SECONDS
    with _disk_faults(), tempfile.TemporaryFile() as packed:
        _download(call, source, packed)
        with _opened(packed) as archive, ThreadPoolExecutor(_WRITERS) as pool:
            names = [item.filename for item in archive.infolist() if not item.is_dir()]
            _refuse_bad_names(names)
            while start < len(names) and time.monotonic() < deadline:
                batch = names[start : start + _WRITERS]
                # A list, so that an error of any of them is raised.
                list(pool.map(lambda name: _upload(call, archive, name, target), batch))
                start += len(batch)
    return start, len(names)


@contextmanager
def _disk_faults() -> Iterator[None]:
    """Distinguish a full disk, which stays full, from what may pass."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise BusyError(f"unpacking: {type(error).__name__}: {error}") from error
        raise RefusedError(
            f"the folder's archive does not fit on the function's disk ({error}); {_REMEDY}"
        ) from error


@contextmanager
def _opened(packed: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(packed) as archive:
            yield archive
    except zipfile.BadZipFile as error:
        raise RefusedError(f"the folder's archive is damaged ({error}); {_REMEDY}") from error


def _download(call: Call, source: tuple[str, str], packed: IO[bytes]) -> None:
    """Fetch the archive; go on from where a stream was broken off."""
    whole = _receive(call, source, packed, 0)
    for _ in range(_ATTEMPTS):
        if whole is None or packed.tell() >= whole:
            return
        whole = _receive(call, source, packed, packed.tell()) or whole
    raise BusyError(f"GetObject {source[1]}: the stream was broken off {_ATTEMPTS} times")


def _receive(call: Call, source: tuple[str, str], packed: IO[bytes], start: int) -> int | None:
    """Write what comes of the archive from ``start`` on; return how long it is, if that is known.

    Raises:
        BusyError: If the network fails and the length is not known.
    """
    part = {"Range": f"bytes={start}-"} if start else {}
    answer = call("s3", "get_object", Bucket=source[0], Key=source[1], **part)
    length = answer.get("ContentLength")
    whole = None if length is None else start + int(length)
    if whole is not None:
        _refuse_too_large(whole - start)
    try:
        with received(f"GetObject {source[1]}"):
            for piece in answer["Body"].iter_chunks(_PART_BYTES):
                packed.write(piece)
    except BusyError:
        if whole is None:
            raise
    return whole


def _refuse_too_large(needed: int) -> None:
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if needed > free:
        raise RefusedError(
            f"the folder's archive has {needed >> 20} MB, the function's disk {free >> 20} MB; "
            f"{_REMEDY}"
        )


def _refuse_bad_names(names: list[str]) -> None:
    """Refuse names that lead out of the prefix, or that others would read as other paths."""
    for name in names:
        parts = name.split("/")
        if "\\" in name or not name.isprintable() or {"", ".", ".."} & set(parts):
            raise RefusedError(f"the folder's archive has a file of the name {name!r}; rename it")


def _upload(call: Call, archive: zipfile.ZipFile, name: str, target: tuple[str, str]) -> None:
    from boto3.s3.transfer import TransferConfig

    bucket, prefix = target
    key = f"{prefix.rstrip('/')}/{name}"
    config = TransferConfig(use_threads=False)
    with archive.open(name) as stream:
        call("s3", "upload_fileobj", Fileobj=stream, Bucket=bucket, Key=key, Config=config)
