"""Wildcards and variables of policies.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERAL = {"*": "*", "?": "?", "$": "$"}


class UnknownVariableError(Exception):
    """When a policy variable has no value: the element matches nothing."""


def expression(pattern: str, context: Mapping[str, object]) -> str:
    """Return the regular expression of a pattern with ``*``, ``?``, ``${*}`` and variables."""
    parts = _VARIABLE.split(pattern)
    found = []
    for number, part in enumerate(parts):
        found.append(re.escape(_value(part, context)) if number % 2 else _wildcards(part))
    return "".join(found)


def literal(text: str, context: Mapping[str, object]) -> str:
    """Return a text of an operator without wildcards, with its variables replaced."""
    return _VARIABLE.sub(lambda match: _value(match[1], context), text)


def matches(pattern: str, value: str, context: Mapping[str, object], *, case: bool = True) -> bool:
    """Whether a value is what a pattern says."""
    if "$" not in pattern:
        return _of_wildcards(pattern, case).fullmatch(value) is not None
    try:
        wanted = expression(pattern, context)
    except UnknownVariableError:
        return False
    return _compiled(wanted, case).fullmatch(value) is not None


def matches_arn(pattern: str, arn: str, context: Mapping[str, object]) -> bool:
    """Whether an ARN is what a pattern says: part by part, the last reaching over colons."""
    if pattern == "*":
        return True
    wanted = _colons(pattern)
    given = arn.split(":", len(wanted) - 1)
    if len(given) != len(wanted):
        return False
    return all(matches(part, value, context) for part, value in zip(wanted, given, strict=True))


@cache
def _colons(pattern: str) -> tuple[str, ...]:
    """Return the six parts of an ARN; colons within ``${…}`` part nothing."""
    parts = [""]
    depth = 0
    for number, letter in enumerate(pattern):
        if pattern.startswith("${", number):
            depth += 1
        if letter == ":" and not depth and len(parts) < 6:
            parts.append("")
            continue
        if letter == "}" and depth:
            depth -= 1
        parts[-1] += letter
    return tuple(parts)


def _value(name: str, context: Mapping[str, object]) -> str:
    if name in _LITERAL:
        return _LITERAL[name]
    key, comma, default = name.partition(",")
    value = context.get(key.strip().lower())
    if isinstance(value, str):
        return value
    if comma:
        return default.strip().strip("'")
    raise UnknownVariableError(name)


@cache
def _wildcards(text: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in text)


@cache
def _of_wildcards(pattern: str, case: bool) -> re.Pattern[str]:
    return _compiled(_wildcards(pattern), case)


@cache
def _compiled(pattern: str, case: bool) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL | (0 if case else re.IGNORECASE))
