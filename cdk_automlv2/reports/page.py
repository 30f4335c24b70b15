"""The page: one HTML file without script that loads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from cdk_automlv2.reports import figures
from cdk_automlv2.reports.charts.drawing import svg
from cdk_automlv2.reports.charts.figure import Figure
from cdk_automlv2.reports.charts.look import DARK, LIGHT
from cdk_automlv2.reports.facts import TRAIN, VALIDATION, Candidate, Example, Facts, Source
from cdk_automlv2.reports.reading.explanations import data_uri
from cdk_automlv2.reports.summary import summary_of
from cdk_automlv2.reports.texts import duration, metric, shared_prefix, title

_MOST_METRICS = 12


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Attributes:
        id: Its anchor.
        title: Its heading.
        figures: With their drawings.
        source: Where they are known from.
    """

    id: str
    title: str
    figures: Sequence[tuple[Figure, Any]]
    source: Source


def write(facts: Facts) -> str:
    """Return the page of a job."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    folder = files("cdk_automlv2.reports") / "templates"
    css, page = ((folder / name).read_text("utf-8") for name in ("report.css", "report.html"))
    return environment.from_string(page).render(
        facts=facts,
        title=figures.title_of(facts),
        css=_safe(css),
        light=_safe(_variables(LIGHT.variables())),
        dark=_safe(_variables(DARK.variables())),
        summary=summary_of(facts),
        board=_board(facts),
        candidates=_drawn(figures.leaders(facts)),
        sections=_sections(facts),
        examples=[(item.source, [_shown(one) for one in item.items]) for item in facts.examples],
        models=_models(facts),
    )


def all_figures(facts: Facts) -> list[Figure]:
    """Return every figure of the page."""
    judged = [figure for _, found in figures.judged(facts) for figure in found]
    return [*figures.leaders(facts), *judged, *figures.explained(facts)]


def _sections(facts: Facts) -> list[Section]:
    made = []
    for place, (source, found) in enumerate(figures.judged(facts), start=1):
        words = "How good it is on held-out rows" if source.is_asked else "How good the best is"
        made.append(Section(f"quality-{place}", words, _drawn(found), source))
    explained = figures.explained(facts)
    if explained:
        source = explained[0].source
        made.append(Section("importance", "Which columns count", _drawn(explained), source))
    return made


def _drawn(found: Sequence[Figure]) -> list[tuple[Figure, Any]]:
    return [(figure, _safe(svg(figure))) for figure in found]


def _safe(text: str) -> Any:
    """Return a text of ours, in which all that comes from data is escaped already."""
    from markupsafe import Markup

    return Markup(text)


def _variables(values: dict[str, str]) -> str:
    return "".join(f"{name}:{value};" for name, value in values.items())


def _board(facts: Facts) -> dict[str, Any]:
    """Return the leaderboard: the best first, metrics of the validation rows."""
    known = {key for item in facts.candidates for key in item.metrics}
    names = sorted({name for name, kind in known if kind == VALIDATION and name != facts.metric})
    names = names[:_MOST_METRICS]
    learnt = (facts.metric, TRAIN)
    train = bool(facts.metric) and any(learnt in item.metrics for item in facts.candidates)
    header = [facts.metric] if facts.metric else []
    header += [f"{facts.metric} train"] if train else []
    prefix = shared_prefix([item.name for item in facts.candidates])
    timed = any(item.seconds is not None for item in facts.candidates)
    return {
        "header": [*header, *map(title, names), *(["took"] if timed else [])],
        "prefix": prefix,
        "rows": [_row(item, facts, prefix, names, train, timed) for item in facts.candidates],
    }


def _row(
    item: Candidate,
    facts: Facts,
    prefix: str,
    names: Sequence[str],
    train: bool,
    timed: bool,
) -> tuple[str, bool, str, list[str]]:
    cells = [metric(item.value, facts.metric)] if facts.metric else []
    if train:
        cells.append(metric(item.metrics.get((facts.metric, TRAIN)), facts.metric))
    cells += [metric(item.metrics.get((name, VALIDATION)), name) for name in names]
    status = "" if item.status == "Completed" else item.status
    if timed:
        cells.append("–" if item.seconds is None else duration(item.seconds))
    return item.name.removeprefix(prefix), item.name == facts.best, status, cells


def _models(facts: Facts) -> list[dict[str, Any]]:
    """Return a table for each back-test that compares models."""
    found = []
    for back_tests in facts.back_tests:
        names = sorted({name for values in back_tests.models.values() for name in values})
        if names:
            rows = [
                (model, [metric(values.get(name), name) for name in names])
                for model, values in back_tests.models.items()
            ]
            found.append({"header": names, "rows": rows, "source": back_tests.source})
    return found


def _shown(item: Example) -> dict[str, Any]:
    most = max((abs(value) for _, value in item.parts), default=0.0) or 1.0
    return {
        "item": item,
        "picture": data_uri(item.picture),
        "heat_map": data_uri(item.heat_map),
        "chance": "" if item.probability is None else f"{item.probability:.0%}",
        "parts": [(part, value, _strength(value / most)) for part, value in item.parts],
    }


def _strength(share: float) -> str:
    """Return how a part of a text is shown: for, against, or not at all."""
    if abs(share) < 0.2:
        return ""
    return "for" if share > 0 else "against"
