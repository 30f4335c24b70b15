"""``automlv2.stacks.json``: into how many stacks a folder's models spread, and who is where.

A model's stack follows from its name alone, so that a file added or removed moves no other. When
there are to be more stacks, the models that would move are kept where they are, by name.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cdk_automlv2._core import strict_json
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.specs.errors import SpecFault, not_json, spec_fault
from cdk_automlv2.specs.nodes import Mark

FILE = "automlv2.stacks.json"
MOST_STACKS = 1000
_VERSION = 1
_OWN, _SHARED = "own", "shared"
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,99}")


class StackFileError(ValueError):
    """When the file of a folder's stacks is missing or cannot be used.

    Args:
        words: What is wrong.
        fault: The same with its place in the file, if it is the file that is wrong.
        more: Options of ``automlv2 stacks`` that would do.
    """

    def __init__(self, words: str, fault: SpecFault | None = None, more: Sequence[str] = ()):
        super().__init__(words)
        self.fault = fault
        self.more = tuple(more)


@dataclass(frozen=True)
class StackFile:
    """The stacks of a folder.

    Attributes:
        prefix: What the stacks' names begin with.
        count: How many there are; only ever more.
        kept: Models that stay in the stack of a former count, by name.
        shares_roles: Whether the models of a stack share two roles, or have two each.
    """

    prefix: str
    count: int
    kept: Mapping[str, int] = field(default_factory=dict)
    shares_roles: bool = False

    def stack_of(self, name: str) -> int:
        """Return the number of a model's stack, from 0."""
        own = self.kept.get(name)
        return bucket(name, self.count) if own is None else own

    def stack_name(self, number: int) -> str:
        """Return the name of a stack."""
        return f"{self.prefix}-{number}"

    def grown(self, count: int, names: Iterable[str], moved: Iterable[str] = ()) -> StackFile:
        """Return the file for more stacks, in which all models but some keep their stack.

        Args:
            count: How many stacks.
            names: The models there are.
            moved: Those that may move: they are trained again where they come to.

        Raises:
            StackFileError: If there were to be fewer stacks.
        """
        if count < self.count:
            words = "fewer would move models, which are then trained again"
            raise StackFileError(f"count must be {self.count} or more, got {count}; {words}")
        staying = set(names) - set(moved)
        kept = {
            name: self.stack_of(name)
            for name in sorted(staying)
            if self.stack_of(name) != bucket(name, count)
        }
        return replace(self, count=count, kept=kept)

    def to_json(self) -> str:
        """Return the text of the file."""
        data = {
            "version": _VERSION,
            "prefix": self.prefix,
            "stacks": self.count,
            **({"roles": _SHARED} if self.shares_roles else {}),
            "kept": dict(sorted(self.kept.items())),
        }
        return json.dumps(data, indent=1) + "\n"


def bucket(name: str, count: int) -> int:
    """Return where a name belongs among so many stacks; the same on every machine, for ever."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:8], "big") % count


def read_stack_file(folder: Path) -> StackFile:
    """Return the stacks of a folder.

    Raises:
        StackFileError: If the file is missing or cannot be used.
    """
    path = folder / FILE
    try:
        data = strict_json.parsed(path.read_bytes()[: 1 << 20])
    except FileNotFoundError:
        raise StackFileError(
            f"{path}: there is none; `automlv2 stacks {folder}` writes it, once"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        fault = not_json(path, error)
        raise StackFileError(f"{path}: must be JSON ({error})", fault) from None
    rule = _rule_broken(data)
    if rule:
        fault = spec_fault(path, Mark(1, 1), OptionFault("file", rule, None))
        raise StackFileError(f"{path}: {rule}", fault)
    is_shared = data.get("roles") == _SHARED
    return StackFile(data["prefix"], data["stacks"], data.get("kept", {}), is_shared)


def _rule_broken(data: Any) -> str | None:
    if not isinstance(data, dict) or data.get("version") != _VERSION:
        return f"must be of version {_VERSION}"
    unknown = data.keys() - {"version", "prefix", "stacks", "roles", "kept"}
    if unknown:
        return f"must have no {', '.join(sorted(unknown))}"
    prefix, kept = data.get("prefix"), data.get("kept", {})
    count: Any = data.get("stacks")
    if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix):
        return "prefix must be letters, digits and hyphens, beginning with a letter"
    if not _is_count(count):
        return f"stacks must be 1 to {MOST_STACKS}"
    if data.get("roles", _OWN) not in (_OWN, _SHARED):
        return f"roles must be {_OWN} or {_SHARED}"
    if not isinstance(kept, dict) or not all(_is_number(item, count) for item in kept.values()):
        return f"kept must name models and numbers from 0 to {count - 1}"
    return None


def _is_count(value: Any) -> bool:
    return type(value) is int and 1 <= value <= MOST_STACKS


def _is_number(value: Any, count: int) -> bool:
    return type(value) is int and 0 <= value < count
