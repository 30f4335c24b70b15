"""Folders and files of the state: nobody else may have placed, and nobody else may read them.

In a folder that others may write in, a file of a known name could be a link to one of the user's
own, which would then be overwritten.
"""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

from cdk_automlv2.local.cloud.errors import OTHER_FOLDER, LocalCloudError


def require_own_folder(folder: Path) -> None:
    """Refuse a folder that another user has made, or may write in; one that is missing is fine.

    Raises:
        LocalCloudError: If it is one.
    """
    if not os.path.lexists(folder):
        return
    found = folder.stat()
    if {folder.lstat().st_uid, found.st_uid} != {os.getuid()}:
        raise LocalCloudError(f"{folder} belongs to another user", OTHER_FOLDER)
    if found.st_mode & stat.S_IWOTH:
        raise LocalCloudError(
            f"every user may write in {folder}", f"chmod 700 {shlex.quote(str(folder))}"
        )


def make_own_folder(folder: Path) -> None:
    """Make a folder that only its owner may look into.

    Raises:
        LocalCloudError: If a link or another user's folder is in the place.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        words = f"{folder} is a link or of another user; remove it"
        raise LocalCloudError(words, OTHER_FOLDER)
    folder.chmod(0o700)


def open_own(path: Path, flags: int) -> int:
    """Open a file for writing, made for its owner only; return the descriptor.

    Args:
        path: Where it is.
        flags: Such as ``os.O_APPEND``.

    Raises:
        LocalCloudError: If a link or another user's file is in the place.
    """
    flags |= os.O_CREAT | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    if path.is_symlink():
        raise LocalCloudError(f"{path} is a link; remove it", OTHER_FOLDER)
    found = os.open(path, flags, 0o600)
    if os.fstat(found).st_uid != os.getuid():
        os.close(found)
        raise LocalCloudError(f"{path} belongs to another user; remove it", OTHER_FOLDER)
    return found
