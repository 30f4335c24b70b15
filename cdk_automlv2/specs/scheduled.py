"""What runs, stops and starts by schedules, judged in files by the rules of its methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_automlv2._core.options import rule_faults
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.release.retraining_rules import schedule_rule, time_zone_rule
from cdk_automlv2.specs.parts import listed


def scheduled_faults(
    options: Mapping[str, Any], methods: Mapping[str, str]
) -> Iterator[OptionFault]:
    """Yield what is wrong with schedules and other triggers of one construct.

    Args:
        options: Its options.
        methods: Those that stand for methods → the id of the first of each.
    """
    seen: set[str] = set()
    for method, usual in methods.items():
        given = options.get(method)
        for index, item in enumerate(listed(given)):
            path = f"{method}[{index}]" if isinstance(given, list) else method
            name = item.get("id") or usual
            if name in seen:
                rule = "must be set, and another one, from the second on"
                yield OptionFault(f"{path}.id", rule, item.get("id"))
            seen.add(name)
            if item.get("schedule"):
                values = {"schedule": item["schedule"], "time_zone": item.get("time_zone")}
                for fault in rule_faults((schedule_rule, time_zone_rule), values, set()):
                    yield OptionFault(f"{path}.{fault.path}", fault.rule, fault.got, fault.fix)
