"""Held-out rows and what an endpoint says of them: residuals, matrix, curves, forecasts, errors."""

from __future__ import annotations

import ast
import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.reports.facts import (
    IMAGE,
    LANGUAGE,
    SERIES,
    TABLE,
    TEXT,
    BackTests,
    Example,
    Examples,
    Facts,
    Forecast,
    Matrix,
    Quality,
    Score,
    Source,
)
from cdk_automlv2.reports.reading import curves
from cdk_automlv2.reports.reading.back_tests import Columns, forecasts_of
from cdk_automlv2.reports.reading.endpoint import AskingError, Endpoint
from cdk_automlv2.reports.texts import clean, counted, number

_MOST_ROWS = 5_000
_MOST_PICTURES = 300
_MOST_EXAMPLES = 12
_USUAL_MODEL = "Falcon7BInstruct"
_PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@dataclass(frozen=True)
class HeldOut:
    """Rows that the job has not seen.

    Attributes:
        name: Where they are, in words.
        files: Contents by path: one CSV, or pictures in a folder for each label.
    """

    name: str
    files: Mapping[str, bytes]

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return header and rows.

        Raises:
            AskingError: If they are no CSV with a header.
        """
        for path, content in self.files.items():
            if path.lower().endswith(".csv"):
                text = content.decode("utf-8-sig", errors="replace")
                rows = [row for row in csv.reader(io.StringIO(text)) if row]
                if len(rows) > 1:
                    return rows[0], rows[1 : _MOST_ROWS + 1]
        raise AskingError(f"{self.name} has no CSV with a header and rows")


def ask(facts: Facts, job: Mapping[str, Any], endpoint: Endpoint, rows: HeldOut) -> None:
    """Add to the facts what an endpoint says of held-out rows; a failure becomes a note."""
    ways = {TABLE: _table, TEXT: _text, IMAGE: _pictures, SERIES: _series, LANGUAGE: _language}
    way = ways.get(facts.kind)
    if way is None:
        facts.notes.append(f"Held-out rows are of no use for {facts.kind}.")
        return
    try:
        way(facts, job, endpoint, rows)
    except AskingError as error:
        facts.notes.append(f"The endpoint was not asked to the end: {clean(error)}")


def _source(endpoint: Endpoint, rows: HeldOut, count: str) -> Source:
    words = f"responses of the endpoint to {count} of {clean(rows.name)}"
    return Source(words, clean(endpoint.name), is_asked=True)


def _table(facts: Facts, job: Mapping[str, Any], endpoint: Endpoint, rows: HeldOut) -> None:
    config = job["AutoMLProblemTypeConfig"]["TabularJobConfig"]
    header, cells = rows.table()
    target = header.index(_column(header, config["TargetAttributeName"], rows))
    left_out = {target, *_places(header, config.get("SampleWeightAttributeName"))}
    sent = [[cell for place, cell in enumerate(row) if place not in left_out] for row in cells]
    answers = list(endpoint.rows(sent))
    truth = [row[target] if target < len(row) else "" for row in cells]
    source = _source(endpoint, rows, counted(len(cells), "held-out row"))
    if facts.problem == "Regression":
        facts.quality.append(_residuals(source, truth, answers))
    else:
        facts.quality.append(_classes(source, truth, answers, endpoint.keys))


def _text(facts: Facts, job: Mapping[str, Any], endpoint: Endpoint, rows: HeldOut) -> None:
    config = job["AutoMLProblemTypeConfig"]["TextClassificationJobConfig"]
    header, cells = rows.table()
    content = header.index(_column(header, config["ContentColumn"], rows))
    target = header.index(_column(header, config["TargetLabelColumn"], rows))
    answers = list(endpoint.rows([[row[content]] for row in cells]))
    truth = [row[target] for row in cells]
    source = _source(endpoint, rows, counted(len(cells), "held-out row"))
    quality = _classes(source, truth, answers, endpoint.keys)
    facts.quality.append(quality)
    said = [_value(answer, endpoint.keys, "predicted_label") for answer in answers]
    items = [
        Example(name="", predicted=clean(guess), true=clean(true), text=clean(row[content])[:400])
        for row, guess, true in zip(cells, said, truth, strict=True)
    ]
    facts.examples.append(Examples(source, _worst_first(items)))


def _pictures(facts: Facts, job: Mapping[str, Any], endpoint: Endpoint, rows: HeldOut) -> None:
    items = []
    for path, content in sorted(rows.files.items())[:_MOST_PICTURES]:
        kind = next((kind for end, kind in _PICTURES.items() if path.lower().endswith(end)), "")
        label, slash, _ = path.partition("/")
        if kind and slash:
            answer = endpoint.send(content, kind).decode(errors="replace")
            row = next(csv.reader(io.StringIO(answer)), [""])
            guess = clean(_value(row, endpoint.keys, "predicted_label"))
            chance = number(_value(row, endpoint.keys, "probability"))
            items.append(Example(clean(path), guess, clean(label), chance, picture=content))
    if not items:
        raise AskingError(f"{rows.name} has no pictures in folders of their labels")
    source = _source(endpoint, rows, counted(len(items), "held-out picture"))
    guesses = [[item.predicted] for item in items]
    truth = [item.true for item in items]
    facts.quality.append(_classes(source, truth, guesses, ["predicted_label"]))
    facts.examples.append(Examples(source, _worst_first(items)))


def _series(facts: Facts, job: Mapping[str, Any], endpoint: Endpoint, rows: HeldOut) -> None:
    config = job["AutoMLProblemTypeConfig"]["TimeSeriesForecastingJobConfig"]
    columns, horizon = Columns.of(job), config["ForecastHorizon"]
    assert columns is not None
    header, cells = rows.table()
    for name in (*columns.keys, columns.time, columns.target):
        _column(header, name, rows)
    keys = [header.index(name) for name in columns.keys]
    time, target = header.index(columns.time), header.index(columns.target)
    series: dict[tuple[str, ...], list[list[str]]] = {}
    for row in sorted(cells, key=lambda item: item[time]):
        series.setdefault(tuple(row[place] for place in keys), []).append(row)
    known = {key: found for key, found in series.items() if len(found) > horizon}
    if not known:
        raise AskingError(f"no series of {rows.name} is longer than the {horizon} steps forecast")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(row for found in known.values() for row in found[:-horizon])
    answer = endpoint.send(out.getvalue().encode(), "text/csv").decode(errors="replace")
    last = {clean(", ".join(key)): found[-horizon:] for key, found in known.items()}
    forecasts = [
        Forecast(
            item.name,
            [clean(row[time]) for row in last[item.name]],
            [number(row[target]) for row in last[item.name]],
            {name: values[:horizon] for name, values in item.quantiles.items()},
        )
        for item in forecasts_of(answer, columns)
        if item.name in last and len(item.times) >= horizon
    ]
    if not forecasts:
        raise AskingError(f"endpoint {endpoint.name} responds in a form that is not known")
    source = _source(endpoint, rows, counted(len(forecasts), "series", "series"))
    facts.back_tests.append(BackTests(source, forecasts))


def _language(facts: Facts, job: Mapping[str, Any], endpoint: Endpoint, rows: HeldOut) -> None:
    header, cells = rows.table()
    asked, expected = (header.index(_column(header, name, rows)) for name in ("input", "output"))
    member = "inputs" if base_model_of(job).startswith("Falcon") else "text_inputs"
    items = []
    for row in cells[:_MOST_EXAMPLES]:
        body = json.dumps({member: row[asked]}).encode()
        answer = _generated(endpoint.send(body, "application/json"), endpoint)
        words = [clean(text)[:400] for text in (answer, row[asked], row[expected])]
        items.append(Example(name="", predicted=words[0], text=words[1], expected=words[2]))
    source = _source(endpoint, rows, counted(len(items), "held-out row"))
    facts.examples.append(Examples(source, items))


def base_model_of(job: Mapping[str, Any]) -> str:
    """Return the model that a job has tuned: as SageMaker resolved it, else as was asked."""
    resolved = (job.get("ResolvedAttributes") or {}).get("AutoMLProblemTypeResolvedAttributes")
    named = (resolved or {}).get("TextGenerationResolvedAttributes") or {}
    config = job["AutoMLProblemTypeConfig"]["TextGenerationJobConfig"]
    return str(named.get("BaseModelName") or config.get("BaseModelName") or _USUAL_MODEL)


def _generated(body: bytes, endpoint: Endpoint) -> str:
    """Return the text of a response: an object that has it, or a list of such."""
    try:
        found = json.loads(body)
        return str((found[0] if isinstance(found, list) else found)["generated_text"])
    except (ValueError, LookupError, TypeError) as error:
        words = f"endpoint {endpoint.name} responds in a form that is not known"
        raise AskingError(words) from error


def _classes(
    source: Source, truth: Sequence[str], answers: Sequence[Sequence[str]], keys: Sequence[str]
) -> Quality:
    said = [clean(_value(answer, keys, "predicted_label")) for answer in answers]
    true = [clean(label) for label in truth]
    labels = sorted({*true, *said})
    places = {label: place for place, label in enumerate(labels)}
    counts = [[0.0] * len(labels) for _ in labels]
    for is_, guess in zip(true, said, strict=True):
        counts[places[is_]][places[guess]] += 1
    matrix = Matrix(labels, counts)
    constant = max((sum(row) for row in counts), default=0.0) / (len(true) or 1)
    accuracy = Score(matrix.right / (matrix.total or 1), None, constant)
    quality = Quality(source, {"accuracy": accuracy}, matrix)
    if len(labels) != 2:
        return quality
    positive = labels[1]
    pairs = zip(answers, said, strict=True)
    chances = [_chance(answer, keys, positive, guess) for answer, guess in pairs]
    known = [chance for chance in chances if chance is not None]
    if len(known) < len(chances) or len(set(true)) < 2:
        return quality
    is_positive = [label == positive for label in true]
    roc, area = curves.roc(known, is_positive)
    scores = {"accuracy": accuracy, "auc": Score(area, None, 0.5)}
    recalls = curves.precision_recall(known, is_positive)
    return Quality(source, scores, matrix, roc, recalls, positive)


def _chance(answer: Sequence[str], keys: Sequence[str], positive: str, guess: str) -> float | None:
    """Return the probability of the positive label, if the keys tell it."""
    labels = _listed(_value(answer, keys, "labels"))
    chances = _listed(_value(answer, keys, "probabilities"))
    if labels and len(labels) == len(chances):
        found = dict(zip(map(clean, labels), map(number, chances), strict=True))
        return found.get(positive)
    chance = number(_value(answer, keys, "probability"))
    if chance is None:
        return None
    return chance if guess == positive else 1 - chance


def _residuals(source: Source, truth: Sequence[str], answers: Sequence[Sequence[str]]) -> Quality:
    pairs = [(number(is_), number(row[0])) for is_, row in zip(truth, answers, strict=True)]
    known = [(is_, said) for is_, said in pairs if is_ is not None and said is not None]
    if not known:
        raise AskingError("no held-out row has a number as its target and as its response")
    true = [is_ for is_, _ in known]
    errors = [said - is_ for is_, said in known]
    middle = sorted(true)[len(true) // 2]
    mean = sum(true) / len(true)
    count = len(known)
    spread = sum((is_ - mean) ** 2 for is_ in true)
    squares = sum(error**2 for error in errors)
    scores = {
        "mae": Score(
            sum(map(abs, errors)) / count, None, sum(abs(is_ - middle) for is_ in true) / count
        ),
        "rmse": Score((squares / count) ** 0.5, None, (spread / count) ** 0.5),
    }
    if spread:
        scores["r2"] = Score(1 - squares / spread, None, 0.0)
    return Quality(source, scores, truth=true, guesses=[said for _, said in known])


def _worst_first(items: Sequence[Example]) -> list[Example]:
    return sorted(items, key=lambda item: not item.is_wrong)[:_MOST_EXAMPLES]


def _column(header: Sequence[str], name: str, rows: HeldOut) -> str:
    if name not in header:
        raise AskingError(f"{rows.name} has no column {name!r}")
    return name


def _places(header: Sequence[str], name: str | None) -> list[int]:
    return [place for place, found in enumerate(header) if found == name]


def _value(answer: Sequence[str], keys: Sequence[str], key: str) -> str:
    if key in keys and keys.index(key) < len(answer):
        return answer[keys.index(key)]
    return ""


def _listed(text: str) -> list[Any]:
    """Return a list that a response holds as a text."""
    try:
        found = ast.literal_eval(text) if text else []
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return found if isinstance(found, list) else []
