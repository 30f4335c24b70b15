"""What a folder on this machine uploads: read as it will be, links followed, hidden files left."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cdk_automlv2.errors import OptionFault

MAX_FOLDER_BYTES: Final = 400 << 20
"""What the function can unpack: it has 512 MB of disk, on which the archive lies whole."""

LEFT_OUT: Final = (".*", "__pycache__", "__MACOSX", "Thumbs.db", "desktop.ini")
"""What is not uploaded by default, as patterns of a ``.gitignore``."""

MOST_FILES: Final = 1_000_000
"""Far more than 400 MB hold, as each file counts for a little more than it has."""

_NAMES = frozenset(pattern.lower() for pattern in LEFT_OUT[1:])
_MOST_SHOWN: Final = 5
_MAX_NAME_BYTES: Final = 700
"""Of the 1,024 that a key may have; the rest is the prefix."""

_OVERHEAD_BYTES: Final = 200
"""What an archive adds for each file at most, its name apart, which it holds twice."""


@dataclass
class Folder:
    """A folder as it is uploaded.

    Attributes:
        size: Bytes of the archive at most: nothing may be compressible.
        files: How many there are.
        left_out: Paths of hidden files and folders that stay here.
        faults: What is wrong, in words, each with the path it is about.
    """

    size: int = 0
    files: int = 0
    left_out: list[str] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


def is_hidden(name: str) -> bool:
    """Whether a file or folder of that name is left out by default."""
    return name.startswith(".") or name.lower() in _NAMES


def read(path: Path, *, include_hidden: bool) -> Folder:
    """Look through a folder; follows links within it, and refuses those that lead out or around."""
    found = Folder()
    root = path.resolve()
    _walk(root, "", (root,), found, include_hidden)
    return found


def folder_problems(path: Path, typed: str, *, include_hidden: bool) -> Iterator[OptionFault]:
    """Yield what is wrong with a folder.

    Args:
        path: The folder.
        typed: The same as the user typed it.
        include_hidden: Whether hidden files are uploaded too.
    """
    found = read(path, include_hidden=include_hidden)
    for where, rule in found.faults[:_MOST_SHOWN]:
        yield OptionFault("path", rule, f"{typed.rstrip('/')}/{where}")
    if not found.files and not found.faults:
        hidden = f"it has hidden ones alone: {shown(found.left_out)}" if found.left_out else None
        yield OptionFault("path", "must have files in it", typed, hidden)
    if found.size > MAX_FOLDER_BYTES:
        yield OptionFault(
            "path",
            f"must have {MAX_FOLDER_BYTES >> 20} MB or less in it",
            f"{found.size >> 20} MB",
            "upload it yourself and use AutoMLDataChannel",
        )


def file_problems(path: Path, told: str) -> Iterator[OptionFault]:
    """Yield what is wrong with a single file.

    Args:
        path: The file; links are followed.
        told: The same as the user typed it.
    """
    status = path.stat()
    rule = _rule_broken(path, path.name, status)
    if rule:
        yield OptionFault("path", rule, told)
    elif not status.st_size:
        yield OptionFault("path", "must not be empty", told)


def shown(names: list[str]) -> str:
    """Return the first few of some names."""
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    return ", ".join(names[:_MOST_SHOWN]) + more


def _walk(
    folder: Path, below: str, chain: tuple[Path, ...], found: Folder, include_hidden: bool
) -> None:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        found.faults.append((below, f"must be readable ({error.strerror})"))
        return
    for entry in entries:
        if found.size > MAX_FOLDER_BYTES or found.files > MOST_FILES:
            return  # Too much already; the rest of a disk may follow.
        where = f"{below}{entry.name}"
        if not include_hidden and is_hidden(entry.name):
            found.left_out.append(where)
            continue
        target = _target(entry, where, chain, found)
        if target is None:
            continue
        if target.is_dir():
            _walk(target, f"{where}/", (*chain, target), found, include_hidden)
        else:
            _take(target, where, found)


def _target(
    entry: os.DirEntry[str], where: str, chain: tuple[Path, ...], found: Folder
) -> Path | None:
    """Return what an entry stands for, or note why it cannot be uploaded."""
    path = Path(entry.path)
    if not entry.is_symlink():
        return path
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        found.faults.append((where, "must be no link that leads nowhere"))
        return None
    if not target.is_relative_to(chain[0]):
        found.faults.append((where, "must be no link that leads out of the folder"))
    elif target in chain:
        found.faults.append((where, "must be no link to a folder that it lies in"))
    else:
        return target
    return None


def _take(path: Path, where: str, found: Folder) -> None:
    try:
        status = path.stat()
    except OSError as error:  # It may have gone since it was listed.
        found.faults.append((where, f"must be readable ({error.strerror})"))
        return
    rule = _rule_broken(path, where, status)
    if rule:
        found.faults.append((where, rule))
        return
    found.files += 1
    found.size += status.st_size + _OVERHEAD_BYTES + 2 * len(where.encode())


def _rule_broken(path: Path, where: str, status: os.stat_result) -> str:
    if not stat.S_ISREG(status.st_mode):
        return "must be a file, and no device, pipe or socket"
    if not os.access(path, os.R_OK):
        return "must be readable"
    if not where.isprintable() or "\\" in where:
        return "must have a name of printable characters, without backslashes"
    if len(where.encode()) > _MAX_NAME_BYTES:
        return f"must have a path of {_MAX_NAME_BYTES} bytes or less"
    return ""
