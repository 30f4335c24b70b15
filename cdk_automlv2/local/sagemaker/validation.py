"""What AWS's front end says of a request: types first, then every broken constraint of the model.

The form is Coral's: ``2 validation errors detected: Value 'x' at 'tags.1.member.key' failed to
satisfy constraint: Member must …; Value null at …``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from cdk_automlv2._core import service_model
from cdk_automlv2.local.sagemaker.errors import ServiceError, validation

NOT_NULL = "Member must not be null"
Fault = tuple[str, str]
"""Value as shown and place; what it must satisfy."""


def checked(request: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    """Return the request as the operation sees it: known members, timestamps as times.

    Raises:
        ServiceError: ``SerializationException`` for a wrong type, ``ValidationException`` with
            every constraint that is broken.
    """
    read: dict[str, Any] = _read(request, shape)
    raise_if_any(list(_structure("", read, shape)))
    return read


def fault(value: Any, place: str, constraint: str) -> Fault:
    """Return one broken constraint."""
    shown = "null" if value is None else f"'{_shown(value)}'"
    return f"Value {shown} at '{place}'", constraint


def raise_if_any(faults: list[Fault]) -> None:
    """Raise one ``ValidationException`` of all faults, if there are any."""
    if faults:
        count = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected"
        listed = "; ".join(
            f"{where} failed to satisfy constraint: {what}" for where, what in faults
        )
        raise validation(f"{count}: {listed}")


def member(name: str) -> str:
    """Return a member's name as errors have it."""
    return name[:1].lower() + name[1:]


_WANTED: Mapping[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "String"),
    "integer": ((int,), "Integer"),
    "long": ((int,), "Long"),
    "float": ((int, float), "Float"),
    "double": ((int, float), "Double"),
    "boolean": ((bool,), "Boolean"),
    "timestamp": ((int, float), "Timestamp"),
}


def _read(value: Any, shape: Any) -> Any:
    """Return a value in the types of the model; members it does not know are left out."""
    match shape.type_name:
        case "structure":
            _require_type(value, dict, "structure or map")
            return {
                name: _read(value[name], inner)
                for name, inner in shape.members.items()
                if value.get(name) is not None
            }
        case "map":
            _require_type(value, dict, "structure or map")
            return {key: _read(item, shape.value) for key, item in value.items()}
        case "list":
            _require_type(value, list, "list")
            return [_read(item, shape.member) for item in value if item is not None]
    return _scalar(value, shape)


def _require_type(value: Any, wanted: type, words: str) -> None:
    if not isinstance(value, wanted):
        _refuse_container(value)
        raise _unreadable(f"{_json_name(value)} found where a {words} was expected.")


def _refuse_container(value: Any) -> None:
    if isinstance(value, dict | list):
        found = "structure or map" if isinstance(value, dict) else "list"
        raise _unreadable(f"Start of {found} found where not expected.")


def _scalar(value: Any, shape: Any) -> Any:
    types, words = _WANTED[shape.type_name]
    _refuse_container(value)
    if float not in types and isinstance(value, float) and value.is_integer():
        value = int(value)
    is_wanted = isinstance(value, types) and isinstance(value, bool) == (bool in types)
    if not is_wanted or not _fits(value, shape.type_name):
        raise _unreadable(f"{_json_name(value)} can not be converted to a {words}")
    return _time(value) if shape.type_name == "timestamp" else value


def _json_name(value: Any) -> str:
    match value:
        case bool():
            return f"{value}_VALUE".upper()
        case str():
            return "STRING_VALUE"
    return "NUMBER_VALUE"


def _fits(value: Any, type_name: str) -> bool:
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    bits = {"integer": 31, "long": 63}.get(type_name)
    if bits is not None:
        return bool(-(2**bits) <= value < 2**bits)
    return not isinstance(value, float) or math.isfinite(value)


def _time(value: float) -> datetime:
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise _unreadable("NUMBER_VALUE can not be converted to a Timestamp") from error


def _unreadable(message: str) -> ServiceError:
    return ServiceError("SerializationException", message)


def _faults(place: str, value: Any, shape: Any) -> Iterator[Fault]:
    match shape.type_name:
        case "structure":
            yield from _structure(place, value, shape)
        case "list":
            yield from _constraints_broken(place, value, shape)
            yield from _items(place, value, shape)
        case "map":
            yield from _constraints_broken(place, value, shape)
            yield from _entries(place, value, shape)
        case _:
            yield from _constraints_broken(place, value, shape)


def _structure(place: str, value: dict[str, Any], shape: Any) -> Iterator[Fault]:
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        yield fault(value, place, f"Member must have exactly one of [{', '.join(shape.members)}]")
    for name, inner in shape.members.items():
        where = f"{place}.{member(name)}" if place else member(name)
        if name in value:
            yield from _faults(where, value[name], inner)
        elif name in shape.required_members:
            yield fault(None, where, NOT_NULL)


def _items(place: str, value: list[Any], shape: Any) -> Iterator[Fault]:
    if _is_scalar(shape.member):
        yield from _together(place, value, value, shape.member, "Member must satisfy constraint")
        return
    for number, item in enumerate(value, start=1):
        yield from _faults(f"{place}.{number}.member", item, shape.member)


def _entries(place: str, value: dict[str, Any], shape: Any) -> Iterator[Fault]:
    yield from _together(place, value, value, shape.key, "Map keys must satisfy constraint")
    if _is_scalar(shape.value):
        items = list(value.values())
        yield from _together(place, value, items, shape.value, "Map value must satisfy constraint")
        return
    for key, item in value.items():
        yield from _faults(f"{place}.{key}.member", item, shape.value)


def _together(place: str, value: Any, items: Any, shape: Any, words: str) -> Iterator[Fault]:
    """Yield one fault for all items of a list or map, as the service does for scalars."""
    if any(not kept for item in items for _, kept in _constraints(item, shape)):
        listed = ", ".join(text for text, _ in _constraints(next(iter(items)), shape))
        yield fault(value, place, f"{words}: [{listed}]")


def _is_scalar(shape: Any) -> bool:
    return shape.type_name not in ("structure", "list", "map")


def _constraints_broken(place: str, value: Any, shape: Any) -> Iterator[Fault]:
    for text, kept in _constraints(value, shape):
        if not kept:
            yield fault(value, place, text)


def _constraints(value: Any, shape: Any) -> Iterator[tuple[str, bool]]:
    """Yield each constraint of a shape, and whether ``value`` keeps it."""
    allowed = getattr(shape, "enum", None)
    if allowed:
        yield f"Member must satisfy enum value set: [{', '.join(allowed)}]", value in allowed
        return
    is_sized = isinstance(value, str | list | dict)
    size = len(value) if is_sized else value
    what = "length" if is_sized else "value"
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if high is not None:
        yield f"Member must have {what} less than or equal to {high}", size <= high
    if low is not None:
        yield f"Member must have {what} greater than or equal to {low}", size >= low
    pattern = shape.metadata.get("pattern")
    if pattern:
        words = f"Member must satisfy regular expression pattern: {pattern}"
        yield words, service_model.matches(pattern, value)


def _shown(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{key}={_shown(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(_shown(item) for item in value) + "]"
        case datetime():
            return value.isoformat()
    return str(value)
