"""Types back from strings, by the shapes of the API itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automlv2_handlers.errors import LifecycleError


def request_from(properties: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    """Return the properties that are members of ``shape``, with their types restored.

    Args:
        properties: ``ResourceProperties``; CloudFormation made every scalar a string.
        shape: The botocore input shape of the operation.

    Raises:
        LifecycleError: If a string is no number or boolean where the API wants one, or a nested
            member is not known: leaving it out would train or serve something else.
    """
    known = {key: value for key, value in properties.items() if key in shape.members}
    restored: dict[str, Any] = coerce(known, shape, "")
    return restored


def coerce(value: Any, shape: Any, path: str) -> Any:
    """Return ``value`` as ``shape`` wants it; ``path`` names it in errors."""
    match shape.type_name:
        case "structure":
            return _structure(_checked(value, Mapping, "an object", path), shape, path)
        case "map":
            entries = _checked(value, Mapping, "an object", path).items()
            return {key: coerce(item, shape.value, f"{path}.{key}") for key, item in entries}
        case "list":
            items = enumerate(_checked(value, list, "a list", path))
            return [coerce(item, shape.member, f"{path}[{i}]") for i, item in items]
    return _scalar(value, shape.type_name, path)


def _checked(value: Any, wanted: type, words: str, path: str) -> Any:
    if not isinstance(value, wanted):
        raise LifecycleError(f"{path}: must be {words}, got {value!r}")
    return value


def _structure(value: Mapping[str, Any], shape: Any, path: str) -> dict[str, Any]:
    unknown = [f"{path}.{key}".lstrip(".") for key in value if key not in shape.members]
    if unknown:
        raise LifecycleError(
            f"{', '.join(unknown)}: not known to the function's boto3, which knows "
            f"{', '.join(shape.members)}; check the spelling"
        )
    return {
        key: coerce(item, shape.members[key], f"{path}.{key}".lstrip("."))
        for key, item in value.items()
    }


def _scalar(value: Any, type_name: str, path: str) -> Any:
    try:
        match type_name:
            case "integer" | "long":
                return int(value)
            case "float" | "double":
                return float(value)
            case "boolean":
                return is_true(value)
    except (TypeError, ValueError):
        raise LifecycleError(f"{path}: must be of type {type_name}, got {value!r}") from None
    return value


def is_true(value: Any) -> bool:
    """Return the boolean that CloudFormation sends as ``"true"`` or ``"false"``.

    Raises:
        ValueError: If it is neither.
    """
    text = str(value).lower()
    if text not in ("true", "false"):
        raise ValueError(value)
    return text == "true"
