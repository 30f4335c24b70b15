"""A batch transform, judged in files by the rules of its construct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_automlv2._core.options import rule_faults
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.release.retraining_rules import schedule_rule, time_zone_rule
from cdk_automlv2.specs.kinds import RUNNING
from cdk_automlv2.specs.parts import listed

_USUAL = {"run_on_schedule": "Schedule", "run_on_new_objects": "NewObjects"}
"""Ids of the first of each."""


def running_faults(options: Mapping[str, Any]) -> Iterator[OptionFault]:
    """Yield what is wrong with what lets a batch transform run again."""
    seen: set[str] = set()
    for method in RUNNING:
        given = options.get(method)
        for index, item in enumerate(listed(given)):
            path = f"{method}[{index}]" if isinstance(given, list) else method
            name = item.get("id") or _USUAL[method]
            if name in seen:
                rule = "must be set, and another one, from the second on"
                yield OptionFault(f"{path}.id", rule, item.get("id"))
            seen.add(name)
            if item.get("schedule"):
                values = {"schedule": item["schedule"], "time_zone": item.get("time_zone")}
                for fault in rule_faults((schedule_rule, time_zone_rule), values, set()):
                    yield OptionFault(f"{path}.{fault.path}", fault.rule, fault.got, fault.fix)
