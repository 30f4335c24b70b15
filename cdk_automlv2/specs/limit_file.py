"""``automlv2.limits.json``: what the models of a folder may train; read without the CDK."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cdk_automlv2._core import strict_json
from cdk_automlv2.cost import Prices, raw_faults
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.limits import LIMITS, Limits, Trained, amount_faults
from cdk_automlv2.specs.errors import SpecFault, not_json, spec_fault
from cdk_automlv2.specs.nodes import Mark
from cdk_automlv2.specs.spec import Spec

FILE = "automlv2.limits.json"
_VERSION = 1
_MEMBERS = ("version", "prices", *LIMITS)
_START = Mark(1, 1)


def read_limits(folder: Path) -> tuple[Limits, list[SpecFault]]:
    """Return the limits of a folder, none without the file, and what is wrong with them."""
    path = folder / FILE
    try:
        raw = strict_json.parsed(path.read_bytes()[: 1 << 20])
    except FileNotFoundError:
        return Limits(), []
    except (OSError, ValueError, RecursionError) as error:
        return Limits(), [not_json(path, error)]
    faults = list(_faults(raw))
    if faults:
        return Limits(), [_fault(path, fault) for fault in faults]
    prices = Prices.of(raw["prices"]) if "prices" in raw else None
    return Limits(**{name: raw.get(name) for name in LIMITS}, prices=prices), []


def _faults(raw: Any) -> Iterator[OptionFault]:
    if not isinstance(raw, Mapping) or raw.get("version") != _VERSION:
        yield OptionFault("version", f"must be {_VERSION}", None)
        return
    for name in raw:
        if name not in _MEMBERS:
            rule = f"must be one of {', '.join(_MEMBERS)}"
            yield OptionFault(str(name), rule, raw[name])
    yield from amount_faults({name: raw.get(name) for name in LIMITS})
    if "prices" in raw:
        for fault in raw_faults(raw["prices"]):
            path = fault.path if fault.path == "prices" else f"prices.{fault.path}"
            yield OptionFault(path, fault.rule, fault.got)
    elif any(raw.get(name) is not None for name in ("max_cost", "max_cost_per_model")):
        yield OptionFault("prices", "must be set, as no cost is told without", None)


def _fault(path: Path, fault: OptionFault) -> SpecFault:
    return spec_fault(path, _START, fault)


def over_limits(folder: Path, limits: Limits, specs: Sequence[Spec]) -> Iterator[SpecFault]:
    """Yield what is over the limits of the folder, and of each file over its own.

    A file's own limit of its cost is left to synth where the folder has no prices.
    """
    judged = [spec for spec in specs if "problem_config" in spec.job]
    by_name = {spec.name: spec for spec in judged}
    for one in limits.excesses([_trained(spec) for spec in judged]):
        fault = OptionFault(one.limit, one.words, None)
        if one.name is None:
            yield _fault(folder / FILE, fault)
        else:
            yield spec_fault(by_name[one.name].path, by_name[one.name].place, fault)
    for spec in judged:
        yield from _over_own_cost(spec, limits.prices)


def _over_own_cost(spec: Spec, prices: Prices | None) -> Iterator[SpecFault]:
    """Yield where one file is over its own limit; its candidates are counted as it is read."""
    most = (spec.limits or {}).get("max_cost")
    if prices is not None:
        for one in Limits(max_cost=most, prices=prices).excesses([_trained(spec)]):
            fault = OptionFault(f"limits.{one.limit}", one.words, None)
            yield spec_fault(spec.path, spec.place, fault)


def _trained(spec: Spec) -> Trained:
    return Trained(spec.name, spec.job["problem_config"].to_request_dict())
