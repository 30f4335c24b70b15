"""What to do about a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cdk_automlv2.cli.following import DOCTOR, Command, run, tool

DEPLOY: Final = tool("cdk", "deploy")
DESTROY: Final = tool("cdk", "destroy")
DESCRIBE: Final = run("describe", "STACK")
LOGS: Final = run("logs", "STACK")
CANDIDATES: Final = run("candidates", "STACK")
STATUS: Final = run("status", "STACK")

__all__ = ["CANDIDATES", "DEPLOY", "DESCRIBE", "DESTROY", "DOCTOR", "LOGS", "STATUS", "Remedy"]


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
    next: Command = DEPLOY
