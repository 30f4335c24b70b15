"""Condition blocks of policies.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from .patterns import UnknownVariableError, literal, matches, matches_arn

Context = Mapping[str, Any]
Test = Callable[[str, str, Context], bool]


class PolicyError(Exception):
    """When a policy is none, or says what cannot be meant."""


def hold(block: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Whether every condition of a block holds; the context's keys are in lower case."""
    return all(
        _holds(operator, key, _list(wanted), context)
        for operator, keys in block.items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    quantifier, _, rest = operator.rpartition(":")
    name = rest.removesuffix("IfExists")
    value = context.get(key.lower())
    given = [] if value is None else _list(value)
    if name == "Null":
        return _is_null(wanted, given)
    if name not in _TESTS:
        raise PolicyError(f"unknown operator {operator}")
    if quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise PolicyError(f"unknown quantifier {quantifier}")
    if not given:
        negated = name in _NEGATED
        if quantifier == "ForAnyValue":
            return negated or rest != name
        return bool(quantifier) or negated or rest != name
    if not quantifier and isinstance(value, Sequence) and not isinstance(value, str):
        raise PolicyError(f"{key} has many values: {operator} needs ForAllValues or ForAnyValue")
    met = (_meets(name, item, wanted, context) for item in given)
    return any(met) if quantifier == "ForAnyValue" else all(met)


def _meets(name: str, value: str, wanted: list[str], context: Context) -> bool:
    """Whether a value meets one of those wanted or, negated, none of them."""
    test = _TESTS[name]
    found = any(_safely(test, item, value, context) for item in wanted)
    return not found if name in _NEGATED else found


def _safely(test: Test, wanted: str, value: str, context: Context) -> bool:
    try:
        return test(wanted, value, context)
    except UnknownVariableError:
        return False


def _is_null(wanted: list[str], given: list[str]) -> bool:
    if len(wanted) != 1 or wanted[0].lower() not in ("true", "false"):
        raise PolicyError(f"Null: must be true or false, got {wanted}")
    return (not given) is (wanted[0].lower() == "true")


def _equals(wanted: str, value: str, context: Context) -> bool:
    return literal(wanted, context) == value


def _equals_ignoring_case(wanted: str, value: str, context: Context) -> bool:
    return literal(wanted, context).lower() == value.lower()


def _is_bool(wanted: str, value: str, _: Context) -> bool:
    return wanted.lower() == value.lower()


def _is_address(wanted: str, value: str, _: Context) -> bool:
    return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)


def _numeric(compare: Callable[[float, float], bool]) -> Test:
    return lambda wanted, value, _: compare(float(value), float(wanted))


def _dates(compare: Callable[[float, float], bool]) -> Test:
    return lambda wanted, value, _: compare(_seconds(value), _seconds(wanted))


def _seconds(text: str) -> float:
    if text.replace(".", "", 1).isdigit():
        return float(text)
    return datetime.fromisoformat(text).timestamp()


_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda value, wanted: value == wanted,
    "NotEquals": lambda value, wanted: value == wanted,
    "LessThan": lambda value, wanted: value < wanted,
    "LessThanEquals": lambda value, wanted: value <= wanted,
    "GreaterThan": lambda value, wanted: value > wanted,
    "GreaterThanEquals": lambda value, wanted: value >= wanted,
}
_TESTS: dict[str, Test] = {
    "StringEquals": _equals,
    "StringNotEquals": _equals,
    "StringEqualsIgnoreCase": _equals_ignoring_case,
    "StringNotEqualsIgnoreCase": _equals_ignoring_case,
    "StringLike": matches,
    "StringNotLike": matches,
    "ArnEquals": matches_arn,
    "ArnLike": matches_arn,
    "ArnNotEquals": matches_arn,
    "ArnNotLike": matches_arn,
    "Bool": _is_bool,
    "IpAddress": _is_address,
    "NotIpAddress": _is_address,
    "BinaryEquals": _equals,
    **{f"Numeric{name}": _numeric(compare) for name, compare in _COMPARE.items()},
    **{f"Date{name}": _dates(compare) for name, compare in _COMPARE.items()},
}
_NEGATED = frozenset(name for name in _TESTS if "Not" in name)


def _list(value: Any) -> list[str]:
    items = value if isinstance(value, list | tuple | set | frozenset) else [value]
    return [_text(item) for item in items]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
