"""What the theme leaves out for readers who see no page or have no mouse; axe-core finds it."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

_MISSING = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Site">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="This page">',
    '<aside class="toc-drawer no-toc">': '<aside class="toc-drawer no-toc" aria-label="This page">',
    '<dl>\n<dd><em class="sig-param">': '<dl role="presentation">\n<dd><em class="sig-param">',
    "<pre>": '<pre tabindex="0">',
    '<div class="table-wrapper colwidths-auto docutils container">': (
        '<div class="table-wrapper colwidths-auto docutils container" tabindex="0">'
    ),
    '<div class="table-wrapper docutils container">': (
        '<div class="table-wrapper docutils container" tabindex="0">'
    ),
    '</noscript>\n\n<div id="search-results">': (
        '</noscript>\n<h1>Search</h1>\n<div id="search-results">'
    ),
}
"""A tag, and the same with what was missing: what scrolls can be reached by the keyboard."""


def readable(text: str) -> str:
    """Return a page with what was missing; one that has it stays as it is."""
    for tag, whole in _MISSING.items():
        text = text.replace(tag, whole)
    return text


def _finish(app: Sphinx, error: Exception | None) -> None:
    for path in [] if error else Path(app.outdir).rglob("*.html"):
        before = path.read_text()
        after = readable(before)
        if after != before:
            path.write_text(after)


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
