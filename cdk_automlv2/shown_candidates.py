"""Candidates of a job as a notebook shows them: a table, or a chart."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any


class Candidates(list[dict[str, Any]]):
    """Candidates of a job: a list, which a notebook shows as a table, or as a ``chart``."""

    def __repr__(self) -> str:
        header, *rows = self._table()
        return "\n".join("  ".join(row) for row in (header, *rows)) if rows else "no candidates"

    def ranked(self) -> Candidates:
        """Return them with the best first; those without an objective last, in their order."""
        sign = 1 if any(_objective(item).get("Type") == "Minimize" for item in self) else -1
        known = [item for item in self if _value(item) is not None]
        known.sort(key=lambda item: sign * (_value(item) or 0.0))
        return Candidates([*known, *(item for item in self if _value(item) is None)])

    @property
    def chart(self) -> Chart:
        """Their objective as a chart, drawn by the notebook: nothing needs to be installed."""
        return Chart(self)

    def _repr_html_(self) -> str:
        """Return a table without script, in the notebook's own colours."""
        header, *rows = ([html.escape(cell) for cell in row] for row in self._table())
        cells = "".join(
            f'<tr><th scope="row" style="text-align:left">{first}</th>'
            f"{''.join(f'<td>{cell}</td>' for cell in rest)}</tr>"
            for first, *rest in rows
        )
        titles = "".join(f'<th scope="col">{title}</th>' for title in header)
        body = f"<thead><tr>{titles}</tr></thead><tbody>{cells}</tbody>"
        return f'<table style="background:none;color:inherit">{body}</table>'

    def _table(self) -> list[list[str]]:
        names = [str(_objective(item).get("MetricName", "")) for item in self]
        metrics = [_validation(item) for item in self]
        objective = next((name for name in names if name), "objective")
        others = sorted({name for found in metrics for name in found} - {objective})
        rows = [["candidate", "status", objective, *others]]
        for item, found in zip(self, metrics, strict=True):
            values = [_value(item), *(found.get(name) for name in others)]
            shown = ["" if value is None else f"{value:.4g}" for value in values]
            rows.append([str(item["CandidateName"]), str(item.get("CandidateStatus", "")), *shown])
        return rows


@dataclass(frozen=True)
class Chart:
    """A chart of candidates by their objective, as Vega-Lite; without it, their table."""

    candidates: Candidates

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Return the chart, and table and text for what cannot draw it."""
        rows = [
            {"candidate": item["CandidateName"], "value": _value(item)}
            for item in self.candidates
            if _value(item) is not None
        ]
        metric = next((_objective(item).get("MetricName") for item in self.candidates), None)
        y = {"field": "candidate", "type": "nominal", "sort": None, "title": None}
        x = {"field": "value", "type": "quantitative", "scale": {"zero": False}}
        spec = {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "data": {"values": rows},
            "mark": {"type": "point", "filled": True, "size": 80},
            "encoding": {"y": y, "x": {**x, "title": metric or "objective"}},
            "config": {"axis": {"labelLimit": 400}},
        }
        return {
            "application/vnd.vegalite.v6+json": spec,
            "text/html": self.candidates._repr_html_(),
            "text/plain": repr(self.candidates),
        }


def _objective(candidate: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = candidate.get("FinalAutoMLJobObjectiveMetric") or {}
    return found


def _value(candidate: dict[str, Any]) -> float | None:
    value = _objective(candidate).get("Value")
    return None if value is None else float(value)


def _validation(candidate: dict[str, Any]) -> dict[str, float]:
    listed = (candidate.get("CandidateProperties") or {}).get("CandidateMetrics") or []
    return {
        str(metric.get("StandardMetricName") or metric.get("MetricName")): metric["Value"]
        for metric in listed
        if metric.get("Set", "Validation") == "Validation"
    }
