"""What is sent to an endpoint: its type, by the file's ending or by how it begins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath

CSV = "text/csv"
_ENDINGS: Mapping[str, str] = {
    ".csv": CSV,
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".parquet": "application/x-parquet",
    ".png": "image/png",
}
_BEGINNINGS: Mapping[bytes, str] = {
    b"\x89PNG\r\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"PAR1": "application/x-parquet",
}


def content_type(body: bytes, name: str = "") -> str:
    """Return the type of ``body``, which lies in a file of that name, if in any.

    A JSON object is JSON; anything else is CSV.
    """
    found = _ENDINGS.get(PurePath(name).suffix.lower())
    if found is not None:
        return found
    for beginning, kind in _BEGINNINGS.items():
        if body.startswith(beginning):
            return kind
    return "application/json" if _is_object(body) else CSV


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False
