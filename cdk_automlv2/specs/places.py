"""Where in a file a fault's path leads."""

from __future__ import annotations

import re

from cdk_automlv2.errors import OptionFault
from cdk_automlv2.specs.nodes import Listed, Mapped, Mark, Node, Scalar

_STEP = re.compile(
    r"\.?(?P<name>[A-Za-z_$][\w-]*)|\[(?P<index>\d+)\]|\['(?P<single>.*?)'\]|\[\"(?P<double>.*?)\"\]"
)


def mark_of(root: Node, fault: OptionFault) -> Mark:
    """Return the place of a fault: as far along its path as the file goes."""
    node = root
    position = 0
    while found := _STEP.match(fault.path, position):
        below = _below(node, found)
        if below is None:
            break
        node, position = below, found.end()
    return _within(node, fault.got)


def _below(node: Node, step: re.Match[str]) -> Node | None:
    if isinstance(node, Listed):
        index = step["index"]
        return node.items[int(index)] if index and int(index) < len(node.items) else None
    if isinstance(node, Scalar):
        return None
    if step["index"] == "0":
        return node  # One channel may stand for a list of one.
    name = step["name"] or step["single"] or step["double"] or ""
    return node.get(name)


def _within(node: Node, got: object) -> Mark:
    """Return the place of the key that a fault is about, or of the whole."""
    if isinstance(node, Mapped):
        return next((key.mark for key, _ in node.entries if key.text == got), node.mark)
    return node.mark
