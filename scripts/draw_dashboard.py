"""Draws a dashboard's JSON with sample data, as CloudWatch lays it out, to look at it as a picture.

    python scripts/draw_dashboard.py body.json page.html
    chromium --headless --no-sandbox --screenshot=page.png --window-size=1460,4000 page.html

``body.json`` is the DashboardBody of a template. The data are made up; units, labels, colours and
places are those of the dashboard.
"""

from __future__ import annotations

import html
import json
import math
import random
import re
import sys
from pathlib import Path
from typing import Any

COLUMN, ROW, GAP = 60, 50, 8
"""Pixels of a column, of a row, and between widgets."""

POINTS = 60
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f")
SCALES = {
    "Invocations": 120.0,
    "InvocationsPerInstance": 60.0,
    "Invocation4XXErrors": 4.0,
    "Invocation5XXErrors": 1.0,
    "InvocationModelErrors": 1.0,
    "OverheadLatency": 9_000.0,
    "CPUUtilization": 140.0,
    "GPUUtilization": 0.0,
    "MemoryUtilization": 40.0,
    "DiskUtilization": 20.0,
    "ServerlessConcurrentExecutionsUtilization": 0.5,
    "ServerlessProvisionedConcurrencyUtilization": 0.8,
    "ServerlessProvisionedConcurrencySpilloverInvocations": 3.0,
    "HasBacklogWithoutCapacity": 0.5,
    "ModelSetupTime": 9_000_000.0,
    "ApproximateAgeOfOldestRequest": 90.0,
    "TimeInBacklog": 20_000.0,
    "Objective": 0.93,
    "RunSeconds": 700.0,
    "FailedRuns": 0.2,
}
LATENCY = {"p50": 20_000.0, "p90": 45_000.0, "p99": 130_000.0}


def data_of(metric: list[Any], options: dict[str, Any]) -> list[float]:
    """Return made-up values of a metric, the same each time."""
    name = metric[1]
    seed = random.Random(json.dumps([*metric[:2], options.get("label"), options.get("stat")]))
    scale = SCALES.get(name, 20.0)
    scale = LATENCY.get(options.get("stat", ""), 30_000.0) if name == "ModelLatency" else scale
    if options.get("stat") == "SampleCount":
        return [2.0 + (20 <= number < 44) for number in range(POINTS)]
    wave = [1 + 0.4 * math.sin(number / 9) for number in range(POINTS)]
    return [scale * part * seed.uniform(0.85, 1.15) for part in wave]


def lines_of(properties: dict[str, Any]) -> list[tuple[str, str, list[float]]]:
    """Return label, colour and values of the lines that a widget shows."""
    raw: dict[str, list[float]] = {}
    shown: list[tuple[str, str, Any]] = []
    for metric in properties["metrics"]:
        options = metric[-1] if isinstance(metric[-1], dict) else {}
        colour = options.get("color") or COLOURS[len(shown) % len(COLOURS)]
        if "expression" in options:
            shown.append((options["label"], colour, options["expression"]))
            continue
        values = data_of(metric, options)
        raw[options.get("id", "")] = values
        if options.get("visible", True):
            label = options.get("label") or f"{metric[1]} {options.get('stat', 'Average')}"
            shown.append((label, colour, values))
    return [
        (label, colour, scaled(what, raw) if isinstance(what, str) else what)
        for label, colour, what in shown
    ]


def scaled(expression: str, raw: dict[str, list[float]]) -> list[float]:
    """Return what an expression such as ``m/1000`` makes of a metric."""
    found = re.fullmatch(r"(\w+)([/*])(\d+)", expression)
    assert found, expression
    factor = float(found[3]) if found[2] == "*" else 1 / float(found[3])
    return [value * factor for value in raw[found[1]]]


def graph(properties: dict[str, Any], width: int, height: int) -> str:
    """Return a graph as SVG: title, axis, lines, and a legend that wraps below."""
    lines = lines_of(properties)
    limits = properties.get("annotations", {}).get("horizontal", [])
    legend, rows = legend_of(lines, width)
    left, top, bottom = 46, 36, 14 + 16 * rows
    wide, high = width - left - 12, height - top - bottom
    axis = properties.get("yAxis", {}).get("left", {})
    values = [value for _, _, line in lines for value in line] or [1.0]
    values += [limit["value"] for limit in limits]
    least = axis.get("min", min(values) * 0.95)
    span = (max(values) * 1.05 - least) or 1.0
    parts = [text(10, 20, properties["title"], 13, "#16191f", "600")]
    if axis.get("label"):
        parts.append(text(10, 33, axis["label"], 9, "#687078"))
    for step in range(3):
        y = top + high - high * step / 2
        parts.append(f'<path d="M{left} {y}H{left + wide}" stroke="#eaeded"/>')
        mark = f"{least + span * step / 2:.3g}"
        parts.append(text(left - 6, y + 3, mark, 9, "#687078", end=True))
    for _, colour, line in lines:
        places = (
            (left + wide * number / (POINTS - 1), top + high - high * (value - least) / span)
            for number, value in enumerate(line)
        )
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        look = f'fill="none" stroke="{colour}" stroke-width="2"'
        parts.append(f'<polyline points="{points}" {look}/>')
    for limit in limits:
        y = top + high - high * (limit["value"] - least) / span
        look = f'stroke="{limit["color"]}" stroke-dasharray="4 3"'
        parts.append(f'<path d="M{left} {y:.1f}H{left + wide}" {look}/>')
        words = f"{limit['label']} {limit['value']:g}"
        parts.append(text(left + wide, y - 3, words, 9, limit["color"], end=True))
    at = f'<g transform="translate(0 {height - 16 * rows})">{"".join(legend)}</g>'
    return f'<svg width="{width}" height="{height}">{"".join(parts)}{at}</svg>'


def legend_of(lines: list[tuple[str, str, list[float]]], width: int) -> tuple[list[str], int]:
    """Return the entries of a legend, and how many rows they take."""
    parts, x, row = [], 12, 0
    for label, colour, _ in lines:
        room = 22 + 6 * len(label)
        if x + room > width and x > 12:
            x, row = 12, row + 1
        y = 16 * row + 4
        parts.append(f'<rect x="{x}" y="{y - 8}" width="9" height="9" fill="{colour}"/>')
        parts.append(text(x + 13, y, label, 10, "#16191f"))
        x += room
    return parts, row + 1


def text(
    x: float, y: float, what: str, size: int, colour: str, weight: str = "400", *, end: bool = False
) -> str:
    """Return a text as SVG."""
    anchor = ' text-anchor="end"' if end else ""
    look = f'font-size="{size}" font-weight="{weight}" fill="{colour}"{anchor}'
    return f'<text x="{x:.0f}" y="{y:.0f}" {look}>{html.escape(what)}</text>'


def page(body: dict[str, Any]) -> str:
    """Return a dashboard as a page."""
    shown = []
    for widget in body["widgets"]:
        width, height = widget["width"] * COLUMN - GAP, widget["height"] * ROW - GAP
        place = f"left:{widget['x'] * COLUMN}px;top:{widget['y'] * ROW}px;"
        size = f"width:{width}px;height:{height}px"
        properties = widget["properties"]
        if widget["type"] == "text":
            title, _, rest = properties["markdown"].partition("\n")
            inner = f"<b>{html.escape(title.lstrip('# '))}</b> {html.escape(rest)}"
            shown.append(f'<div class="text" style="{place}{size}">{inner}</div>')
        else:
            drawn = graph(properties, width, height)
            shown.append(f'<div class="graph" style="{place}{size}">{drawn}</div>')
    style = (
        "body{font-family:sans-serif;background:#f2f3f3;margin:8px}div{position:absolute}"
        ".graph{background:#fff;border:1px solid #d5dbdb}.text{font-size:17px;padding-top:8px}"
    )
    return f"<meta charset='utf-8'><style>{style}</style>{''.join(shown)}"


if __name__ == "__main__":
    _, source, target = sys.argv
    Path(target).write_text(page(json.loads(Path(source).read_text())))
