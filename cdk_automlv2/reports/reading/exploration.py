"""The data exploration notebook: static Markdown, its findings rated by severity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cdk_automlv2.reports.facts import Finding
from cdk_automlv2.reports.reading.store import Store
from cdk_automlv2.reports.texts import clean

_SEVERITY = re.compile(r"\b(high|low) severity\b(?:\s+insight)?:?", re.I)
_TAGS = re.compile(r"(?<!\\)<[^>]*>|(?<!\\)[*`#]+")
_ESCAPED = re.compile(r"\\(.)")
_MOST = 40
_LONGEST = 300


def findings_of(store: Store, uri: str) -> list[Finding]:
    """Return what the notebook has found, each with its section; nothing if it cannot be read."""
    content = store.json(uri)
    cells = content.get("cells") if isinstance(content, Mapping) else None
    return list(_findings(cells if isinstance(cells, list) else []))[:_MOST]


def _findings(cells: list[Any]) -> Iterator[Finding]:
    section = ""
    for cell in cells:
        if not isinstance(cell, Mapping) or cell.get("cell_type") != "markdown":
            continue
        source = cell.get("source") or ""
        for line in ("".join(source) if isinstance(source, list) else str(source)).splitlines():
            words = clean(_ESCAPED.sub(r"\1", _TAGS.sub("", line)))
            if line.startswith("#"):
                section = words
            elif match := _SEVERITY.search(words):
                said = _SEVERITY.sub("", words).strip(" :–-")[:_LONGEST]
                yield Finding(match[1].lower(), f"{section}: {said}" if section else said)
