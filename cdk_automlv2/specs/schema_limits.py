"""Limits of the service's model as JSON Schema has them."""

from __future__ import annotations

import re
from typing import Any

Schema = dict[str, Any]


def text() -> Schema:
    """Return the schema of a text; as the option is a text, a number or a word may be meant so."""
    return {"type": ["string", "number", "boolean"]}


def limited(part: Schema, shape: Any) -> Schema:
    """Return a schema with the limits of a shape of botocore's, where both are of a kind."""
    if shape is None or "$ref" in part:
        # Draft 7 ignores what stands beside a reference.
        return {"allOf": [part]} if "$ref" in part else part
    if "anyOf" in part:
        return {**part, "anyOf": [limited(choice, shape) for choice in part["anyOf"]]}
    kind = part.get("type")
    limit = _LIMITS.get(kind if isinstance(kind, str) else "string")
    return {**part, **limit(part, shape)} if limit else part


def _text(part: Schema, shape: Any) -> Schema:
    if shape.type_name != "string":
        return {}
    if shape.enum:
        return _words(part, shape.enum)
    found = _bounds(shape, "minLength", "maxLength")
    pattern = shape.metadata.get("pattern")
    if pattern and _is_plain(pattern):
        found["pattern"] = f"^(?:{pattern})$"
    return found


_MOST_WORDS = 60


def _words(part: Schema, allowed: list[str]) -> Schema:
    """Return a closed set; a long one, such as that of instance types, grows with each boto3."""
    if "enum" in part:
        return {}
    if len(allowed) <= _MOST_WORDS:
        return {"type": "string", "enum": list(allowed)}
    return {"type": "string", "anyOf": [{"enum": list(allowed)}, {"pattern": "^ml\\."}]}


def _is_plain(pattern: str) -> bool:
    """Whether editors, which know ECMA's expressions, read a pattern as the service does."""
    if re.search(r"\\p\{|\\[AZzGQE]|\(\?[^:=!]|[+*?}]\+", pattern):
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _number(part: Schema, shape: Any) -> Schema:
    if shape.type_name not in ("integer", "long", "float", "double"):
        return {}
    return _bounds(shape, "minimum", "maximum")


def _list(part: Schema, shape: Any) -> Schema:
    if shape.type_name != "list":
        return {}
    return {**_bounds(shape, "minItems", "maxItems"), "items": limited(part["items"], shape.member)}


def _map(part: Schema, shape: Any) -> Schema:
    value = part.get("additionalProperties")
    if "properties" in part or not isinstance(value, dict):
        return {}
    if shape.type_name == "map":
        bounds = _bounds(shape, "minProperties", "maxProperties")
        return {**bounds, "additionalProperties": limited(value, shape.value)}
    if shape.type_name != "structure":
        return {}
    return {
        "additionalProperties": False,
        "required": list(shape.required_members),
        "properties": {name: limited(value, member) for name, member in shape.members.items()},
    }


_LIMITS = {"string": _text, "integer": _number, "number": _number, "array": _list, "object": _map}


def _bounds(shape: Any, low: str, high: str) -> Schema:
    found = {low: shape.metadata.get("min"), high: shape.metadata.get("max")}
    # A length of 0 or more says nothing.
    return {
        name: value
        for name, value in found.items()
        if value is not None and (value or name == "minimum")
    }
