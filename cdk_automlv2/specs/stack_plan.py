"""What ``automlv2.stacks.json`` of a folder is to say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cdk_automlv2.specs.capacity import fullest, sizes, stacks_for
from cdk_automlv2.specs.folder import load_folder
from cdk_automlv2.specs.stack_file import (
    FILE,
    MOST_STACKS,
    StackFile,
    StackFileError,
    read_stack_file,
)


@dataclass(frozen=True)
class Plan:
    """The stacks of a folder.

    Attributes:
        stacks: What the file is to say.
        changed: Whether it says something else so far.
        models: How many models there are.
        fill: How full the fullest stack is; 1 is full.
    """

    stacks: StackFile
    changed: bool
    models: int
    fill: float


def plan(
    folder: Path,
    *,
    count: int | None = None,
    prefix: str | None = None,
    moved: Sequence[str] = (),
    share_roles: bool | None = None,
) -> Plan:
    """Return the stacks that a folder is to have.

    Args:
        folder: The folder.
        count: How many. Default: as many as it has, or what is enough for a new one.
        prefix: What the stacks' names begin with, in a new folder. Default: the folder's name.
        moved: Models that may move to another stack.
        share_roles: Whether the models of a stack share two roles. Default: as the folder has it;
            in a new one each model has two of its own.

    Raises:
        SpecError: With everything that is wrong in any file.
        StackFileError: If that cannot be, or a stack were too full.
    """
    specs = load_folder(folder)
    names = [spec.name for spec in specs]
    unknown = sorted(set(moved) - set(names))
    if unknown:
        raise StackFileError(f"--move: there is no model {', '.join(unknown)}")
    if (folder / FILE).exists():
        before: StackFile | None = read_stack_file(folder)
        if prefix is not None and before is not None and prefix != before.prefix:
            raise StackFileError(f"prefix must stay {before.prefix}: other names are other stacks")
    else:
        before = None
    shares = before is not None and before.shares_roles if share_roles is None else share_roles
    base, own = sizes(specs, share_roles=shares)
    if before is None:
        enough = count or stacks_for(base, own)
        after = StackFile(prefix or _prefix(folder), enough)
    else:
        after = before.grown(count or before.count, names, moved)
    after = replace(after, shares_roles=shares)
    fill = fullest(after, base, own)
    if fill > 1:
        words = "give a higher --count, and name by --move what is not deployed yet"
        more = ("--count", str(min(after.count + 1, MOST_STACKS)))
        raise StackFileError(f"the fullest stack would be {fill:.0%} full: {words}", more=more)
    return Plan(after, after != before, len(specs), fill)


def _prefix(folder: Path) -> str:
    words = re.split(r"[^A-Za-z0-9]+", folder.resolve().name)
    return "".join(word[:1].upper() + word[1:] for word in words).lstrip("0123456789") or "Models"
