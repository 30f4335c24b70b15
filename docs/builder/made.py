"""The folder of the pages that the build makes, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "generated"


def write_pages(folder: str, pages: Mapping[str, str]) -> None:
    """Let a folder hold these pages and no others; a page that is the same keeps its time.

    Args:
        folder: Below ``docs/generated``.
        pages: Their texts, by file name.
    """
    place = FOLDER / folder
    place.mkdir(parents=True, exist_ok=True)
    for path in place.iterdir():
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        path = place / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def title(text: str, line: str = "=") -> str:
    """Return a heading in reStructuredText."""
    return f"{text}\n{line * len(text)}\n\n"
