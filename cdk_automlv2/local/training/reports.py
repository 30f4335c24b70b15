"""Reports on the best candidate: which files there are, by the member that locates them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Files = Mapping[str, bytes]
"""Contents by the path below the report's folder."""


class Reports:
    """Makes the reports of one candidate; a kind overrides those that it has.

    What returns ``None`` is not promised to the reader of the job's description.
    """

    def explained(self, folder: str) -> Files | None:
        """Return the explainability report.

        Args:
            folder: Where it is put; a report may name its own files.
        """
        return None

    def insights(self) -> Files | None:
        """Return the performance report."""
        return None

    def back_tests(self) -> Files | None:
        """Return the results of back-tests."""
        return None


def to_json(value: Any) -> bytes:
    """Return a value as the reports hold it; what is not finite must be a text already."""
    return json.dumps(value, indent=1, sort_keys=True, allow_nan=False).encode()
