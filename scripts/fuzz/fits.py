"""Whether a value may be right for an annotation: an opinion of its own, to judge the library's."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import aws_cdk as cdk

from cdk_automlv2._core.annotations import has_members, implements

_COLLECTIONS = (list, dict, Sequence, Mapping)


def fits(value: Any, kind: Any) -> bool:
    """Whether a value is what an annotation asks for; a token may stand for anything."""
    if hasattr(value, "resolve"):
        return True
    if value in ([], {}, ()) and not isinstance(value, bool) and _may_be_unset(kind):
        return True
    return _fits(value, kind)


def _may_be_unset(kind: Any) -> bool:
    parts = _parts(kind)
    return type(None) in parts and any(get_origin(part) in _COLLECTIONS for part in parts)


def _parts(kind: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the annotation alone."""
    if get_origin(kind) is Annotated:
        return _parts(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return tuple(inner for part in get_args(kind) for inner in _parts(part))
    return (kind,)


def _fits(value: Any, kind: Any) -> bool:
    return any(_fits_one(value, part) for part in _parts(kind))


def _fits_one(value: Any, kind: Any) -> bool:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in (Any, object):
        return True
    if kind is type(None) or value is None:
        return value is None and kind is type(None)
    if origin is Literal:
        return value in arguments or _is_token(value)
    if origin in (list, Sequence, tuple):
        return isinstance(value, list | tuple) and all(fits(item, arguments[0]) for item in value)
    if origin in (dict, Mapping):
        return isinstance(value, Mapping) and all(
            fits(key, arguments[0]) and fits(item, arguments[1]) for key, item in value.items()
        )
    if kind in _SCALARS:
        return _SCALARS[kind](value) or (kind is not bool and _is_token(value))
    if getattr(kind, "_is_protocol", False):
        declared = hasattr(kind, "__jsii_type__")
        return implements(value, kind) if declared else has_members(value, kind)
    return isinstance(value, kind if origin is None else origin)


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and bool(cdk.Token.is_unresolved(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_SCALARS = {
    bool: lambda value: isinstance(value, bool),
    float: _is_number,
    int: lambda value: _is_number(value) and isinstance(value, int),
    str: lambda value: isinstance(value, str),
}
