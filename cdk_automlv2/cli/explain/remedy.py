"""What to do about a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DEPLOY: Final = "cdk deploy"
LOGS: Final = "automlv2 logs STACK"
CANDIDATES: Final = "automlv2 candidates STACK"
STATUS: Final = "automlv2 status STACK"


@dataclass(frozen=True)
class Remedy:
    """What to do.

    Attributes:
        pattern: Of the reasons that it is for.
        words: What to change.
        next: The next command; ``STACK`` stands for the stack's name.
    """

    pattern: str
    words: str
    next: str = DEPLOY
