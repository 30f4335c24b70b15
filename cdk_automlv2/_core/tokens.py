"""Small helpers around jsii: what would cost a call into Node for every value, done in Python."""

from __future__ import annotations

import re
from typing import Any

_TEXT_TOKEN = re.compile(r"\$\{Token\[|#\{Token\[")
_WHOLE_TOKEN = re.compile(r"[$#]\{Token\[[^\]]*\]\}")
_LOOKED_UP = "dummy-value-for-"
"""What the CDK puts for ``StringParameter.value_from_lookup`` until the CLI has looked it up: the
app must synthesize with it once, or the CLI never learns what to look up."""
_NUMBER_TOKENS_BELOW = -1e280
"""CDK encodes number tokens near -1.89e289; no option here is anywhere near."""


def is_token(value: Any) -> bool:
    """Whether ``value`` is not known yet; as ``Token.is_unresolved``, without Node.

    It is known at deployment, or, of a parameter that the CDK CLI looks up, at the next synth.
    """
    match value:
        case str():
            return holds_token(value) or is_looked_up(value)
        case bool() | None:
            return False
        case int() | float():
            return value < _NUMBER_TOKENS_BELOW
        case list() | tuple():
            return len(value) == 1 and isinstance(value[0], str) and is_token(value[0])
        case dict():
            return False
    return is_resolvable(value)


def is_looked_up(text: str | None) -> bool:
    """Whether the CDK CLI has yet to look a text up."""
    return text is not None and _LOOKED_UP in text


def holds_token(text: str) -> bool:
    """Whether a text is known only at deployment, so that it is another one at every synth."""
    return _TEXT_TOKEN.search(text) is not None


def without_tokens(text: str) -> str:
    """Return what is known of a text that may hold tokens, with a letter for each of them."""
    return _WHOLE_TOKEN.sub("x", text)


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
