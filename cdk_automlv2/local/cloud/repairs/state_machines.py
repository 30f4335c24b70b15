"""A choice compares two moments by path; ministack takes such a rule for one that is never met.

Source: ``TimestampLessThanPath`` and its siblings among the comparison operators,
https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "TimestampEqualsPath": operator.eq,
    "TimestampGreaterThanEqualsPath": operator.ge,
    "TimestampGreaterThanPath": operator.gt,
    "TimestampLessThanEqualsPath": operator.le,
    "TimestampLessThanPath": operator.lt,
}


def apply() -> None:
    """Let rules compare moments by path."""
    from ministack.services import stepfunctions

    evaluate = stepfunctions._evaluate_rule

    def evaluate_more(rule: Mapping[str, Any], data: Any, ctx: Any = None) -> Any:
        for name in _COMPARISONS.keys() & rule.keys():
            return _is_met(_COMPARISONS[name], rule["Variable"], rule[name], data, ctx)
        return evaluate(rule, data, ctx)

    stepfunctions._evaluate_rule = evaluate_more


def _is_met(
    compare: Callable[[Any, Any], bool], variable: str, path: str, data: Any, ctx: Any
) -> bool:
    from ministack.services.stepfunctions import _parse_ts, _resolve_path_or_ctx

    one, other = (_parse_ts(_resolve_path_or_ctx(name, data, ctx)) for name in (variable, path))
    return one is not None and other is not None and compare(one, other)
