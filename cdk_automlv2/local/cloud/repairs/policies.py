"""Policy variables: ``${*}``, ``${?}`` and ``${$}`` stand for themselves, ``${key}`` for a value.

ministack compares them as text. A variable without a value makes its statement not match. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERALS = ("*", "?", "$")
_WITH_WILDCARDS = ("stringlike", "stringnotlike", "arn")


class _NoValueError(Exception):
    """When a policy variable has no value in this request."""


def apply() -> None:
    """Let ministack's evaluator understand policy variables."""
    from ministack.core import iam_evaluator as iam

    first_match = iam._first_match

    def first_match_of_resolved(context: Any, statements: list[Any], effect: str) -> Any:
        return first_match(context, list(_resolved(statements, context)), effect)

    iam._fnmatch_compile = _compiled
    iam._first_match = first_match_of_resolved


def pattern_of(text: str) -> str:
    """Return the regular expression of an IAM pattern, escapes included."""
    parts = re.split(r"(\$\{[*?$]\}|[*?])", text)
    wild = {"*": ".*", "?": "."}
    return "".join(wild.get(part) or re.escape(_unescaped(part)) for part in parts)


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.compile(rf"\A{pattern_of(pattern)}\Z", flags)


def _unescaped(text: str) -> str:
    return text[2] if re.fullmatch(r"\$\{[*?$]\}", text) else text


def _resolved(statements: list[Any], context: Any) -> Any:
    for statement in statements:
        try:
            yield _with_values(statement, context)
        except _NoValueError:
            continue


def _with_values(statement: Any, context: Any) -> Any:
    """Return the statement with the request's values in place of its variables."""
    if not any("${" in text for text in _texts(statement)):
        return statement
    return replace(
        statement,
        resources=[_filled(text, context) for text in statement.resources],
        not_resources=[_filled(text, context) for text in statement.not_resources],
        conditions={
            operator: {
                key: [_expected(operator, text, context) for text in _listed(values)]
                for key, values in block.items()
            }
            for operator, block in statement.conditions.items()
        },
    )


def _texts(statement: Any) -> Any:
    yield from statement.resources
    yield from statement.not_resources
    for block in statement.conditions.values():
        for values in block.values():
            yield from _listed(values)


def _listed(values: Any) -> list[str]:
    return [str(value) for value in (values if isinstance(values, list) else [values])]


def _expected(operator: str, text: str, context: Any) -> str:
    """Fill a condition's value; where the operator knows no wildcards, escapes become plain."""
    filled = _filled(text, context)
    name = operator.lower().rpartition(":")[2]
    if name.startswith(_WITH_WILDCARDS):
        return filled
    return re.sub(r"\$\{([*?$])\}", r"\1", filled)


def _filled(text: str, context: Any) -> str:
    return _VARIABLE.sub(lambda found: _value(found[1], context), text)


def _value(variable: str, context: Any) -> str:
    """Return a variable's value, its wildcards escaped; an escape is returned as it is."""
    from ministack.core.iam_evaluator import _resolve_condition_key

    if variable in _LITERALS:
        return f"${{{variable}}}"
    key, _, default = variable.partition(",")
    value = _resolve_condition_key(key.strip(), context)
    if value is None and default:
        value = default.strip().strip("'")
    if value is None or isinstance(value, list):
        raise _NoValueError(variable)
    return re.sub(r"[*?$]", lambda found: f"${{{found[0]}}}", str(value))
