"""The style sheet: palette and rules of the reports, and what only this page has."""

from __future__ import annotations

from importlib.resources import files

from cdk_automlv2.reports.charts.look import DARK, LIGHT, Look

_PAGES = {LIGHT: "#f6f7f9", DARK: "#0d1117"}
"""Behind the cards, as in the reports."""


def sheet() -> str:
    """Return the style sheet."""
    reports = (files("cdk_automlv2.reports") / "templates" / "report.css").read_text("utf-8")
    own = (files("cdk_automlv2.cli.page") / "static" / "page.css").read_text("utf-8")
    dark = f"@media(prefers-color-scheme:dark){{{_variables(DARK)}}}"
    return "\n".join([_variables(LIGHT), dark, reports, own])


def _variables(look: Look) -> str:
    values = {**look.variables(), "--page": _PAGES[look]}
    return f":root{{{''.join(f'{name}:{colour};' for name, colour in values.items())}}}"
