"""Small helpers around jsii: what would cost a call into Node for every value, done in Python."""

from __future__ import annotations

import re
from typing import Any

_TEXT_TOKEN = re.compile(r"\$\{Token\[|#\{Token\[")
_NUMBER_TOKENS_BELOW = -1e280
"""CDK encodes number tokens near -1.89e289; no option here is anywhere near."""


def is_token(value: Any) -> bool:
    """Whether ``value`` is known only at deployment; as ``Token.is_unresolved``, without Node."""
    match value:
        case str():
            return _TEXT_TOKEN.search(value) is not None
        case bool() | None:
            return False
        case int() | float():
            return value < _NUMBER_TOKENS_BELOW
        case list() | tuple():
            return len(value) == 1 and isinstance(value[0], str) and is_token(value[0])
        case dict():
            return False
    return is_resolvable(value)


def is_resolvable(value: Any) -> bool:
    """Whether ``value`` is an ``IResolvable``; asked of its class, so that no getter runs.

    A stack has a method ``resolve`` too, but nothing that says where it was made.
    """
    delegates = vars(value).get("_delegates") if hasattr(value, "__dict__") else None
    if delegates:
        return any(is_resolvable(item) for item in delegates)
    kind = type(value)
    return hasattr(kind, "resolve") and hasattr(kind, "creation_stack")


def without_none(**members: Any) -> dict[str, Any]:
    """Return the members that are set."""
    return {key: value for key, value in members.items() if value is not None}
