"""Nodes of a file to plain values, as the schema says; every fault with its place.

A scalar is what the *option* is: ``no`` is a word where a text is expected, and no bool.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from cdk_automlv2._core.service_model import nearest
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.specs import lengths
from cdk_automlv2.specs.nodes import Listed, Mapped, Mark, Node, Scalar

FILE = "automlv2.schema.json"
Schema = Mapping[str, Any]

_NULLS = ("", "~", "null", "Null", "NULL")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?([0-9]{1,300}(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_LOOSE_INT = re.compile(r"[-+]?[0-9_]{1,18}")


@cache
def schema() -> dict[str, Any]:
    """Return the shipped schema."""
    found: dict[str, Any] = json.loads(schema_text())
    return found


def schema_text() -> str:
    """Return the shipped schema as it lies in the package."""
    return files("cdk_automlv2.specs").joinpath(FILE).read_text(encoding="utf-8")


def resolved(part: Schema) -> Schema:
    """Return what a reference stands for; anything else as it is."""
    reference = _reference(part)
    if not reference:
        return part
    found: Schema = schema()["definitions"][reference.rpartition("/")[2]]
    return found


def _reference(part: Schema) -> str:
    """Return what a part refers to; with a description beside it, it stands in ``allOf``."""
    within = part.get("allOf", [part])
    return str(within[0].get("$ref", "")) if len(within) == 1 else ""


@dataclass
class Walk:
    """One walk through a file; collects what is wrong."""

    faults: list[tuple[Mark, OptionFault]] = field(default_factory=list)

    def value(self, path: str, node: Node, part: Schema) -> Any:
        """Return what a node stands for; ``None`` for what is faulty."""
        if _is_null(node):
            self.fault(node, path, "must have a value", None, _LEFT_OUT)
            return None
        special = _SPECIAL.get(_reference(part))
        if special is not None:
            return special(self, path, node)
        if isinstance(node, Scalar) and _is_of_seconds(part):
            return self._seconds(path, node)
        wanted = _alternative(node, resolved(part))
        if isinstance(node, Scalar):
            return self._scalar(path, node, wanted)
        if isinstance(node, Listed):
            return self._listed(path, node, wanted)
        return self._mapped(path, node, wanted)

    def fault(self, node: Node | Mark, path: str, rule: str, got: Any, fix: str | None) -> None:
        """Note what is wrong."""
        mark = node if isinstance(node, Mark) else node.mark
        self.faults.append((mark, OptionFault(path, rule, got, fix)))

    def _listed(self, path: str, node: Listed, part: Schema) -> Any:
        if part.get("type") != "array":
            return self._wrong(path, node, part)
        found = [
            self.value(f"{path}[{index}]", item, part["items"])
            for index, item in enumerate(node.items)
        ]
        return [value for value in found if value is not None]

    def _mapped(self, path: str, node: Mapped, part: Schema) -> Any:
        if part.get("type") != "object":
            return self._wrong(path, node, part)
        if "properties" not in part:
            return self._entries(path, node, part)
        return self.options(path, node, part)

    def _entries(self, path: str, node: Mapped, part: Schema) -> dict[str, Any]:
        values = {
            key.text: self._entry(f"{path}[{key.text!r}]", item, part) for key, item in node.entries
        }
        return {key: value for key, value in values.items() if value is not None}

    def _entry(self, path: str, node: Node, part: Schema) -> Any:
        if _is_null(node):
            self.fault(node, path, "must have a value", None, 'write "" for an empty one')
            return None
        return self.value(path, node, part["additionalProperties"])

    def options(self, path: str, node: Mapped, part: Schema) -> dict[str, Any]:
        """Return the options of a mapping, without those that are faulty; needed ones as None."""
        known = part["properties"]
        values: dict[str, Any] = {}
        for key, item in node.entries:
            if key.text in known:
                values[key.text] = self._option(path, key.text, item, part)
            elif not any(re.match(form, key.text) for form in part.get("patternProperties", ())):
                self._unknown(path, key, known)
        given = {key.text for key, _ in node.entries}
        needed = part.get("required", ())
        for name in needed:
            if name not in given:
                self.fault(node, _below(path, name), "must be set", None, None)
        return {k: value for k, value in values.items() if value is not None or k in needed}

    def _option(self, path: str, name: str, node: Node, part: Schema) -> Any:
        if _is_null(node) and name in part.get("required", ()):
            self.fault(node, _below(path, name), "must have a value", None, None)
            return None
        return self.value(_below(path, name), node, part["properties"][name])

    def _unknown(self, path: str, key: Scalar, known: Mapping[str, Any]) -> None:
        fix = nearest(key.text, list(known)) or _elsewhere(key.text, path)
        shown = ", ".join(name for name in known if not name.startswith("$"))
        rule = "must be the name of an option" if fix else f"must be one of {shown}"
        self.fault(key, _below(path, key.text), rule, key.text, fix)

    def _scalar(self, path: str, node: Scalar, part: Schema) -> Any:
        kinds = part.get("type", ())
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if "string" in kinds:
            return self._text(path, node)
        for kind in kinds:
            if kind in _SCALARS:
                return self._number_or_bool(path, node, *_SCALARS[kind])
        return self._wrong(path, node, part)

    def _seconds(self, path: str, node: Scalar) -> int | None:
        """Return seconds, given as their number or as a length of time."""
        found = lengths.parse(node.text)
        seconds = _int(node.text) if found is None else found.seconds
        if seconds is None:
            self.fault(node, path, f"{lengths.RULE}, or seconds", node.text, None)
        return seconds

    def _text(self, path: str, node: Scalar) -> str | None:
        if is_token(node.text):
            rule = "must be known; a file can hold no token of the CDK"
            self.fault(node, path, rule, node.text, "write the value itself")
            return None
        return node.text

    def _number_or_bool(
        self, path: str, node: Scalar, read: Callable[[str], Any], words: str
    ) -> Any:
        found = read(node.text)
        if found is None:
            self.fault(node, path, f"must be {words}", node.text, _number_hint(node.text, words))
            return None
        if not node.plain:
            fix = f"write {node.text} without quotes"
            self.fault(node, path, f"must be {words}", node.text, fix)
            return None
        return found

    def _wrong(self, path: str, node: Node, part: Schema) -> None:
        got = node.text if isinstance(node, Scalar) else _WORDS[type(node)]
        words = " or ".join(dict.fromkeys(_words(part)))
        fix = None
        if isinstance(node, Scalar) and part.get("type") == "array":
            fix = f"write [{node.text}]"
        elif isinstance(node, Scalar) and _takes_channel(part):
            fix = f"write {{{'s3_uri' if '://' in node.text else 'path'}: {node.text}}}"
        self.fault(node, path, f"must be {words}", got, fix)

    def short(self, path: str, node: Node) -> lengths.Length | None:
        """Return a length of time that may be less than a second."""
        text = node.text if isinstance(node, Scalar) else _WORDS[type(node)]
        found = lengths.parse_short(text) if isinstance(node, Scalar) else None
        if found is None:
            self.fault(node, path, lengths.SHORT_RULE, text, None)
        return found

    def length(self, path: str, node: Node) -> lengths.Length | None:
        """Return a length of time."""
        text = node.text if isinstance(node, Scalar) else _WORDS[type(node)]
        found = lengths.parse(text) if isinstance(node, Scalar) else None
        if found is None:
            self.fault(node, path, lengths.RULE, text, lengths.hint(text))
        return found

    def one_of(self, path: str, node: Node, name: str) -> str | None:
        """Return one of the words of a definition that no other rule judges."""
        allowed = schema()["definitions"][name]["enum"]
        text = node.text if isinstance(node, Scalar) else _WORDS[type(node)]
        if text in allowed:
            return text
        self.fault(node, path, f"must be one of {', '.join(allowed)}", text, nearest(text, allowed))
        return None

    def formed(self, path: str, node: Node, name: str) -> str | None:
        """Return a text of a definition's form, which no other rule judges."""
        part = schema()["definitions"][name]
        text = node.text if isinstance(node, Scalar) else _WORDS[type(node)]
        if isinstance(node, Scalar) and re.fullmatch(part["pattern"], text):
            return text
        self.fault(node, path, f"must be {part['title']}", text, None)
        return None

    def kinded(self, path: str, node: Node, kinds: str, prefix: str) -> dict[str, Any] | None:
        """Return the options of a mapping whose ``kind`` says which there are."""
        if not isinstance(node, Mapped):
            self._wrong(path, node, {"type": "object"})
            return None
        kind = node.get("kind")
        if kind is None:
            words = ", ".join(schema()["definitions"][kinds]["enum"])
            self.fault(node, f"{path}.kind", f"must be one of {words}", None, None)
            return None
        name = self.one_of(f"{path}.kind", kind, kinds)
        if name is None:
            return None
        return self.options(path, node, schema()["definitions"][f"{prefix}{name}"])


def _kinds(name: str) -> dict[str, Callable[[Walk, str, Node], Any]]:
    """Return what reads the kind of one of several, and the whole."""
    kinds = f"{name}_kind"
    return {
        f"#/definitions/{kinds}": lambda walk, path, node: walk.one_of(path, node, kinds),
        f"#/definitions/{name}": lambda walk, path, node: walk.kinded(
            path, node, kinds, f"{name}_"
        ),
    }


_SPECIAL: Mapping[str, Callable[[Walk, str, Node], Any]] = {
    "#/definitions/duration": Walk.length,
    "#/definitions/removal_policy": lambda walk, path, node: walk.one_of(
        path, node, "removal_policy"
    ),
    "#/definitions/kind": lambda walk, path, node: walk.one_of(path, node, "kind"),
    "#/definitions/gate_kind": lambda walk, path, node: walk.one_of(path, node, "gate_kind"),
    "#/definitions/problem_config": lambda walk, path, node: walk.kinded(path, node, "kind", ""),
    "#/definitions/gate": lambda walk, path, node: walk.kinded(path, node, "gate_kind", "gate_"),
    "#/definitions/latency": Walk.short,
    "#/definitions/topic": lambda walk, path, node: walk.formed(path, node, "topic"),
    "#/definitions/bucket": lambda walk, path, node: walk.formed(path, node, "bucket"),
    "#/definitions/model_name": lambda walk, path, node: walk.formed(path, node, "model_name"),
    **_kinds("variant"),
    **_kinds("retraining"),
}
"""Definitions that become more than plain values."""


def _int(text: str) -> int | None:
    return int(text) if _INT.fullmatch(text) else None


def _number(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    whole = _int(text)
    found = float(text) if whole is None else whole
    return found if math.isfinite(found) else None


def _bool(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


_SCALARS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "integer": (_int, "an integer"),
    "number": (_number, "a number"),
    "boolean": (_bool, "true or false"),
}
_CHANNEL = "#/definitions/AutoMLDataChannel"
_LEFT_OUT = "leave it out for the default"
_WORDS = {Listed: "a list", Mapped: "a mapping"}
_YES, _NO = ("yes", "on", "1", "true"), ("no", "off", "0", "false")


def _number_hint(text: str, words: str) -> str | None:
    if words == "true or false":
        meant = text.strip().lower()
        return "use true" if meant in _YES else "use false" if meant in _NO else None
    if _LOOSE_INT.fullmatch(text) and text.strip("+-_"):
        return f"use {int(text.replace('_', ''))}"
    return None


def _is_of_seconds(part: Schema) -> bool:
    """Whether a part is a length of time, or a number of seconds."""
    return "#/definitions/duration" in map(_reference, part.get("anyOf", ()))


def _alternative(node: Node, part: Schema) -> Schema:
    """Return the one of several forms that a node has; the whole where it has none of them."""
    if "type" in part:
        return part
    choices = [resolved(choice) for choice in part.get("anyOf", ())]
    fitting = [choice for choice in choices if _fits(node, choice)]
    if isinstance(node, Mapped):
        told = [choice for choice in fitting if any(map(node.get, choice.get("required", ())))]
        fitting = told or fitting
    return fitting[0] if fitting else part


def _fits(node: Node, part: Schema) -> bool:
    kinds = {Listed: "array", Mapped: "object"}
    wanted = part.get("type")
    return wanted == kinds[type(node)] if type(node) in kinds else wanted not in kinds.values()


def _words(part: Schema) -> Iterator[str]:
    for choice in part.get("anyOf", ()):
        yield from _words(resolved(choice))
    kinds = part.get("type", ())
    for kind in [kinds] if isinstance(kinds, str) else kinds[:1]:
        names = {"array": "a list", "object": "a mapping", "string": "a text"}
        yield names.get(kind) or _SCALARS[kind][1]


def _takes_channel(part: Schema) -> bool:
    return any(_reference(choice) == _CHANNEL for choice in part.get("anyOf", ()))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and node.text in _NULLS


def _elsewhere(name: str, path: str) -> str | None:
    """Return the section that has an option of that name, if another one has."""
    whole = schema()["properties"]
    sections = {key: resolved(part).get("properties", {}) for key, part in whole.items()}
    here = path.partition(".")[0]
    found = [key for key, options in sections.items() if name in options and key != here]
    if found:
        return f"it belongs below {found[0]}:"
    return "it belongs to the top of the file" if path and name in whole else None
