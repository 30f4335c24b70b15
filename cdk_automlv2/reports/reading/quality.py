"""A performance report of Model Monitor, ``statistics.json``, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_automlv2.reports.facts import Curve, Matrix, Quality, Score, Source
from cdk_automlv2.reports.reading.store import Store, ending
from cdk_automlv2.reports.texts import clean, number

KEYS = (
    "binary_classification_metrics",
    "multiclass_classification_metrics",
    "regression_metrics",
)
_TWIN = "_best_constant_classifier"


def quality_of(store: Store, prefix: str) -> Quality | None:
    """Return the performance report below a prefix; ``None`` if there is none.

    AWS does not say where below: ``statistics.json`` is read, else any JSON that has its keys.
    """
    listed = store.below(prefix)
    for found in dict.fromkeys(ending(listed, "statistics.json", ".json")):
        content = store.json(found.uri)
        if isinstance(content, Mapping):
            for key in KEYS:
                if isinstance(content.get(key), Mapping):
                    return _quality(content[key], found.uri, content)
    return None


def _quality(metrics: Mapping[str, Any], uri: str, whole: Mapping[str, Any]) -> Quality:
    matrix = _matrix(metrics.get("confusion_matrix"))
    rows = number((whole.get("dataset") or {}).get("item_count"))
    rows = rows or (matrix.total if matrix else None)
    many = f", {rows:,.0f} validation rows" if rows else ""
    return Quality(
        source=Source(f"the job's performance report{many}", clean(uri)),
        scores=_scores(metrics),
        matrix=matrix,
        roc=_curve(
            metrics.get("receiver_operating_characteristic_curve"),
            "false_positive_rates",
            "true_positive_rates",
        ),
        recalls=_curve(metrics.get("precision_recall_curve"), "recalls", "precisions"),
        positive=_positive(matrix),
    )


def _scores(metrics: Mapping[str, Any]) -> dict[str, Score]:
    found = {}
    for name, item in metrics.items():
        if isinstance(item, Mapping) and "value" in item and not name.endswith(_TWIN):
            twin = metrics.get(f"{name}{_TWIN}")
            constant = number(twin.get("value")) if isinstance(twin, Mapping) else None
            found[clean(name)] = Score(
                number(item["value"]), number(item.get("standard_deviation")), constant
            )
    return found


def _matrix(content: Any) -> Matrix | None:
    """Return a matrix; labels that only one side has are on both, NaN is 0."""
    if not isinstance(content, Mapping) or not content:
        return None
    rows = {key: row for key, row in content.items() if isinstance(row, Mapping)}
    labels = list(dict.fromkeys([*rows, *(name for row in rows.values() for name in row)]))
    counts = [[number(rows.get(true, {}).get(said)) or 0.0 for said in labels] for true in labels]
    return Matrix([clean(label) for label in labels], counts)


def _positive(matrix: Matrix | None) -> str:
    """Return the name of class 1, where the matrix has names."""
    if matrix is None or len(matrix.labels) != 2 or set(matrix.labels) <= {"0", "1"}:
        return "class 1"
    return matrix.labels[1]


def _curve(content: Any, along: str, up: str) -> Curve | None:
    if not isinstance(content, Mapping):
        return None
    pairs = zip(content.get(along) or [], content.get(up) or [], strict=False)
    points = [(number(x), number(y)) for x, y in pairs]
    known = [(x, y) for x, y in points if x is not None and y is not None]
    return Curve([x for x, _ in known], [y for _, y in known]) if len(known) > 1 else None
