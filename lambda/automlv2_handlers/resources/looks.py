"""What a single look may not decide: SageMaker may show what was a moment ago.

Each resource looked for has a counter of its own, which only a look at that resource resets.
"""

from __future__ import annotations

from typing import Final

from automlv2_handlers.outcomes import Context, Pending

UNSEEN_TOLERATED: Final = 8
"""Looks in a row, of a quarter of a minute each, that what was made may take to be seen."""

_UNSEEN: Final = "Unseen"
_ENDED: Final = "Ended"


def not_visible_yet(name: str, missing: Exception, context: Context, what: str = "") -> Pending:
    """Wait for what was made a moment ago and is not seen everywhere yet.

    Args:
        name: The physical id.
        missing: Raised once it should have been seen.
        context: Counts the looks.
        what: Which of the resources that one request looks for.

    Raises:
        Exception: ``missing``, when too many looks in a row have not seen it.
    """
    if context.count(f"{_UNSEEN}{what}") > UNSEEN_TOLERATED:
        raise missing
    return Pending(name, f"not to be seen yet: {missing}")


def may_be_seen_yet(context: Context, what: str = "") -> bool:
    """Whether the next look may fail to see it, too."""
    return int(context.progress.get(f"{_UNSEEN}{what}", 0)) < UNSEEN_TOLERATED


def seen(context: Context, what: str = "") -> None:
    """Note that it has been seen."""
    context.progress[f"{_UNSEEN}{what}"] = 0


def has_ended(context: Context, *, badly: bool) -> bool:
    """Whether two looks in a row show a bad end."""
    if not badly:
        context.progress[_ENDED] = 0
        return False
    return context.count(_ENDED) > 1
