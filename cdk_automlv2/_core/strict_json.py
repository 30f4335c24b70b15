"""JSON that people write and others review: a key that stands twice, and NaN, are refused."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def parsed(text: str | bytes) -> Any:
    """Return what JSON says; of a byte order mark it takes no notice.

    Raises:
        ValueError: If it is no JSON, or a key stands twice: the first one would be passed over.
    """
    whole = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
    return json.loads(whole, object_pairs_hook=_once, parse_constant=_refused)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice")
    return found


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
