"""What scales an endpoint, judged in files by the rules of its methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_automlv2._core.options import Rule, rule_faults
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting import scaling_rules
from cdk_automlv2.hosting.interface import VARIANT_NAME
from cdk_automlv2.hosting.variants import ServerlessVariant, scaled_types
from cdk_automlv2.release.retraining_rules import schedule_rule, time_zone_rule
from cdk_automlv2.specs.kinds import SCALING
from cdk_automlv2.specs.parts import listed

_ON_SCHEDULE = "scale_on_schedule"
_ASLEEP = "must be 1 or more, or scale_on_backlog be given: nothing brings it back from 0"


class _Options(dict[str, Any]):
    """Options, ``None`` for those that are not given."""

    def __missing__(self, name: str) -> None:
        return None


def scaling_faults(
    endpoint: Mapping[str, Any], kind: str, faulty: set[str]
) -> Iterator[OptionFault]:
    """Yield what is wrong with what scales an endpoint.

    Args:
        endpoint: Its options, with parts made of what stands for variants.
        kind: How it answers.
        faulty: Paths below it of what is wrong already.
    """
    context = _context(endpoint, kind)
    for method in SCALING:
        given = endpoint.get(method)
        for index, item in enumerate(listed(given)):
            path = f"{method}[{index}]" if isinstance(given, list) else method
            yield from _judged(method, path, item, context, faulty)


def _judged(
    method: str, path: str, item: Mapping[str, Any], context: Mapping[str, Any], faulty: set[str]
) -> Iterator[OptionFault]:
    rules, ways = SCALING[method]
    given = {"min_capacity": 1, **context, **item}
    yield from _broken(rules, method, path, given, faulty)
    types = context["types"]
    name = item.get("variant_name") or next(iter(types))
    context["scaled"][name] = method
    policies = [way for way in ways if way in item and way != _ON_SCHEDULE]
    if scaling_rules.asleep(context["kind"], item.get("min_capacity"), policies):
        yield OptionFault(f"{path}.min_capacity", _ASLEEP, 0)
    usual = {"safety_factor": 0.5, "policies": {}, "scaled_type": types.get(name)}
    for way in policies:
        options = {**context, **usual, **item[way]}
        yield from _broken(ways[way], way, f"{path}.{way}", options, faulty)
    yield from _scheduled(ways[_ON_SCHEDULE], f"{path}.{_ON_SCHEDULE}", item, context, faulty)


def _scheduled(
    rules: tuple[Rule, ...],
    path: str,
    item: Mapping[str, Any],
    context: Mapping[str, Any],
    faulty: set[str],
) -> Iterator[OptionFault]:
    schedules: dict[str, Any] = {}
    for index, one in enumerate(item.get(_ON_SCHEDULE) or ()):
        options = {**context, "schedules": schedules, **one}
        judged = (*rules, schedule_rule, time_zone_rule)
        yield from _broken(judged, _ON_SCHEDULE, f"{path}[{index}]", options, faulty)
        schedules[one.get("id")] = one


def _broken(
    rules: tuple[Rule, ...], method: str, path: str, options: Mapping[str, Any], faulty: set[str]
) -> Iterator[OptionFault]:
    """Yield what is wrong with the options at a path; what is about the call stands at its name."""
    below = [name.removeprefix(f"{path}.") for name in faulty if name.startswith(f"{path}.")]
    within = {name.partition(".")[0].partition("[")[0] for name in below}
    for fault in rule_faults(rules, _Options(options), within):
        place = path if fault.path.startswith(method) else f"{path}.{fault.path}"
        yield OptionFault(place, fault.rule, fault.got, fault.fix)


def _context(endpoint: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return what rules look at beside the options."""
    production = endpoint.get("variants") or []
    types = scaled_types(production, endpoint.get("shadow_variant"))
    if not production:
        types = {VARIANT_NAME: endpoint.get("instance_type"), **types}
    serverless = next((one for one in production if isinstance(one, ServerlessVariant)), None)
    return {
        "kind": kind,
        "types": types,
        "scaled": {},
        "provisioned": None if serverless is None else serverless.provisioned_concurrency,
        "max_concurrency": None if serverless is None else serverless.max_concurrency,
    }
