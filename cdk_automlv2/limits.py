"""How much may be trained: what limits say, and which models are over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cdk_automlv2.cost import Prices, candidates, is_amount, training
from cdk_automlv2.errors import OptionFault

LIMITS = ("max_cost", "max_candidates", "max_cost_per_model", "max_candidates_per_model")
OWN_LIMITS = ("max_cost", "max_candidates")
"""Those that a model has by itself."""

_NO_PRICES = "there are no prices to tell what it may cost"


def amount_faults(values: Mapping[str, Any]) -> Iterator[OptionFault]:
    """Yield what is wrong with limits, by name."""
    for name, value in values.items():
        if value is not None and not is_amount(value):
            yield OptionFault(name, "must be a number known at synth, 0 or more", value)


@dataclass(frozen=True)
class Trained:
    """A model that is trained.

    Attributes:
        name: What it is called.
        config: The API's AutoMLProblemTypeConfig of its job.
    """

    name: str
    config: Mapping[str, Any]


@dataclass(frozen=True)
class Excess:
    """Why a limit is not kept.

    Attributes:
        name: The model; ``None`` where all of them together are too many.
        limit: Which limit.
        words: In words, with every figure and how it came about.
    """

    name: str | None
    limit: str
    words: str


@dataclass(frozen=True)
class _Figure:
    """What one model has: a number, or why there is none."""

    name: str
    value: float | None
    words: str


@dataclass(frozen=True)
class Limits:
    """Limits of some models.

    Attributes:
        max_cost: What one training may cost, of all models together.
        max_candidates: How many candidates may be trained, of all models together.
        max_cost_per_model: The same for each model.
        max_candidates_per_model: The same for each model.
        prices: By which costs are told.
    """

    max_cost: float | None = None
    max_candidates: float | None = None
    max_cost_per_model: float | None = None
    max_candidates_per_model: float | None = None
    prices: Prices | None = None

    def priced(self, prices: Prices | None) -> Limits:
        """Return them with prices, where they have none of their own."""
        return self if self.prices is not None else replace(self, prices=prices)

    def excesses(self, models: Sequence[Trained]) -> Iterator[Excess]:
        """Yield what is over the limits; what is not known is over every limit."""
        kinds: Sequence[tuple[str, Callable[[Trained], _Figure]]] = (
            ("max_candidates", self._candidates),
            ("max_cost", self._cost),
        )
        for name, measure in kinds:
            whole, each = getattr(self, name), getattr(self, f"{name}_per_model")
            if whole is None and each is None:
                continue
            figures = [measure(model) for model in models]
            if each is not None:
                yield from _over_each(f"{name}_per_model", each, figures)
            if whole is not None:
                yield from _over_all(name, whole, figures)

    def _candidates(self, model: Trained) -> _Figure:
        number = candidates(model.config)
        if number is None:
            return _Figure(model.name, None, "a number that is not known: set max_candidates")
        return _Figure(model.name, number, f"{number:g} candidates")

    def _cost(self, model: Trained) -> _Figure:
        if self.prices is None:
            return _Figure(model.name, None, f"an unknown sum, as {_NO_PRICES}")
        cost = training(model.config, self.prices)
        if cost.once is None:
            return _Figure(model.name, None, f"a sum that is not known ({cost.how})")
        shown = f"{cost.once:.2f} {self.prices.currency} ({cost.how}; {self.prices.source})"
        return _Figure(model.name, cost.once, shown)


def _over_each(limit: str, most: float, figures: Sequence[_Figure]) -> Iterator[Excess]:
    for figure in figures:
        if figure.value is None or figure.value > most:
            words = f"may train {figure.words}, and {limit} is {most:g}"
            yield Excess(figure.name, limit, words)


def _over_all(limit: str, most: float, figures: Sequence[_Figure]) -> Iterator[Excess]:
    """Yield one excess that names every model, those without a figure first."""
    total = sum(figure.value or 0.0 for figure in figures)
    unknown = [figure.name for figure in figures if figure.value is None]
    if total <= most and not unknown:
        return
    if len(figures) == 1:
        yield Excess(
            figures[0].name, limit, f"may train {figures[0].words}, and {limit} is {most:g}"
        )
        return
    shown = f"{total:.2f}".removesuffix(".00")
    beside = f", and {len(unknown)} of them a figure that is not known" if unknown else ""
    listed = sorted(figures, key=lambda one: -1e300 if one.value is None else -one.value)
    lines = "".join(f"\n  - {figure.name}: {figure.words}" for figure in listed)
    words = f"{len(figures)} models together may train {shown}{beside}, and {limit} is {most:g}:"
    yield Excess(None, limit, words + lines)
