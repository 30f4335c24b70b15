"""The file in which a running local cloud is found again: servers and keys.

Only its owner may read it. It is written beside and moved into place, so that it is whole or not
there; what else is found is refused with the way out.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from cdk_automlv2.local.cloud.credentials import KeyRing
from cdk_automlv2.local.cloud.errors import OTHER_FOLDER, LocalCloudError
from cdk_automlv2.local.cloud.private_files import open_own
from cdk_automlv2.local.cloud.processes import Server

_NAME = "state.json"


class BrokenError(LocalCloudError):
    """When the file cannot be read."""


@dataclass(frozen=True)
class Saved:
    """What the file holds."""

    ministack: Server
    sagemaker: Server
    keys: KeyRing
    speed: float


def save(folder: Path, saved: Saved) -> None:
    """Write the file."""
    servers = {"ministack": asdict(saved.ministack), "sagemaker": asdict(saved.sagemaker)}
    text = json.dumps({**servers, "keys": saved.keys.to_json(), "speed": saved.speed})
    handle, name = tempfile.mkstemp(dir=folder, prefix=f"{_NAME}.")  # Only its owner may read it.
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(folder / _NAME)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load(folder: Path) -> Saved | None:
    """Return what is saved; None if nothing is.

    Raises:
        LocalCloudError: If the file is broken, or not ours.
    """
    path = folder / _NAME
    try:
        with path.open() as file:
            _require_own(path, os.fstat(file.fileno()))
            text = file.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _broken(path) from error
    try:
        found = json.loads(text)
        return Saved(
            Server(**found["ministack"]),
            Server(**found["sagemaker"]),
            KeyRing.from_json(found["keys"]),
            float(found["speed"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _broken(path) from error


def forget(folder: Path) -> None:
    """Remove the file, and what a write that was cut off has left."""
    for path in folder.glob(f"{_NAME}*"):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let nobody else start a cloud in this folder meanwhile."""
    import fcntl

    with os.fdopen(open_own(folder / "lock", 0), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            words = f"a local cloud is being started in {folder}"
            raise LocalCloudError(words, "automlv2 local status") from error
        yield


def _require_own(path: Path, found: os.stat_result) -> None:
    if found.st_uid != os.getuid():
        raise LocalCloudError(f"{path} belongs to another user", OTHER_FOLDER)
    if stat.S_IMODE(found.st_mode) & 0o077:
        with contextlib.suppress(OSError):
            path.chmod(0o600)


def _broken(path: Path) -> BrokenError:
    return BrokenError(f"{path} cannot be read", "automlv2 local stop")
