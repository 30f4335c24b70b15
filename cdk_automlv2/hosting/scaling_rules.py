"""Rules of scaling, each named after the options it judges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from cdk_automlv2._core.options import Rule
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting.instance_types import cpu_cores, gpus
from cdk_automlv2.hosting.interface import ASYNCHRONOUS, SERVERLESS

_BURSTABLE: Final = re.compile(r"ml\.t\d+[a-z]*\.")
_LONGEST_ID: Final = 200
_MOST_CONCURRENCY: Final = 200
Types = Mapping[str, str | None]
"""Instance types of the variants by their names; ``None`` of a serverless one."""


def order_rule(min_capacity: int | None, max_capacity: int | None) -> Iterator[OptionFault]:
    """The least is not more than the most; and there is something."""
    if max_capacity is not None and max_capacity < 1:
        yield OptionFault("max_capacity", "must be 1 or more", max_capacity)
    elif None not in (min_capacity, max_capacity) and min_capacity > max_capacity:  # type: ignore[operator]
        rule = f"must not be more than max_capacity, which is {max_capacity}"
        yield OptionFault("min_capacity", rule, min_capacity)


def zero_rule(min_capacity: int | None, kind: str) -> Iterator[OptionFault]:
    """No capacity at all only where requests can wait for it."""
    if min_capacity is None:
        return
    if min_capacity < 0:
        yield OptionFault("min_capacity", "must be 0 or more", min_capacity)
    elif min_capacity == 0 and kind != ASYNCHRONOUS:
        rule = f"must be 1 or more for an endpoint that is {kind}: nobody would answer"
        fix = "give the endpoint async_inference"
        if kind == SERVERLESS:
            fix = "leave provisioned_concurrency out, as serverless endpoints cost nothing idle"
        yield OptionFault("min_capacity", rule, min_capacity, fix)


def variant_rule(variant_name: str | None, types: Types, scaled: Any) -> Iterator[OptionFault]:
    """One of the endpoint's variants, and once."""
    listed = ", ".join(types)
    if variant_name is None:
        if len(types) > 1:
            yield OptionFault("variant_name", f"must be one of {listed}", None)
        variant_name = next(iter(types))
    if variant_name not in types:
        yield OptionFault("variant_name", f"must be one of {listed}", variant_name)
    elif variant_name in scaled:
        yield OptionFault("variant_name", "must be scaled once", variant_name)


def instances_rule(variant_name: str | None, types: Types) -> Iterator[OptionFault]:
    """Instances of a type that AWS scales."""
    instance_type = types.get(variant_name or next(iter(types)), "")
    if instance_type is None:
        fix = "use auto_scale_provisioned_concurrency"
        rule = "must be a variant on instances"
        yield OptionFault("variant_name", rule, "a ServerlessVariant", fix)
    elif not is_token(instance_type) and _BURSTABLE.match(instance_type):
        rule = "must have an instance_type that is not burstable, as AWS does not scale those"
        yield OptionFault("variant_name", rule, instance_type, "use ml.m5.large")


def serverless_rule(kind: str) -> Iterator[OptionFault]:
    """Provisioned concurrency of a serverless endpoint."""
    if kind != SERVERLESS:
        rule = "must be called on a serverless endpoint"
        fix = "use auto_scale_instance_count"
        yield OptionFault("auto_scale_provisioned_concurrency", rule, kind, fix)


def provisioned_rule(
    provisioned: int | None, max_capacity: int, kind: str
) -> Iterator[OptionFault]:
    """There is provisioned concurrency to begin with."""
    if kind == SERVERLESS and provisioned is None:
        rule = "must be set on the variant whose provisioned concurrency is scaled"
        yield OptionFault("provisioned_concurrency", rule, None)
    if max_capacity > _MOST_CONCURRENCY:
        yield OptionFault("max_capacity", f"must be {_MOST_CONCURRENCY} or less", max_capacity)


def concurrency_rule(max_capacity: int, max_concurrency: int | None) -> Iterator[OptionFault]:
    """Not more than the variant may have at once."""
    if max_concurrency is not None and max_capacity > max_concurrency:
        rule = f"must not be more than the variant's max_concurrency, which is {max_concurrency}"
        yield OptionFault("max_capacity", rule, max_capacity)


def invocations_rule(kind: str, policies: Mapping[str, Any]) -> Iterator[OptionFault]:
    """Invocations where they are counted."""
    if kind == ASYNCHRONOUS:
        rule = "must be called on an endpoint in real time: asynchronous ones count no invocations"
        yield OptionFault("scale_on_invocations", rule, kind, "use scale_on_backlog")
    yield from _once("scale_on_invocations", "invocations", policies)


def backlog_rule(kind: str, policies: Mapping[str, Any]) -> Iterator[OptionFault]:
    """A queue where there is one."""
    if kind != ASYNCHRONOUS:
        rule = "must be called on an asynchronous endpoint: no other has a queue"
        yield OptionFault("scale_on_backlog", rule, kind, "use scale_on_invocations")
    yield from _once("scale_on_backlog", "backlog", policies)


def utilization_rule(
    cpu: float | None, gpu: float | None, policies: Mapping[str, Any]
) -> Iterator[OptionFault]:
    """At least one share, each of one core or GPU."""
    if cpu is None and gpu is None:
        yield OptionFault("cpu", "must be set, or gpu", None)
    for option, value in (("cpu", cpu), ("gpu", gpu)):
        if value is not None:
            yield from _within(option, value, 100)
            yield from _once(f"scale_on_utilization({option}=…)", option, policies)


def known_cores_rule(
    cpu: float | None, gpu: float | None, scaled_type: str | None
) -> Iterator[OptionFault]:
    """Processors whose number is known, as SageMaker sums over them."""
    if scaled_type is None:
        return
    for option, value, count in (
        ("cpu", cpu, cpu_cores(scaled_type)),
        ("gpu", gpu, gpus(scaled_type)),
    ):
        if value is not None and not count:
            unit = "cores are known" if option == "cpu" else "GPUs are known"
            rule = f"must be for an instance type whose {unit}"
            yield OptionFault(option, rule, scaled_type)


def requests_rule(max_requests_per_second: float) -> Iterator[OptionFault]:
    """Something."""
    if max_requests_per_second <= 0:
        yield OptionFault("max_requests_per_second", "must be above 0", max_requests_per_second)


def safety_rule(safety_factor: float) -> Iterator[OptionFault]:
    """A share."""
    yield from _within("safety_factor", safety_factor, 1)


def target_rule(target: float, policies: Mapping[str, Any]) -> Iterator[OptionFault]:
    """A share, once."""
    yield from _within("target", target, 1)
    yield from _once("scale_on_utilization", "concurrency", policies)


def backlog_target_rule(backlog_per_instance: float) -> Iterator[OptionFault]:
    """Something."""
    if backlog_per_instance <= 0:
        yield OptionFault("backlog_per_instance", "must be above 0", backlog_per_instance)


def cooldown_rule(
    scale_in_cooldown: int | None, scale_out_cooldown: int | None
) -> Iterator[OptionFault]:
    """No time before now."""
    given = {"scale_in_cooldown": scale_in_cooldown, "scale_out_cooldown": scale_out_cooldown}
    for option, value in given.items():
        if value is not None and value < 0:
            yield OptionFault(option, "must be 0 or more", value)


def schedule_rule(min_capacity: int | None, max_capacity: int | None) -> Iterator[OptionFault]:
    """At least one capacity that changes."""
    if min_capacity is None and max_capacity is None:
        yield OptionFault("min_capacity", "must be set, or max_capacity", None)


def schedule_id_rule(id: str, schedules: Mapping[str, Any]) -> Iterator[OptionFault]:
    """A name that the API takes, once."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_. -]*", id) or len(id) > _LONGEST_ID:
        rule = f"must be letters, digits, dots, blanks, - and _; {_LONGEST_ID} characters at most"
        yield OptionFault("id", rule, id)
    elif id in schedules:
        yield OptionFault("id", "must be another one than those before", id)


def period_rule(start_time: str | None, end_time: str | None) -> Iterator[OptionFault]:
    """Times as ISO 8601 has them."""
    for option, value in (("start_time", start_time), ("end_time", end_time)):
        try:
            if value is not None:
                datetime.fromisoformat(value)
        except ValueError:
            rule = "must be a time of ISO 8601, such as 2027-01-01T06:00:00+00:00"
            yield OptionFault(option, rule, value)


def _within(option: str, value: float, most: int) -> Iterator[OptionFault]:
    if not 0 < value <= most:
        yield OptionFault(option, f"must be above 0 and at most {most}", value)


def _once(method: str, name: str, policies: Mapping[str, Any]) -> Iterator[OptionFault]:
    if name in policies:
        yield OptionFault(method, "must be called once a variant", "a second call")


INSTANCE_COUNT: Final[tuple[Rule, ...]] = (zero_rule, order_rule, variant_rule, instances_rule)
PROVISIONED_CONCURRENCY: Final[tuple[Rule, ...]] = (
    serverless_rule,
    zero_rule,
    order_rule,
    variant_rule,
    provisioned_rule,
    concurrency_rule,
)
ON_SCHEDULE: Final[tuple[Rule, ...]] = (
    schedule_rule,
    schedule_id_rule,
    zero_rule,
    order_rule,
    period_rule,
)
COUNT_WAYS: Final[Mapping[str, tuple[Rule, ...]]] = {
    "scale_on_invocations": (invocations_rule, requests_rule, safety_rule, cooldown_rule),
    "scale_on_utilization": (utilization_rule, known_cores_rule, cooldown_rule),
    "scale_on_backlog": (backlog_rule, backlog_target_rule, cooldown_rule),
    "scale_on_schedule": ON_SCHEDULE,
}
"""Ways to scale instances → the rules of their options."""

CONCURRENCY_WAYS: Final[Mapping[str, tuple[Rule, ...]]] = {
    "scale_on_utilization": (target_rule, cooldown_rule),
    "scale_on_schedule": ON_SCHEDULE,
}
"""The same of provisioned concurrency."""


def asleep(kind: str | None, min_capacity: int | None, policies: Iterable[Any]) -> bool:
    """Whether nothing brings a variant back from no instances at all."""
    return kind == ASYNCHRONOUS and min_capacity == 0 and not any(True for _ in policies)


ASLEEP: Final = (
    "may go down to no instances, and nothing brings it back: call scale_on_backlog, or give "
    "min_capacity=1"
)
