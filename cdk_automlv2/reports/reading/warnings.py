"""What a reader should be careful about; each warning names its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_automlv2.reports.facts import TRAIN, VALIDATION, Facts, Quality, Score
from cdk_automlv2.reports.texts import counted, shown

_FEW_ROWS = 200
_GAP = 0.1
_RARE = 0.05
_DOMINANT = 0.8


def of(facts: Facts) -> list[str]:
    """Return the warnings."""
    found = [*_of_candidates(facts), *_of_gap(facts), *_of_columns(facts)]
    for quality in facts.quality:
        found += _of_quality(quality)
    return found


def _of_candidates(facts: Facts) -> Iterator[str]:
    failed = [item for item in facts.candidates if item.status == "Failed"]
    if failed:
        reason = next((f": {item.reason}" for item in failed if item.reason), "")
        yield f"{counted(len(failed), 'candidate')} of {len(facts.candidates)} failed{reason}."
    if facts.status != "Completed" and facts.status:
        yield f"The job is {facts.status}: what this page shows may not be all."


def _of_gap(facts: Facts) -> Iterator[str]:
    winner = facts.winner
    if winner is None or not facts.metric:
        return
    train = winner.metrics.get((facts.metric, TRAIN))
    validation = winner.metrics.get((facts.metric, VALIDATION), winner.value)
    if train is None or validation is None:
        return
    gap = (validation - train) if facts.minimize else (train - validation)
    scale = max(abs(validation), abs(train))
    if scale and gap / scale > _GAP:
        values = f"{shown(train)} on rows learnt from, {shown(validation)} on validation rows"
        yield f"The best candidate may be overfitted: {facts.metric} is {values}."


def _of_columns(facts: Facts) -> Iterator[str]:
    for importance in facts.importance[:1]:
        total = sum(abs(share) for _, share in importance.shares)
        name, most = importance.shares[0]
        if total and len(importance.shares) > 1 and abs(most) / total > _DOMINANT:
            share = f"{abs(most) / total:.0%}"
            yield f"Column {name} has {share} of the importance: is it known before the target is?"


def _of_quality(quality: Quality) -> Iterator[str]:
    matrix = quality.matrix
    rows = matrix.total if matrix else len(quality.truth)
    if 0 < rows < _FEW_ROWS:
        yield f"Only {counted(int(rows), 'row')} judged ({quality.source.words}): values may vary."
    if matrix and rows:
        sums = {label: sum(row) for label, row in zip(matrix.labels, matrix.counts, strict=True)}
        rare = [label for label, count in sums.items() if count / rows < _RARE]
        if rare:
            more = f" and {len(rare) - 5} more" if len(rare) > 5 else ""
            yield f"Rare labels, below {_RARE:.0%} of the rows: {', '.join(rare[:5])}{more}."
    for name, sign in (("accuracy", 1), ("mae", -1)):
        score = quality.scores.get(name, Score(None))
        if score.value is None or score.constant is None:
            continue
        if sign * score.value < sign * score.constant:
            values = f"{name} {shown(score.value)} against {shown(score.constant)}"
            yield f"The best constant answer is better: {values} ({quality.source.words})."
