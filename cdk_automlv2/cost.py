"""What training and serving cost at most, by prices that the user gives; no figure has no source.

One arithmetic for ``AutoMLLimits``, for limits of files, and for ``automlv2 plan``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from cdk_automlv2._core import strict_json
from cdk_automlv2._core.options import checked
from cdk_automlv2.errors import OptionFault, raise_if_any

CANDIDATE_HOUR = "candidate-hour"
_SECONDS = 3600
_TABULAR = "TabularJobConfig"
_TOKENS_BELOW = -1e280
"""Numbers that the CDK puts for what is known only at deployment."""


@dataclass(frozen=True)
class Prices:
    """Prices and where they are from.

    Attributes:
        source: Where they are from and of when, such as ``price list of 2026-11-01``.
        currency: Such as ``USD``.
        training: ``candidate-hour``: what an hour of training a candidate costs.
        hosting: What an hour of an instance costs, by type such as ``ml.m5.large``.

    Raises:
        OptionsError: With every invalid field.

    Example:
        >>> prices = Prices("my contract", "USD", training={"candidate-hour": 0.9})
    """

    source: str
    currency: str
    training: Mapping[str, float] = field(default_factory=dict)
    hosting: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        raise_if_any("Prices", _faults(vars(self)))

    @classmethod
    @checked()
    def from_file(cls, path: str | Path) -> Self:
        """Return the prices of a JSON file, whose members are the fields.

        Raises:
            OptionsError: If it is none; with everything that is wrong.
        """
        try:
            raw = strict_json.parsed(Path(path).read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            fault = OptionFault("prices", f"must be a JSON file ({error})", str(path))
            raise_if_any("Prices", [fault])
        return cls.of(raw, str(path))

    @classmethod
    @checked()
    def of(cls, raw: Any, owner: str = "Prices") -> Self:
        """Return the prices of what a JSON file holds.

        Raises:
            OptionsError: If it is none; with everything that is wrong.
        """
        raise_if_any(owner, raw_faults(raw))
        return cls(**raw)


def raw_faults(raw: Any) -> Iterator[OptionFault]:
    """Yield what is wrong with what a file says of prices."""
    if not isinstance(raw, Mapping):
        yield OptionFault("prices", "must be an object", type(raw).__name__)
        return
    known = ("source", "currency", "training", "hosting")
    for name in raw:
        if name not in known:
            yield OptionFault(str(name), f"must be one of {', '.join(known)}", raw[name])
    missing = {"source": "", "currency": "", "training": {}, "hosting": {}}
    yield from _faults({name: raw.get(name, usual) for name, usual in missing.items()})


def _faults(values: Mapping[str, Any]) -> Iterator[OptionFault]:
    for name in ("source", "currency"):
        value = values[name]
        if not isinstance(value, str) or not value.strip():
            yield OptionFault(name, "must be a text: no figure is without it", value)
    for name in ("training", "hosting"):
        yield from _table_faults(name, values[name])


def _table_faults(name: str, table: Any) -> Iterator[OptionFault]:
    if not isinstance(table, Mapping):
        yield OptionFault(name, "must hold prices by name", type(table).__name__)
        return
    for key, price in table.items():
        if name == "training" and key != CANDIDATE_HOUR:
            yield OptionFault(f"training[{key!r}]", f"must be {CANDIDATE_HOUR}", key)
        elif not is_amount(price):
            yield OptionFault(f"{name}[{key!r}]", "must be a number, 0 or more", price)


def is_amount(value: Any) -> bool:
    """Whether a value is a finite number, 0 or more."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e300


@dataclass(frozen=True)
class Cost:
    """What one thing costs.

    Attributes:
        once: At most, for training; ``None`` where there is no bound.
        hourly: For each hour that the endpoint runs; ``None`` where no price is known.
        how: How the figure came about.
    """

    once: float | None
    hourly: float | None
    how: str


def candidates(problem_type_config: Mapping[str, Any]) -> float | None:
    """Return how many candidates a job trains at most; ``None`` where nothing says so.

    Args:
        problem_type_config: The API's AutoMLProblemTypeConfig.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoMLJobCompletionCriteria.html
    (of image, text, time series and text generation "the supported value is 1")
    """
    [(kind, config)] = (problem_type_config or {"": {}}).items()
    if config.get("GenerateCandidateDefinitionsOnly") in (True, "true"):
        return 0
    limits = config.get("CompletionCriteria") or {}
    if "MaxCandidates" not in limits and kind not in ("", _TABULAR):
        return 1
    return _number(limits.get("MaxCandidates"))


def training(problem_type_config: Mapping[str, Any], prices: Prices) -> Cost:
    """Return what a job costs at most: candidates times the longest time of each.

    Args:
        problem_type_config: The API's AutoMLProblemTypeConfig.
        prices: Prices.
    """
    [config] = (problem_type_config or {"": {}}).values()
    number = candidates(problem_type_config)
    limits = config.get("CompletionCriteria") or {}
    each = _number(limits.get("MaxRuntimePerTrainingJobInSeconds"))
    price = prices.training.get(CANDIDATE_HOUR)
    if price is None:
        return Cost(None, None, f"no price of a {CANDIDATE_HOUR} in {prices.source}")
    if number == 0:
        return Cost(0.0, None, "no candidate is trained")
    if number is None or each is None:
        given = {
            "max_candidates": _number(limits.get("MaxCandidates")),
            "max_runtime_per_training_job_in_seconds": each,
        }
        names = [name for name, value in given.items() if value is None]
        return Cost(None, None, f"no bound: set {' and '.join(names)}")
    hours = each / _SECONDS
    how = f"{number:g} candidates x {hours:g} h x {price:g} {prices.currency}"
    return Cost(number * hours * price, None, how)


def hosting(endpoint: Mapping[str, Any], prices: Prices) -> Cost:
    """Return what an hour of an endpoint's instances costs.

    Args:
        endpoint: Properties of its resource.
        prices: Prices.
    """
    parts, total = [], 0.0
    for variant in endpoint.get("ProductionVariants") or []:
        kind, count = variant.get("InstanceType"), _number(variant.get("InitialInstanceCount"))
        price = prices.hosting.get(str(kind))
        if price is None or count is None:
            return Cost(None, None, f"no price of {kind} in {prices.source}")
        total += count * price
        parts.append(f"{count:g} x {kind} x {price:g} {prices.currency}")
    unless = ", but for the hours in which its schedule stops it" if endpoint.get("Stops") else ""
    return Cost(None, total, " + ".join(parts) + " an hour" + unless)


def _number(value: Any) -> float | None:
    """Return a number; nothing for what is known only at deployment."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if number > _TOKENS_BELOW else None


def totals(costs: Iterable[Cost]) -> tuple[float, float, list[str]]:
    """Return the sums of what is known, and why others are not."""
    once = hourly = 0.0
    unknown = []
    for cost in costs:
        once += cost.once or 0.0
        hourly += cost.hourly or 0.0
        if cost.once is None and cost.hourly is None:
            unknown.append(cost.how)
    return once, hourly, unknown
