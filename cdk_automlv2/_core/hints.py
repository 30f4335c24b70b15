"""What to write instead of a value of the wrong type."""

from __future__ import annotations

from enum import Enum
from typing import Any

_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_ALIASES = {"aws_cdk": "cdk", "constructs": "constructs"}


def name_of(kind: type) -> str:
    """Return what a user writes for a type, with an article: ``a cdk.Duration``."""
    name = _written(kind)
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _written(kind: type) -> str:
    module, name = kind.__module__, kind.__name__
    if module.startswith("aws_cdk.aws_"):
        return f"{module.removeprefix('aws_cdk.aws_').rstrip('_')}.{name}"
    return f"{_ALIASES[module]}.{name}" if module in _ALIASES else name


def hint(value: Any, wanted: Any) -> str | None:
    """Return what the user most likely meant, where that can be said."""
    if isinstance(value, type):
        return f"call it: {value.__name__}(…)"
    name = getattr(wanted, "__name__", "")
    if wanted is bool:
        return _bool_hint(value)
    if wanted is str:
        return _text_hint(value)
    if wanted is list and isinstance(value, str | dict):
        return f"write [{_short(value)}]"
    if name == "Duration" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"use cdk.Duration.seconds({value})" if value % 1 == 0 else None
    if isinstance(wanted, type) and issubclass(wanted, Enum) and isinstance(value, str):
        member = value.upper()
        return f"use {_written(wanted)}.{member}" if member in wanted.__members__ else None
    if name == "AutoMLDataChannel" and isinstance(value, str):
        return f"use AutoMLDataChannel('S3Prefix', {value!r})"
    return None


def _bool_hint(value: Any) -> str | None:
    text = str(value).strip().lower()
    if text in _TRUE:
        return "use True"
    return "use False" if text in _FALSE else None


def _text_hint(value: Any) -> str | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return f"use {str(value)!r}"
    if type(value).__name__ == "InstanceType":
        return f"use {'ml.' + value.to_string()!r}"
    return None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else "…"
