"""A YAML or JSON file as nodes that know where they stand; nothing in it is evaluated.

Made from the parser's events, one after the other, so that depth, size and what aliases expand to
are bounded while reading. Tags are refused: what a value is, the option's type decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

try:
    import yaml
except ModuleNotFoundError as error:
    needed = "models as files need PyYAML: pip install 'cdk-automlv2[specs]'"
    raise ModuleNotFoundError(needed, name=error.name) from error

MOST_NODES = 20_000
"""Values in a file, with what aliases repeat."""

DEEPEST = 40
_MERGE = "<<"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Mark:
    """A place in a file; both count from 1."""

    line: int
    column: int


class NotReadableError(Exception):
    """When a file is no YAML or JSON that a spec may be; says where and what to do."""

    def __init__(self, mark: Mark, rule: str, got: object = None, fix: str | None = None) -> None:
        super().__init__(rule)
        self.mark = mark
        self.rule = rule
        self.got = got
        self.fix = fix


@dataclass
class Scalar:
    """A text, as typed; ``plain`` without quotes."""

    mark: Mark
    text: str
    plain: bool
    size: int = 1


@dataclass
class Listed:
    """A list."""

    mark: Mark
    items: list[Node] = field(default_factory=list)
    size: int = 1


@dataclass
class Mapped:
    """A mapping, its keys as texts; those of merge keys follow its own."""

    mark: Mark
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    size: int = 1

    def get(self, key: str) -> Node | None:
        """Return the value of a key."""
        return next((value for name, value in self.entries if name.text == key), None)


Node = Scalar | Listed | Mapped


@dataclass(frozen=True)
class Document:
    """What a file holds, and what is wrong with it that did not stop the reader."""

    root: Node
    faults: tuple[NotReadableError, ...]


def read(text: str, loader: Any = _LOADER) -> Document:
    """Return the one document of a text.

    Args:
        text: YAML.
        loader: The parser of PyYAML to use: in C where there is one, else in Python.

    Raises:
        NotReadableError: At what leaves the rest without a meaning.
    """
    reader = _Reader()
    try:
        found = reader.read(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Mark(1, 1) if mark is None else Mark(mark.line + 1, mark.column + 1)
        if mark is not None and _begins_with_tab(text, mark.line, mark.column):
            rule = "must be YAML, which no tab indents"
            raise NotReadableError(where, rule, "\t", "indent with spaces") from None
        words = " ".join(filter(None, (error.context, error.problem)))
        raise NotReadableError(where, f"must be YAML ({words})") from None
    except yaml.YAMLError as error:
        raise NotReadableError(Mark(1, 1), f"must be YAML ({error})") from None
    return Document(found, tuple(reader.faults))


def _begins_with_tab(text: str, line: int, column: int) -> bool:
    """Whether there is a tab before the first other character of a line, and before a column."""
    rows = _BREAK.split(text)
    before = rows[line][: column + 1] if line < len(rows) else ""
    return "\t" in before and not before.replace("\t", " ")[:-1].strip()


@dataclass
class _Open:
    """A list or mapping that is being read."""

    node: Listed | Mapped
    anchor: str | None
    key: Scalar | None = None
    names: dict[str, Mark] = field(default_factory=dict)
    merged: list[tuple[Mark, Node]] = field(default_factory=list)


class _Reader:
    """Builds nodes from events without recursion."""

    def __init__(self) -> None:
        self.faults: list[NotReadableError] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._pending: set[str] = set()
        self._root: Node | None = None

    def read(self, events: Iterator[Any]) -> Node:
        documents = 0
        for event in events:
            mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise NotReadableError(
                        mark, "must be one document", "---", "one file describes one model"
                    )
            self._take(event, mark)
        if self._root is None:
            raise NotReadableError(Mark(1, 1), "must describe a model", "an empty file")
        return self._root

    def _take(self, event: Any, mark: Mark) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            fix = "leave the tag out: the type of the option decides"
            self.faults.append(NotReadableError(mark, "must have no YAML tags", tag, fix))
        if isinstance(event, yaml.ScalarEvent):
            self._look_at(event.value, mark)
            plain = event.style is None or event.style == ""
            self._add(Scalar(mark, event.value, plain), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._known(str(event.anchor), mark), None, at=mark)
        elif isinstance(event, yaml.CollectionStartEvent):
            is_list = isinstance(event, yaml.SequenceStartEvent)
            self._begin(Listed(mark) if is_list else Mapped(mark), event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()

    def _look_at(self, text: str, mark: Mark) -> None:
        found = _UNPRINTABLE.search(text)
        if found:
            rule = "must hold no control characters"
            self.faults.append(NotReadableError(mark, rule, found[0]))

    def _begin(self, node: Listed | Mapped, anchor: str | None) -> None:
        if len(self._open) >= DEEPEST:
            raise NotReadableError(node.mark, f"must be nested {DEEPEST} deep at most")
        if anchor:
            self._pending.add(anchor)
        self._open.append(_Open(node, anchor))

    def _end(self) -> None:
        done = self._open.pop()
        if isinstance(done.node, Mapped):
            _merge(done.node, done.merged)
        if done.anchor:
            self._pending.discard(done.anchor)
        self._add(done.node, done.anchor)

    def _known(self, anchor: str, mark: Mark) -> Node:
        if anchor in self._pending:
            raise NotReadableError(mark, "must not refer to what it stands in", f"*{anchor}")
        if anchor not in self._anchors:
            raise NotReadableError(mark, f"must refer to an anchor, &{anchor}", f"*{anchor}")
        return self._anchors[anchor]

    def _add(self, node: Node, anchor: str | None, at: Mark | None = None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self._root = node
            return
        place = self._open[-1]
        place.node.size += node.size
        if place.node.size > MOST_NODES:
            rule = f"must hold {MOST_NODES:,} values at most, with what aliases repeat"
            raise NotReadableError(at or node.mark, rule)
        if isinstance(place.node, Listed):
            place.node.items.append(node)
        elif place.key is None:
            place.key = _key(node, at)
        else:
            self._entry(place, place.node.entries, place.key, node)
            place.key = None

    def _entry(
        self, place: _Open, entries: list[tuple[Scalar, Node]], key: Scalar, value: Node
    ) -> None:
        if key.plain and key.text == _MERGE:
            place.merged.append((key.mark, value))
            return
        earlier = place.names.setdefault(key.text, key.mark)
        if earlier is not key.mark:
            there = f"it stands in line {earlier.line} already"
            fault = NotReadableError(key.mark, "must have each key once", key.text, there)
            self.faults.append(fault)
            return
        entries.append((key, value))


def _key(node: Node, at: Mark | None) -> Scalar:
    if not isinstance(node, Scalar):
        raise NotReadableError(at or node.mark, "must have texts as keys", kind(node))
    return node if at is None else Scalar(at, node.text, node.plain)


def _merge(mapping: Mapped, merged: list[tuple[Mark, Node]]) -> None:
    """Add what ``<<`` brings; a mapping's own keys win, then those of the first merged."""
    names = {key.text for key, _ in mapping.entries}
    for mark, value in merged:
        for source in value.items if isinstance(value, Listed) else [value]:
            if not isinstance(source, Mapped):
                rule = "must be a mapping, or a list of mappings, where << merges it"
                raise NotReadableError(mark, rule, kind(source))
            for key, item in source.entries:
                if key.text not in names:
                    names.add(key.text)
                    mapping.entries.append((key, item))


def kind(node: Node) -> str:
    """Return what a node is, as an error shows it."""
    if isinstance(node, Scalar):
        return node.text
    return "a list" if isinstance(node, Listed) else "a mapping"
