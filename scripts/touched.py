"""Which functions of some files a test runs: only such a test can notice that they were changed."""

from __future__ import annotations

import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

Place = tuple[str, str]
"""A file, and a function's qualified name."""


class Touched:
    """What each test has run.

    Args:
        below: The folder of the files that count.
    """

    def __init__(self, below: Path) -> None:
        self._below = str(below)
        self._places: defaultdict[str, set[Place]] = defaultdict(set)

    @contextmanager
    def noted(self, test: str) -> Iterator[None]:
        """Note what runs within the block, in this thread and in those begun there."""
        found = self._places[test]

        def note(frame: FrameType, _event: str, _: Any) -> None:
            # Asked at each call; as it returns nothing, it is not asked for each line.
            code = frame.f_code
            if code.co_filename.startswith(self._below):
                found.add((code.co_filename, code.co_qualname))

        threading.settrace(note)
        sys.settrace(note)
        try:
            yield
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]

    def by(self, test: str, places: set[Place]) -> bool:
        """Whether a test has run any of these functions."""
        return not places.isdisjoint(self._places[test])
