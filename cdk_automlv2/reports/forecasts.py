"""Figures of series: bands of quantiles against what has come, and how often they held."""

from __future__ import annotations

from cdk_automlv2.reports.charts import marks
from cdk_automlv2.reports.charts.figure import Figure, Table
from cdk_automlv2.reports.facts import BackTests, Forecast, Source
from cdk_automlv2.reports.texts import clean, counted, shown

_MOST_SERIES = 6


def figures_of_forecasts(back_tests: BackTests, place: int, target: str) -> list[Figure]:
    """Return a figure of every one of the worst and best series, and one of the quantiles.

    Args:
        back_tests: Forecasts.
        place: Tells figures of several back-tests from one another.
        target: Name of what is forecast.
    """
    known = [item for item in back_tests.forecasts if item.quantiles and item.times]
    drawn = sorted(known, key=lambda item: -_error(item))
    if len(drawn) > _MOST_SERIES:
        drawn = [*drawn[: _MOST_SERIES // 2], *drawn[-_MOST_SERIES // 2 :]]
    found = [
        _series(item, f"forecast-{place}-{number}", target, back_tests.source)
        for number, item in enumerate(drawn, start=1)
    ]
    return [*_held(known, place, back_tests.source), *found]


def _series(item: Forecast, name: str, target: str, source: Source) -> Figure:
    levels = _levels(item)
    low, middle, high = levels[0], levels[len(levels) // 2], levels[-1]
    inside = _inside(item, low, high)
    finding = (
        f"{item.name}: {inside} of {counted(_known(item), 'value')} between {low} and {high}; "
        f"the median is {_error(item):.1%} off."
    )
    rows = [
        [time, shown(is_), *(shown(item.quantiles[level][step]) for level in levels)]
        for step, (time, is_) in enumerate(zip(item.times, item.truth, strict=True))
    ]
    words = (f"step, from {clean(item.times[0])[:10]}", clean(target))
    drawing = marks.band(
        list(range(1, len(item.times) + 1)),
        item.truth,
        item.quantiles[low],
        item.quantiles[middle],
        item.quantiles[high],
        words,
    )
    title = f"Forecast of {item.name}"
    return Figure(
        name, title, finding, drawing, Table.first(["time", "true", *levels], rows), source
    )


def _held(known: list[Forecast], place: int, source: Source) -> list[Figure]:
    """Return the figure of how often a quantile was not exceeded."""
    if not any(_known(item) for item in known):
        return []
    levels = [level for level in _levels(known[0]) if level != "mean"]
    rows = []
    for level in levels:
        below = sum(
            is_ <= guess
            for item in known
            for is_, guess in zip(item.truth, item.quantiles.get(level, []), strict=False)
            if is_ is not None
        )
        rows.append((level, below / sum(_known(item) for item in known), _share(level)))
    if not rows:
        return []
    level, share, meant = max(rows, key=lambda row: abs(row[1] - row[2]))
    finding = f"{share:.0%} of the values are at or below {level}, which promises {meant:.0%}."
    cells = [[name, f"{held:.1%}", f"{wanted:.0%}"] for name, held, wanted in rows]
    return [
        Figure(
            f"quantiles-{place}",
            "How often quantiles held",
            finding,
            marks.pairs(rows, "share of values below", "promised"),
            Table.first(["quantile", "share of values below", "promised"], cells),
            source,
        )
    ]


def _levels(item: Forecast) -> list[str]:
    return sorted(item.quantiles, key=_share)


def _share(level: str) -> float:
    if level == "mean":
        return 0.5
    return float(level[1:]) / 100 if level.startswith("p") else float(level)


def _known(item: Forecast) -> int:
    return sum(value is not None for value in item.truth)


def _inside(item: Forecast, low: str, high: str) -> int:
    rows = zip(item.truth, item.quantiles[low], item.quantiles[high], strict=True)
    return sum(is_ is not None and below <= is_ <= above for is_, below, above in rows)


def _error(item: Forecast) -> float:
    """Return the error of the middle quantile, weighted by what has come."""
    levels = _levels(item)
    guess = item.quantiles[levels[len(levels) // 2]]
    pairs = [(a, b) for a, b in zip(item.truth, guess, strict=True) if a is not None]
    total = sum(abs(is_) for is_, _ in pairs) or 1.0
    return sum(abs(is_ - said) for is_, said in pairs) / total
