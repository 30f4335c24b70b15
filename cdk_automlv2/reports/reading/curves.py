"""Curves of two classes, from probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_automlv2.reports.facts import Curve


def roc(chances: Sequence[float], positive: Sequence[bool]) -> tuple[Curve, float]:
    """Return the true by the false positive rate, and the area below."""
    total = sum(positive)
    others = len(positive) - total
    xs, ys, area = [0.0], [0.0], 0.0
    for right, wrong in _counts(chances, positive):
        x, y = wrong / others, right / total
        area += (x - xs[-1]) * (y + ys[-1]) / 2
        xs.append(x)
        ys.append(y)
    return Curve(xs, ys), area


def precision_recall(chances: Sequence[float], positive: Sequence[bool]) -> Curve:
    """Return the precision by the recall."""
    total = sum(positive)
    points = [
        (right / total, right / (right + wrong)) for right, wrong in _counts(chances, positive)
    ]
    first = points[0][1] if points else 1.0
    return Curve([0.0, *(x for x, _ in points)], [first, *(y for _, y in points)])


def _counts(chances: Sequence[float], positive: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield how many are rightly and wrongly called positive, from the highest limit down."""
    order = sorted(zip(chances, positive, strict=True), key=lambda pair: -pair[0])
    right = wrong = 0
    for place, (chance, is_positive) in enumerate(order):
        right += is_positive
        wrong += not is_positive
        if place + 1 == len(order) or order[place + 1][0] != chance:
            yield right, wrong
