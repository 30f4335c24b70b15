"""The kinds of charts: each from numbers and short labels to an Altair chart.

Data go under names of ours, never under a column's own: Vega reads dots and brackets in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from cdk_automlv2.reports.charts.figure import Drawing
from cdk_automlv2.reports.charts.look import Look
from cdk_automlv2.reports.texts import shortened, shown, width

_FONT = "Arial, Liberation Sans, Helvetica, sans-serif"
_WIDE = 280
_SIZE = 11
_LETTER = 6.6
"""Pixels of a letter of usual width; wide ones are counted as two."""

_ROOM = {"left": 6, "right": 16, "top": 6, "bottom": 6}
"""Around a chart: labels of an axis end beyond it."""

Rows = Sequence[Mapping[str, Any]]


def labels(names: Sequence[str], most: int = 22) -> list[str]:
    """Return short names, each of them another: an axis takes equal ones for one."""
    found: list[str] = []
    for name in names:
        short = shortened(name, most) or "(empty)"
        count = 2
        base = short
        while short in found:
            short, count = f"{base} ({count})", count + 1
        found.append(short)
    return found


def dots(values: Sequence[tuple[str, float]], best: str, title: str) -> Drawing:
    """Draw a value for each name on an axis that is cut; the best in the second colour."""
    names = labels([name for name, _ in values])
    low, high = _around([value for _, value in values])
    rows = [
        {"name": name, "value": value, "low": low, "text": shown(value), "best": whole == best}
        for name, (whole, value) in zip(names, values, strict=True)
    ]

    def draw(look: Look) -> Any:
        y = _names_axis(names)
        scale = alt.Scale(domain=[low, high], nice=False, zero=False)
        x, low_x = (alt.X(f"{name}:Q", title=title, scale=scale) for name in ("value", "low"))
        base = _chart(rows)
        lines = base.mark_rule(color=look.grid).encode(y=y, x=low_x, x2="value:Q")
        colour = alt.condition("datum.best", alt.value(look.second), alt.value(look.accent))
        points = base.mark_point(filled=True, size=60, opacity=1).encode(y=y, x=x, color=colour)
        texts = base.mark_text(align="left", dx=7, color=look.ink, fontSize=_SIZE).encode(
            y=y, x=x, text="text:N"
        )
        return _finished(lines + points + texts, look, height=max(18 * len(rows), 40), names=names)

    return draw


def steps(values: Sequence[tuple[int, float]], minimize: bool, title: str) -> Drawing:
    """Draw each candidate's value in the order of training, and the best so far."""
    choose = min if minimize else max
    best = values[0][1]
    rows = []
    for order, value in values:
        best = choose(best, value)
        rows.append({"order": order, "value": value, "best": best})
    low, high = _around([value for _, value in values], room=0.08)

    def draw(look: Look) -> Any:
        scale = alt.Scale(domain=[low, high], nice=False)
        last = max(values[-1][0], 2)
        whole = alt.Axis(values=_whole(1, last), format="d")
        x = alt.X(
            "order:Q",
            title="candidate, in order of training",
            axis=whole,
            scale=alt.Scale(domain=[1, last], nice=False, padding=6),
        )
        base = _chart(rows)
        line = base.mark_line(interpolate="step-after", color=look.accent, strokeWidth=2).encode(
            x=x, y=alt.Y("best:Q", title=title, scale=scale)
        )
        points = base.mark_point(filled=True, size=40, color=look.second, opacity=1).encode(
            x=x, y=alt.Y("value:Q", title=title, scale=scale)
        )
        return _finished(line + points, look, height=170)

    return draw


def cells(names: Sequence[str], counts: Sequence[Sequence[float]]) -> Drawing:
    """Draw counts as a grid: dark where at least half of a row is."""
    short = labels(names, 10 if len(names) > 4 else 18)
    rows = [
        {
            "true": short[row],
            "said": short[column],
            "text": _count(count),
            "most": count >= 0.5 * (sum(counts[row]) or 1),
        }
        for row in range(len(names))
        for column, count in enumerate(counts[row])
    ]
    side = max(26, min(72, 240 // max(len(names), 1)))

    def draw(look: Look) -> Any:
        turned = -45 if max(map(width, short)) * _LETTER > side else 0
        across = alt.Axis(orient="top", labelAngle=turned, **_bare(), labelOverlap=False)
        x = alt.X("said:N", sort=short, title="predicted", axis=across)
        y = alt.Y("true:N", sort=short, title="true", axis=alt.Axis(**_bare(), **_extent(short)))
        base = _chart(rows).encode(x=x, y=y)
        fill = alt.condition("datum.most", alt.value(look.accent), alt.value(look.soft))
        ink = alt.condition("datum.most", alt.value(look.on_accent), alt.value(look.ink))
        squares = base.mark_rect(stroke=look.card, strokeWidth=1.5).encode(color=fill)
        size = 10 if side < 40 else 14
        numbers = base.mark_text(fontSize=size, fontWeight="bold").encode(text="text:N", color=ink)
        whole = side * len(short)
        return _finished(squares + numbers, look, height=whole, wide=whole)

    return draw


def line(xs: Sequence[float], ys: Sequence[float], across: str, up: str, diagonal: bool) -> Drawing:
    """Draw a curve between 0 and 1, with the diagonal of a guess if there is one."""
    rows = [{"x": x, "y": y, "n": place} for place, (x, y) in enumerate(_thin(xs, ys))]

    def draw(look: Look) -> Any:
        unit = alt.Scale(domain=[0, 1])
        x, y = alt.X("x:Q", title=across, scale=unit), alt.Y("y:Q", title=up, scale=unit)
        curve = (
            _chart(rows).mark_line(color=look.accent, strokeWidth=2).encode(x=x, y=y, order="n:Q")
        )
        ends = [{"x": 0, "y": 0}, {"x": 1, "y": 1}] if diagonal else []
        guess = _chart(ends).mark_line(color=look.muted, strokeDash=[4, 4]).encode(x=x, y=y)
        return _finished(guess + curve, look, height=210)

    return draw


def bars(values: Sequence[tuple[str, float]], title: str) -> Drawing:
    """Draw a bar for each name, from 0."""
    names = labels([name for name, _ in values])
    rows = [{"name": name, "value": value} for name, (_, value) in zip(names, values, strict=True)]

    def draw(look: Look) -> Any:
        chart = (
            _chart(rows)
            .mark_bar(color=look.accent, size=11)
            .encode(y=_names_axis(names), x=alt.X("value:Q", title=title))
        )
        return _finished(chart, look, height=max(18 * len(rows), 40), names=names)

    return draw


def pairs(values: Sequence[tuple[str, float, float]], first: str, second: str) -> Drawing:
    """Draw two values of each name on one axis from 0, by colour and by shape."""
    names = labels([name for name, _, _ in values])
    rows = [
        {"name": name, "value": value, "kind": kind}
        for name, (_, one, other) in zip(names, values, strict=True)
        for kind, value in ((first, one), (second, other))
    ]

    def draw(look: Look) -> Any:
        kinds = [first, second]
        legend = alt.Legend(orient="top", title=None, labelLimit=0)
        colour = alt.Color(
            "kind:N", legend=legend, scale=alt.Scale(domain=kinds, range=[look.accent, look.second])
        )
        shape = alt.Shape(
            "kind:N", legend=legend, scale=alt.Scale(domain=kinds, range=["circle", "diamond"])
        )
        chart = (
            _chart(rows)
            .mark_point(filled=True, size=70, opacity=1)
            .encode(
                y=_names_axis(names),
                x=alt.X("value:Q", title="value", scale=alt.Scale(zero=True)),
                color=colour,
                shape=shape,
            )
        )
        return _finished(chart, look, height=max(18 * len(names), 40), names=names)

    return draw


def scatter(xs: Sequence[float], ys: Sequence[float], across: str, up: str) -> Drawing:
    """Draw points, and the line on which both values are the same."""
    rows = [{"x": x, "y": y} for x, y in _thin(xs, ys, 400)]
    ends = [min([*xs, *ys]), max([*xs, *ys])]

    def draw(look: Look) -> Any:
        scale = alt.Scale(zero=False)
        x, y = alt.X("x:Q", title=across, scale=scale), alt.Y("y:Q", title=up, scale=scale)
        same = (
            _chart([{"x": end, "y": end} for end in ends])
            .mark_line(color=look.muted, strokeDash=[4, 4])
            .encode(x=x, y=y)
        )
        points = (
            _chart(rows)
            .mark_point(filled=True, size=22, color=look.accent, opacity=0.6)
            .encode(x=x, y=y)
        )
        return _finished(same + points, look, height=210)

    return draw


def columns(bins: Sequence[tuple[float, float, int]], across: str, up: str) -> Drawing:
    """Draw how many values are in each bin."""
    rows = [{"from": low, "to": high, "count": count} for low, high, count in bins]

    def draw(look: Look) -> Any:
        chart = (
            _chart(rows)
            .mark_bar(color=look.accent, stroke=look.card, orient="vertical")
            .encode(
                x=alt.X("from:Q", title=across, scale=alt.Scale(zero=False)),
                x2="to:Q",
                y=alt.Y("count:Q", title=up),
            )
        )
        return _finished(chart, look, height=170)

    return draw


def band(
    steps_of: Sequence[int],
    truth: Sequence[float | None],
    low: Sequence[float],
    middle: Sequence[float],
    high: Sequence[float],
    words: tuple[str, str],
) -> Drawing:
    """Draw a band between two quantiles, the middle one, and what has come as points."""
    rows = [
        {"step": step, "low": below, "middle": between, "high": above, "truth": is_}
        for step, is_, below, between, above in zip(steps_of, truth, low, middle, high, strict=True)
    ]

    def draw(look: Look) -> Any:
        axis = alt.Axis(values=_whole(steps_of[0], steps_of[-1]), format="d")
        x = alt.X("step:Q", title=words[0], axis=axis, scale=alt.Scale(nice=False))
        scale = alt.Scale(zero=False)
        base = _chart(rows)
        area = base.mark_area(color=look.soft).encode(
            x=x, y=alt.Y("low:Q", title=words[1], scale=scale), y2="high:Q"
        )
        median = base.mark_line(color=look.accent, strokeWidth=2).encode(x=x, y="middle:Q")
        known = base.transform_filter("isValid(datum.truth)")
        points = known.mark_point(filled=True, size=32, color=look.second, opacity=1).encode(
            x=x, y="truth:Q"
        )
        return _finished(area + median + points, look, height=170)

    return draw


def _chart(rows: Rows) -> Any:
    data: Any = alt.Data
    return alt.Chart(data(values=rows))


def _finished(
    chart: Any, look: Look, *, height: float, wide: float = _WIDE, names: Sequence[str] = ()
) -> Any:
    """Return a chart in its colours; names beside it take of its width."""
    wide = max(wide - _extent(names)["minExtent"] + _LETTER, 150) if names else wide
    return chart.properties(width=wide, height=height, background="transparent").configure(
        padding=_ROOM,
        font=_FONT,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=look.ink,
            titleColor=look.muted,
            gridColor=look.grid,
            domainColor=look.muted,
            tickColor=look.muted,
            labelFontSize=_SIZE,
            titleFontSize=_SIZE,
            titleFontWeight="normal",
            labelLimit=0,
            titleLimit=0,
        ),
        legend=alt.LegendConfig(labelColor=look.ink, labelFontSize=_SIZE, titleColor=look.muted),
    )


def _count(count: float) -> str:
    """Return a count as a cell has room for it."""
    if count >= 1e4:
        return f"{count / 1000:.0f}k"
    return f"{count:.0f}" if count else ""


def _names_axis(names: Sequence[str]) -> alt.Y:
    axis = alt.Axis(**_extent(names), labelOverlap=False, grid=False, tickSize=3)
    return alt.Y("name:N", sort=list(names), title=None, axis=axis)


def _extent(names: Sequence[str]) -> dict[str, Any]:
    """Return room for the names, as a browser with other letters may draw them."""
    return {"minExtent": max((width(name) for name in names), default=0) * _LETTER + 8}


def _bare() -> dict[str, Any]:
    return {"grid": False, "ticks": False, "domain": False}


def _around(values: Sequence[float], room: float = 0.25) -> tuple[float, float]:
    """Return the ends of an axis that is cut around values."""
    low, high = min(values), max(values)
    span = (high - low) or abs(high) or 1.0
    return low - 0.1 * span, high + room * span


def _whole(first: int, last: int) -> list[int]:
    """Return whole numbers for an axis, eight or so."""
    return list(range(first, last + 1, max(1, -(-(last - first) // 8))))


def _thin(xs: Sequence[float], ys: Sequence[float], most: int = 150) -> list[tuple[float, float]]:
    found = list(zip(xs, ys, strict=True))
    if len(found) <= most:
        return found
    step = (len(found) - 1) / (most - 1)
    return [found[round(place * step)] for place in range(most)]
