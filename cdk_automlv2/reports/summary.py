"""The page's first sentence: what came out, in numbers."""

from __future__ import annotations

from cdk_automlv2.reports.facts import Facts
from cdk_automlv2.reports.texts import counted, shared_prefix, shown


def summary_of(facts: Facts) -> tuple[str, str]:
    """Return the name of the best candidate, and what is to be said of it."""
    winner = facts.winner
    if winner is None:
        return "", _without_candidates(facts)
    name = winner.name.removeprefix(shared_prefix([item.name for item in facts.candidates]))
    parts = [f"is the best of {counted(len(facts.candidates), 'candidate')}"]
    if facts.metric and winner.value is not None:
        parts.append(f"{facts.metric} {shown(winner.value)} on validation rows")
    if len(facts.candidates) == 1:
        parts[0] = "is the only candidate"
    for quality in facts.quality[-1:]:
        matrix = quality.matrix
        if matrix is not None and matrix.total:
            rows = "held-out rows" if quality.source.is_asked else "rows"
            parts.append(f"{matrix.right:,.0f} of {matrix.total:,.0f} {rows} right")
    return name, f"{parts[0]}: {', '.join(parts[1:])}." if parts[1:] else f"{parts[0]}."


def _without_candidates(facts: Facts) -> str:
    status = f"The job is {facts.status}" if facts.status else "The job has ended"
    count = len(facts.candidates)
    if count:
        return f"{status}; none of its {counted(count, 'candidate')} is the best yet."
    return f"{status} and has no candidate."
