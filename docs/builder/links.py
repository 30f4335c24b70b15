"""Addresses of the repository in the pages' text become addresses in the site.

The README is shown on PyPI and GitHub, so that its links are absolute; the site shows parts of it.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from sphinx.application import Sphinx

DOCS = Path(__file__).parents[1]
SOURCE = tomllib.loads((DOCS.parent / "pyproject.toml").read_text())["project"]["urls"]["Source"]
_RAW = SOURCE.replace("github.com", "raw.githubusercontent.com")
_IN_THE_REPOSITORY = re.compile(
    rf"\]\((?:{re.escape(SOURCE)}/blob/main/|{re.escape(_RAW)}/main/)?(docs/[\w./-]+)([#)])"
)
_TOP_PAGES = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}


def localize(text: str) -> str:
    """Return a page's text with links to what the site has in the site."""
    for file, page in _TOP_PAGES.items():
        text = text.replace(f"]({SOURCE}/blob/main/{file})", f"](/{page})")
    return _IN_THE_REPOSITORY.sub(_address, text)


def _address(found: re.Match[str]) -> str:
    path, after = found[1], found[2]
    if path.endswith((".md", ".svg", ".png")):
        return f"](/{path.removeprefix('docs/')}{after}"
    return f"]({SOURCE}/blob/main/{path}{after}"


def _read(app: Sphinx, name: str, content: list[str]) -> None:
    content[0] = localize(content[0])


def _included(app: Sphinx, path: Path, name: str, content: list[str]) -> None:
    content[0] = localize(content[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Join the build."""
    app.connect("source-read", _read)
    app.connect("include-read", _included)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
