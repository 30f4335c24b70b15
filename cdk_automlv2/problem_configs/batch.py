"""How the candidates of a problem take whole files: each kind of problem says it of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFormat:
    """What a batch transform of such a candidate sends, and how answers are put together.

    Attributes:
        content_type: Of an object; ``None`` where only the user knows.
        accept: Of the answers.
        split_type: How objects are split into records: Line, or None for whole objects.
        assemble_with: How answers are put together: Line, or None.
        batch_strategy: MultiRecord or SingleRecord; ``None`` where nothing is split.
        max_payload_in_mb: Most of one request; 0 for any. Default: SageMaker's, 6 MB.
        invocations_timeout: Longest time of one request; seconds. Default: SageMaker's, 600 s.
        joins: Whether answers are one line each, so that they can be joined with the input.
        is_whole: Whether one object holds everything that one answer needs.
        fault: Rule that is broken where such a candidate cannot be used in batches.
    """

    content_type: str | None = "text/csv"
    accept: str = "text/csv"
    split_type: str = "Line"
    assemble_with: str = "Line"
    batch_strategy: str | None = "MultiRecord"
    max_payload_in_mb: int | None = None
    invocations_timeout: int | None = None
    joins: bool = True
    is_whole: bool = False
    fault: str | None = None

    def defaults(self) -> dict[str, Any]:
        """Return the options that are set where the user sets none."""
        names = (
            *("content_type", "accept", "split_type", "assemble_with", "batch_strategy"),
            *("max_payload_in_mb", "invocations_timeout"),
        )
        return {name: getattr(self, name) for name in names}
