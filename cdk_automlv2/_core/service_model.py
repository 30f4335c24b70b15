"""Limits, enumerations and patterns of the API, read from botocore's service model.

Read at synth, so they are those of the installed boto3 and never stale.
"""

from __future__ import annotations

import difflib
import gzip
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault

_LONG = 10
"""Enumerations longer than this are not listed whole in an error."""


SAGEMAKER = "sagemaker"


@cache
def _model(service: str = SAGEMAKER) -> Any:
    from botocore.model import ServiceModel

    return ServiceModel(_read_model(service), service)


def _read_model(service: str) -> Any:
    """Read the newest model; botocore's own loader does it in ordered dicts, twice as slowly."""
    import botocore

    data = Path(botocore.__file__).parent / "data" / service
    newest = max(path for path in data.iterdir() if path.is_dir())
    packed = newest / "service-2.json.gz"
    if packed.exists():
        return json.loads(gzip.decompress(packed.read_bytes()))
    return json.loads((newest / "service-2.json").read_bytes())


@cache
def shape_at(operation: str, path: str) -> Any:
    """Return the botocore shape of a member of an operation's input.

    Args:
        operation: Such as ``CreateAutoMLJobV2``.
        path: Members joined by dots, ``[]`` for a list's item, such as ``Tags[].Key``.
    """
    shape = _model().operation_model(operation).input_shape
    for part in path.split("."):
        shape = shape.members[part.removesuffix("[]")]
        if part.endswith("[]"):
            shape = shape.member
    return shape


def problems(path: str, value: Any, shape: Any) -> Iterator[OptionFault]:
    """Yield what is wrong with ``value`` at the caller's ``path``; tokens are not looked into.

    Structures are checked for missing and unknown members, unions for exactly one member, scalars
    for type, range, length, enumeration and pattern.
    """
    if value is None or is_token(value):
        return
    match shape.type_name:
        case "structure":
            yield from _structure(path, value, shape)
        case "list":
            yield from _list(path, value, shape)
        case "map":
            yield from _map(path, value, shape)
        case _:
            yield from _scalar(path, value, shape)


def _structure(path: str, value: Any, shape: Any) -> Iterator[OptionFault]:
    if not isinstance(value, dict):
        yield OptionFault(path, "must be a dict", value)
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield OptionFault(f"{path}.{name}", "must be set", None)
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        yield OptionFault(
            path, f"must have exactly one of {', '.join(shape.members)}", sorted(value)
        )
    for name, item in value.items():
        if name not in shape.members:
            yield OptionFault(f"{path}.{name}", f"must be one of {', '.join(shape.members)}", name)
        else:
            yield from problems(f"{path}.{name}", item, shape.members[name])


def _list(path: str, value: Any, shape: Any) -> Iterator[OptionFault]:
    if isinstance(value, str | dict) or not hasattr(value, "__iter__"):
        yield OptionFault(path, "must be a list", value)
        return
    yield from _size(path, len(value), shape, "item", value)
    for index, item in enumerate(value):
        yield from problems(f"{path}[{index}]", item, shape.member)


def _map(path: str, value: Any, shape: Any) -> Iterator[OptionFault]:
    if not isinstance(value, dict):
        yield OptionFault(path, "must be a dict", value)
        return
    yield from _size(path, len(value), shape, "entry", value)
    for key, item in value.items():
        yield from problems(f"{path} key", key, shape.key)
        yield from problems(f"{path}[{key!r}]", item, shape.value)


_TYPES: dict[str, tuple[Any, str]] = {
    "string": (str, "a str"),
    "integer": (int, "an int"),
    "long": (int, "an int"),
    "float": ((int, float), "a number"),
    "double": ((int, float), "a number"),
    "boolean": (bool, "a bool"),
}


def _scalar(path: str, value: Any, shape: Any) -> Iterator[OptionFault]:
    wanted, words = _TYPES.get(shape.type_name, (object, "a value"))
    is_bool = isinstance(value, bool)
    if not isinstance(value, wanted) or (is_bool and shape.type_name != "boolean"):
        yield OptionFault(path, f"must be {words}", value)
    elif shape.type_name == "string":
        yield from _text(path, value, shape)
    elif not is_bool:
        yield from _size(path, value, shape, "", value)


def _text(path: str, value: str, shape: Any) -> Iterator[OptionFault]:
    if shape.enum:
        if value not in shape.enum:
            listed = ", ".join(shape.enum[:_LONG]) + (", …" if len(shape.enum) > _LONG else "")
            yield OptionFault(path, f"must be one of {listed}", value, nearest(value, shape.enum))
        return
    yield from _size(path, len(value), shape, "character", value)
    pattern = shape.metadata.get("pattern")
    if pattern and not matches(pattern, value):
        yield OptionFault(path, f"must match {pattern}", value)


def nearest(value: str, allowed: Sequence[str]) -> str | None:
    """Return what was most likely meant, as a remedy; ``None`` if nothing is near."""
    meant = value.strip().lower()
    same = [item for item in allowed if item.lower() == meant]
    # "m5.large" lacks its prefix; by letters alone, "ml.r5.large" would be as near.
    longer = [item for item in allowed if len(meant) > 1 and item.lower().endswith(meant)]
    parts = [item for item in allowed if len(meant) > 2 and meant in item.lower()]
    found = same or longer or parts or difflib.get_close_matches(value, allowed, n=1, cutoff=0.75)
    return f"use {found[0]!r}" if found else None


def matches(pattern: str, value: str) -> bool:
    """Whether the whole of ``value`` matches a pattern of the model."""
    try:
        text = _plain(value) if r"\p{" in pattern else value
        return _compiled(pattern).fullmatch(text) is not None
    except re.error:
        return True  # Java's classes, which Python lacks; the service will look.


_CATEGORIES = {"L": "a-zA-Z", "N": "0-9", "Z": " "}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    r"""Return a pattern for plain text: ``\p{L}`` is a letter of those that ``_plain`` leaves."""
    plain = re.sub(r"\\p\{([LNZ])\}", lambda found: _CATEGORIES[found[1]], pattern)
    return re.compile(plain)


def _plain(value: str) -> str:
    """Return the text with a plain letter, digit or space for each that is not ASCII."""
    if value.isascii():
        return value
    return "".join(_plain_character(character) for character in value)


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    return {"L": "a", "N": "0", "Z": " "}.get(unicodedata.category(character)[0], "\x7f")


def _size(path: str, size: float, shape: Any, unit: str, got: Any) -> Iterator[OptionFault]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is None or size >= low) and (high is None or size <= high):
        return
    if low == high:
        bounds = str(low)
    elif low is not None and high is not None:
        bounds = f"{low} to {high}"
    else:
        bounds = f"{low} or more" if high is None else f"{high} or less"
    plural = {"": "", "entry": " entries"}.get(unit, f" {unit}s")
    if low == high == 1:
        plural = f" {unit}"
    yield OptionFault(path, f"must {'have' if unit else 'be'} {bounds}{plural}", got)


def input_shape(operation: str, service: str = SAGEMAKER) -> Any:
    """Return the botocore shape of an operation's input."""
    return _model(service).operation_model(operation).input_shape


def output_shape(operation: str, service: str = SAGEMAKER) -> Any:
    """Return the botocore shape of an operation's output; ``None`` if it answers nothing."""
    return _model(service).operation_model(operation).output_shape


def operations(service: str = SAGEMAKER) -> frozenset[str]:
    """Return the names of all operations of a service."""
    return frozenset(_model(service).operation_names)


@dataclass(frozen=True)
class SpreadShape:
    """The shape of a list whose items each stand for one member of the items of another list."""

    outer: Any
    member: Any
    type_name: str = "list"

    @property
    def metadata(self) -> dict[str, Any]:
        """The bounds of the outer list."""
        bounds: dict[str, Any] = self.outer.metadata
        return bounds


@cache
def spread_shape_at(operation: str, path: str) -> SpreadShape:
    """Return the shape of ``A[*].B``: a list of what member B of A's items may be."""
    outer, _, inner = path.partition("[*].")
    shape = shape_at(operation, outer)
    return SpreadShape(shape, shape.member.members[inner])
