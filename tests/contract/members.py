"""The members of an operation's input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def members(shape: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of a structure's members that have none of their own."""
    for name, member in shape.members.items():
        here = f"{path}.{name}".lstrip(".")
        if member.type_name == "list":
            here, member = f"{here}[]", member.member
        if member.type_name == "structure":
            yield from members(member, here)
        else:
            yield here
