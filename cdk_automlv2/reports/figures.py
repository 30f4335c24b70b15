"""Which figures the facts allow, each with its finding computed and its numbers in a table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from cdk_automlv2.reports.charts import marks
from cdk_automlv2.reports.charts.figure import Figure, Table
from cdk_automlv2.reports.facts import Facts, Importance, Matrix, Quality, Source
from cdk_automlv2.reports.forecasts import figures_of_forecasts
from cdk_automlv2.reports.texts import counted, metric, shared_prefix, shortened, shown

_MOST_DOTS = 15
_MOST_LABELS = 8
_MOST_BARS = 15
_OTHER = "(others)"
_BINS = 15


def leaders(facts: Facts) -> list[Figure]:
    """Return the figures of the candidates."""
    known = [item for item in facts.candidates if item.value is not None]
    if len(known) < 2 or not facts.metric:
        return []
    return [_ranking(facts), _progress(facts)]


def judged(facts: Facts) -> list[tuple[Source, list[Figure]]]:
    """Return the figures of how good the best candidate is, by where that is known from."""
    found = [
        (quality.source, list(_of_quality(quality, place)))
        for place, quality in enumerate(facts.quality, start=1)
    ]
    found += [
        (item.source, figures_of_forecasts(item, place, facts.target))
        for place, item in enumerate(facts.back_tests, start=1)
    ]
    return [(source, figures) for source, figures in found if figures]


def explained(facts: Facts) -> list[Figure]:
    """Return the figures of what counts."""
    return [_importance(item, place) for place, item in enumerate(facts.importance[:6], start=1)]


def _ranking(facts: Facts) -> Figure:
    known = [(item, item.value) for item in facts.candidates if item.value is not None]
    prefix = _prefix(facts)
    names = [(item.name.removeprefix(prefix), value) for item, value in known[:_MOST_DOTS]]
    first, last = known[0][1], known[-1][1]
    best = facts.best.removeprefix(prefix)
    finding = (
        f"{counted(len(known), 'candidate')} from {shown(first)} to {shown(last)}; the best, "
        f"{names[0][0]}, has {facts.metric} {shown(first)}."
    )
    if len(known) > _MOST_DOTS:
        finding += f" The first {_MOST_DOTS} are drawn."
    rows = [[name, metric(value, facts.metric)] for name, value in names]
    title = f"{facts.metric} on validation rows (axis cut)"
    return Figure(
        "candidates",
        f"Candidates by {facts.metric}",
        finding,
        marks.dots(names, best, title),
        Table.first(["candidate", facts.metric], rows),
        Source("the job's list of candidates"),
    )


def _progress(facts: Facts) -> Figure:
    known = sorted(
        (item.order, item.value, item.name) for item in facts.candidates if item.value is not None
    )
    values = [(order, value) for order, value, _ in known]
    best = (min if facts.minimize else max)(value for _, value in values)
    reached = next(order for order, value in values if value == best)
    last = values[-1][0]
    after = f"after candidate {reached} of {last} no better one was found"
    finding = f"{after.capitalize()}." if reached < last else f"The last of {last} is the best."
    prefix = _prefix(facts)
    rows = [[f"{order}", name.removeprefix(prefix), shown(value)] for order, value, name in known]
    return Figure(
        "progress",
        "Metric by candidate",
        finding,
        marks.steps(values, facts.minimize, f"{facts.metric} (axis cut)"),
        Table.thinned(["order", "candidate", facts.metric], rows),
        Source("the job's list of candidates"),
    )


def _of_quality(quality: Quality, place: int) -> Iterator[Figure]:
    if quality.matrix is not None and quality.matrix.labels:
        yield _matrix(quality.matrix, place, quality.source)
    if quality.roc is not None:
        yield _roc(quality, place)
    if quality.recalls is not None:
        yield _recalls(quality, place)
    if quality.truth:
        yield _scatter(quality, place)
        yield _residuals(quality, place)
    baseline = _baseline(quality, place)
    if baseline is not None:
        yield baseline


def _matrix(matrix: Matrix, place: int, source: Source) -> Figure:
    errors = matrix.errors()
    worst = "; ".join(f"{count:,.0f} {true} taken for {said}" for true, said, count in errors[:3])
    finding = f"{matrix.right:,.0f} of {matrix.total:,.0f} rows right"
    finding += f"; {worst}." if worst else ", no errors."
    drawn = _with_most_errors(matrix)
    if len(drawn.labels) < len(matrix.labels):
        finding += f" The {_MOST_LABELS} labels with most errors are drawn."
    rows = [
        [true, said, f"{matrix.counts[row][column]:,.0f}"]
        for row, true in enumerate(matrix.labels)
        for column, said in enumerate(matrix.labels)
        if matrix.counts[row][column]
    ]
    rows.sort(key=lambda item: item[0] == item[1])
    return Figure(
        f"matrix-{place}",
        "Confusion matrix",
        finding,
        marks.cells(drawn.labels, drawn.counts),
        Table.first(["true", "predicted", "rows"], rows),
        source,
    )


def _with_most_errors(matrix: Matrix) -> Matrix:
    """Return a matrix of the labels with most errors; the others are counted together."""
    if len(matrix.labels) <= _MOST_LABELS:
        return matrix
    wrong = [0.0] * len(matrix.labels)
    for row, counts in enumerate(matrix.counts):
        for column, count in enumerate(counts):
            if row != column:
                wrong[row] += count
                wrong[column] += count
    kept = sorted(sorted(range(len(wrong)), key=lambda label: -wrong[label])[:_MOST_LABELS])
    groups = [[label] for label in kept]
    groups.append([label for label in range(len(wrong)) if label not in kept])
    sums = [
        [
            float(sum(matrix.counts[row][column] for row in rows for column in cells))
            for cells in groups
        ]
        for rows in groups
    ]
    return Matrix([*(matrix.labels[label] for label in kept), _OTHER], sums)


def _roc(quality: Quality, place: int) -> Figure:
    curve = quality.roc
    assert curve is not None
    score = quality.scores.get("auc")
    area = score.value if score else None
    if area is None:
        pairs = list(zip(curve.xs, curve.ys, strict=True))
        steps = itertools.pairwise(pairs)
        area = sum((x2 - x1) * (y1 + y2) / 2 for (x1, y1), (x2, y2) in steps)
    finding = f"Area under the curve {shown(area)}, a guess has 0.5;"
    finding += f" positive is {quality.positive}."
    return Figure(
        f"roc-{place}",
        "ROC curve",
        finding,
        marks.line(curve.xs, curve.ys, "false positive rate", "true positive rate", True),
        _points(curve.xs, curve.ys, "false positive rate", "true positive rate"),
        quality.source,
    )


def _recalls(quality: Quality, place: int) -> Figure:
    curve = quality.recalls
    assert curve is not None
    high = [x for x, y in zip(curve.xs, curve.ys, strict=True) if y >= 0.9]
    finding = (
        f"With a precision of at least 0.9, recall reaches {shown(max(high))}."
        if high and max(high) > 0
        else f"Precision stays below 0.9; at most it is {shown(max(curve.ys))}."
    )
    return Figure(
        f"precision-recall-{place}",
        "Precision-recall curve",
        f"{finding} Positive is {quality.positive}.",
        marks.line(curve.xs, curve.ys, "recall", "precision", False),
        _points(curve.xs, curve.ys, "recall", "precision"),
        quality.source,
    )


def _points(xs: Sequence[float], ys: Sequence[float], along: str, up: str) -> Table:
    rows = [[shown(x), shown(y)] for x, y in zip(xs, ys, strict=True)]
    return Table.thinned([along, up], rows)


def _scatter(quality: Quality, place: int) -> Figure:
    error = quality.scores["mae"].value
    pairs = list(zip(quality.truth, quality.guesses, strict=True))
    worst = max(pairs, key=lambda pair: abs(pair[1] - pair[0]))
    finding = (
        f"Predictions are {shown(error)} off on average; the worst says {shown(worst[1])} "
        f"where {shown(worst[0])} is true."
    )
    pairs.sort(key=lambda pair: -abs(pair[1] - pair[0]))
    rows = [[shown(is_), shown(said), shown(said - is_)] for is_, said in pairs]
    return Figure(
        f"predicted-{place}",
        "Predicted against true values",
        finding,
        marks.scatter(quality.truth, quality.guesses, "true", "predicted"),
        Table.first(["true", "predicted", "residual"], rows),
        quality.source,
    )


def _residuals(quality: Quality, place: int) -> Figure:
    errors = [said - is_ for is_, said in zip(quality.truth, quality.guesses, strict=True)]
    high = sum(error > 0 for error in errors)
    bins = _binned(errors)
    finding = f"{high} of {counted(len(errors), 'prediction')} are too high, {len(errors) - high} "
    finding += f"are not; the mean residual is {shown(sum(errors) / len(errors))}."
    rows = [[f"{shown(low)} to {shown(top)}", f"{count}"] for low, top, count in bins]
    return Figure(
        f"residuals-{place}",
        "Residuals",
        finding,
        marks.columns(bins, "predicted − true", "rows"),
        Table.first(["residual", "rows"], rows),
        quality.source,
    )


def _binned(values: Sequence[float]) -> list[tuple[float, float, int]]:
    low, high = min(values), max(values)
    size = (high - low) / _BINS or abs(high) or 1.0
    counts = [0] * _BINS
    for value in values:
        counts[min(int((value - low) / size), _BINS - 1)] += 1
    return [(low + place * size, low + (place + 1) * size, n) for place, n in enumerate(counts)]


def _baseline(quality: Quality, place: int) -> Figure | None:
    known = [
        (name, score.value, score.constant)
        for name, score in quality.scores.items()
        if score.value is not None and score.constant is not None
    ]
    if not known:
        return None
    # Errors in the target's unit and a share have no axis in common.
    drawn = [item for item in known if item[0] != "r2"] or known
    name, value, constant = known[0]
    finding = f"{name} is {shown(value)}; the best constant answer has {shown(constant)}."
    rows = [
        [name, shown(value), shown(constant), shown(quality.scores[name].deviation)]
        for name, value, constant in known
    ]
    return Figure(
        f"baseline-{place}",
        "Compared with the best constant answer",
        finding,
        marks.pairs(drawn, "model", "constant answer"),
        Table.first(["metric", "model", "constant answer", "standard deviation"], rows),
        quality.source,
    )


def _importance(item: Importance, place: int) -> Figure:
    drawn = item.shares[:_MOST_BARS]
    total = sum(abs(share) for _, share in item.shares)
    name, most = item.shares[0]
    share = f", {abs(most) / total:.0%} of all importance" if total else ""
    finding = f"The most important of {counted(len(item.shares), 'column')} is {name}{share}."
    rows = [[column, shown(value)] for column, value in item.shares]
    title = f"Importance of columns for {item.output}" if item.output else "Importance of columns"
    return Figure(
        f"importance-{place}",
        title,
        finding,
        marks.bars([(column, value) for column, value in drawn], "mean |SHAP value|"),
        Table.first(["column", "mean |SHAP value|"], rows),
        item.source,
    )


def _prefix(facts: Facts) -> str:
    return shared_prefix([item.name for item in facts.candidates])


def title_of(facts: Facts) -> str:
    """Return what the page is called."""
    return f"AutoML report: {shortened(facts.job, 80)}"
