"""Files of specs: which they are in a folder, and their text, read within bounds."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from cdk_automlv2.specs.nodes import Mark, NotReadableError

SUFFIXES = (".automlv2.yaml", ".automlv2.yml", ".automlv2.json")
LARGEST = 1 << 20
"""Bytes of a file."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PAIR = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
)
"""A character beyond the first 65,536, as JSON escapes it: in two halves."""

_HALF = re.compile(r"(?<!\\)(?:\\\\)*(\\u[dD][89a-fA-F][0-9a-fA-F]{2})")
"""One of two halves of a character, as JSON escapes it, without the other."""

_START = Mark(1, 1)


def is_spec(path: Path) -> bool:
    """Whether a file's name is that of a spec."""
    return path.name.endswith(SUFFIXES)


def spec_name(path: Path) -> str:
    """Return the name of what a file describes: that of the file, without the suffix."""
    for suffix in SUFFIXES:
        if path.name.endswith(suffix):
            return path.name.removesuffix(suffix)
    return path.name.partition(".")[0]


def spec_files(folder: Path) -> list[Path]:
    """Return the specs in a folder and in the folders below it, in the order of their names.

    Hidden folders are left out, and links to folders are not followed.
    """
    return sorted(_walk(folder), key=lambda path: (spec_name(path), str(path)))


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)
        elif is_spec(entry) and not entry.is_dir():
            yield entry


def misplaced(folder: Path, name: str) -> Iterator[Path]:
    """Yield files of a name in folders below one, which are read in the folder itself only."""
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
            if (entry / name).is_file():
                yield entry / name
            yield from misplaced(entry, name)


def text_of(path: Path, root: Path | None = None) -> str:
    """Return the text of a file, without its byte order mark.

    Args:
        path: The file.
        root: The folder that a link must not lead out of. Default: links lead where they lead.

    Raises:
        NotReadableError: If it is no text that a spec may be.
    """
    data = _bytes_of(path, root)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotReadableError(_START, "must be UTF-8", "UTF-16", "save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = _mark_at(data[: error.start].decode("utf-8-sig", "replace"))
        raise NotReadableError(where, "must be UTF-8", data[error.start : error.end]) from None
    control = _CONTROL.search(text)
    if control:
        where = _mark_at(text[: control.start()])
        raise NotReadableError(where, "must hold no control characters", control[0])
    return _json_as_yaml(text) if path.suffix == ".json" else text


def _bytes_of(path: Path, root: Path | None) -> bytes:
    try:
        found = path.resolve(strict=True)
        status = found.stat()
        if root is not None and not found.is_relative_to(root.resolve()):
            raise NotReadableError(
                _START, "must be no link that leads out of the folder", str(found)
            )
        if not stat.S_ISREG(status.st_mode):
            raise NotReadableError(_START, "must be a file, and no device, pipe or folder")
        with found.open("rb") as file:
            data = file.read(LARGEST + 1)
    except ValueError:  # A path that the system takes for none, such as one with a NUL in it.
        raise NotReadableError(_START, "must be the path of a file", str(path)) from None
    except (OSError, RuntimeError) as error:
        words = getattr(error, "strerror", None) or "a link that leads to itself"
        raise NotReadableError(_START, f"must be readable ({words})") from None
    if len(data) > LARGEST:
        rule = f"must have {LARGEST >> 20} MB or less"
        raise NotReadableError(_START, rule, f"{status.st_size:,} bytes")
    return data


def _mark_at(before: str) -> Mark:
    """Return where the text goes on after ``before``."""
    return Mark(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def _json_as_yaml(text: str) -> str:
    """Return JSON as YAML understands it, in which tabs do not indent; places stay the same.

    Raises:
        NotReadableError: If it is no JSON.
    """
    try:
        json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        where = Mark(error.lineno, error.colno)
        raise NotReadableError(where, f"must be JSON ({error.msg})") from None
    except RecursionError:
        raise NotReadableError(_START, "must not be nested so deep") from None
    except ValueError as error:
        raise NotReadableError(_START, f"must be JSON ({error})") from None
    # Within texts JSON takes no tab. Of a pair of escapes YAML would make two halves.
    whole = _PAIR.sub(_joined, text.replace("\t", " "))
    half = _HALF.search(whole)
    if half:
        where = _mark_at(whole[: half.start(1)])
        raise NotReadableError(where, "must hold no half of a character", half[1])
    return whole


def _joined(found: re.Match[str]) -> str:
    code = 0x10000 + ((int(found[2], 16) - 0xD800) << 10) + (int(found[3], 16) - 0xDC00)
    return f"{found[1]}\\U{code:08x}"


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number")
