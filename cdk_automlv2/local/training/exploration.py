"""The data exploration notebook of a tabular job: static Markdown, made before training."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pandas as pd

_MOST_ROWS = 20
_LONGEST = 60
_MANY_MISSING = 0.5
_SOME_MISSING = 0.05
_RARE = 0.05
_MOST_CLASSES = 50


def notebook_of(cells: pd.DataFrame, target: str, classes: bool) -> bytes:
    """Return the notebook.

    Args:
        cells: The rows that have a target, as they are written; empty cells are ``None``.
        target: Column to predict.
        classes: Whether labels are predicted, not numbers.
    """
    cells = cells.loc[:, ~cells.columns.duplicated()]
    sections = [
        _summary(cells, target),
        _target(cells[target], target, classes),
        _missing(cells),
        _duplicates(cells),
        _constants(cells, target),
    ]
    markdown = [
        {"cell_type": "markdown", "id": f"section-{number}", "metadata": {}, "source": text}
        for number, text in enumerate(sections)
    ]
    whole = {"cells": markdown, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1).encode()


def _summary(cells: pd.DataFrame, target: str) -> str:
    rows, columns = cells.shape
    return "\n".join(
        [
            "# Data exploration",
            "",
            f"{rows:,} rows with a target, "
            f"{columns - 1:,} columns beside the target {_said(target)}.",
        ]
    )


def _target(found: pd.Series[str], target: str, classes: bool) -> str:
    lines = ["# Target analysis", ""]
    if not classes:
        numbers = pd.to_numeric(found, errors="coerce").dropna()
        lines += ["| Smallest | Median | Mean | Largest |", "|---|---|---|---|"]
        values = (numbers.min(), numbers.median(), numbers.mean(), numbers.max())
        lines.append(f"| {' | '.join(f'{value:.6g}' for value in values)} |")
        return "\n".join(lines)
    counts = Counter(found.tolist())
    lines += ["| Label | Rows | Share |", "|---|---|---|"]
    lines += [
        f"| {_said(label)} | {count:,} | {count / len(found):.1%} |"
        for label, count in counts.most_common(_MOST_ROWS)
    ]
    rare = [label for label, count in counts.items() if count / len(found) < _RARE]
    if rare and len(counts) <= _MOST_CLASSES:
        names = ", ".join(_said(label) for label in rare[:_MOST_ROWS])
        lines.append(f"\n**High severity insight:** labels below {_RARE:.0%} of the rows: {names}")
    return "\n".join(lines)


def _missing(cells: pd.DataFrame) -> str:
    shares = cells.isna().mean().sort_values(ascending=False)
    known = [(str(name), float(share)) for name, share in shares.items() if share > 0]
    lines = ["# Missing values", ""]
    if not known:
        return "\n".join([*lines, "No cell is empty."])
    lines += ["| Column | Empty |", "|---|---|"]
    lines += [f"| {_said(name)} | {share:.1%} |" for name, share in known[:_MOST_ROWS]]
    lines += ["", *_insights(known)]
    return "\n".join(lines)


def _insights(known: list[tuple[str, float]]) -> Iterator[str]:
    for name, share in known[:_MOST_ROWS]:
        if share >= _SOME_MISSING:
            severity = "High" if share >= _MANY_MISSING else "Low"
            yield f"**{severity} severity insight:** {share:.1%} of {_said(name)} is empty\n"


def _duplicates(cells: pd.DataFrame) -> str:
    share = float(cells.duplicated().mean())
    lines = ["# Duplicate rows", "", f"{share:.1%} of the rows repeat another one."]
    if share > 0:
        severity = "High" if share >= _MANY_MISSING else "Low"
        lines.append(f"\n**{severity} severity insight:** {share:.1%} of the rows are duplicates")
    return "\n".join(lines)


def _constants(cells: pd.DataFrame, target: str) -> str:
    constant = [
        _said(name) for name in cells.columns if name != target and cells[name].nunique() <= 1
    ]
    lines = ["# Cardinality", ""]
    if not constant:
        return "\n".join([*lines, "Every column has several values."])
    names = ", ".join(constant[:_MOST_ROWS])
    return "\n".join([*lines, f"**Low severity insight:** columns of a single value: {names}"])


def _said(value: object) -> str:
    """Return a name or value that a table of Markdown can hold."""
    text = " ".join(str(value).split())[:_LONGEST]
    for sign in ("\\", "|", "*", "`", "<", ">", "#", "_"):
        text = text.replace(sign, f"\\{sign}")
    return text
