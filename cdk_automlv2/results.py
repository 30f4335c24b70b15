"""What endpoints and batch transforms answer, as values with types; pandas where it is there.

Each takes what ``AutoMLRuntime`` returns, or the text of an output file. Nothing here imports the
CDK, boto3 or the rest of this package.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

Rows = str | bytes | Iterable[Sequence[str]]
"""An answer in CSV: as text, or as rows."""

_QUANTILE = re.compile(r"p\d{1,2}|mean", re.IGNORECASE)
_KEYS = ("predicted_label", "probability", "probabilities", "labels")


@dataclass(frozen=True)
class Classification:
    """What a classifier says of one row, text or picture.

    Attributes:
        label: The predicted label; ``None`` if ``predicted_label`` was not asked for.
        probability: Its probability; of a binary candidate of HYPERPARAMETER_TUNING that of the
            positive class, whatever the label. ``None`` if it was not asked for.
        probabilities: That of each label; in their order where ``labels`` was not asked for,
            numbered from 0. ``None`` if they were not asked for.
    """

    label: str | None = None
    probability: float | None = None
    probabilities: Mapping[str, float] | None = None


@dataclass(frozen=True)
class ForecastStep:
    """The forecast of one step of one series.

    Attributes:
        item: What identifies the series: its item identifier and grouping attributes, by name.
        timestamp: The step, as the endpoint writes it.
        quantiles: Values by quantile, such as ``p50``, and ``mean`` where there is one.
    """

    item: Mapping[str, str]
    timestamp: str
    quantiles: Mapping[str, float]


def classifications(
    answer: Rows, keys: Sequence[str] = ("predicted_label",)
) -> list[Classification]:
    """Return what a classifier has answered, row by row.

    Args:
        answer: Of ``AutoMLRuntime.predict``, or the content of an output file.
        keys: The ``inference_response_keys`` of the model, in their order.

    Raises:
        ValueError: If a key is not known, or a row has another number of values.

    Example:
        >>> [found] = classifications("yes,0.8", ["predicted_label", "probability"])
        >>> found.label, found.probability
        ('yes', 0.8)
    """
    unknown = [key for key in keys if key not in _KEYS]
    if unknown:
        raise ValueError(f"keys: must be of {', '.join(_KEYS)}, got {', '.join(unknown)}")
    found = []
    for number, row in enumerate(_rows(answer), start=1):
        if len(row) != len(keys):
            words = f"has {len(row)} values, and keys are {len(keys)}: {', '.join(keys)}"
            raise ValueError(f"row {number} {words}")
        found.append(_classification(dict(zip(keys, row, strict=True))))
    return found


def numbers(answer: Rows) -> list[float]:
    r"""Return what a regression has answered, row by row.

    Raises:
        ValueError: If a value is no number.

    Example:
        >>> numbers("1.5\n2\n")
        [1.5, 2.0]
    """
    return [float(row[0]) for row in _rows(answer)]


def forecasts(answer: Rows) -> list[ForecastStep]:
    r"""Return a table of quantiles, step by step.

    Its last column before the quantiles is the time, those before it identify the series.

    Raises:
        ValueError: If there is no header with quantiles.

    Example:
        >>> [step] = forecasts("item,day,p10,p50\na,2026-01-01,1,2\n")
        >>> step.quantiles["p50"]
        2.0
    """
    header, *rows = _rows(answer) or [[]]
    quantiles = [number for number, name in enumerate(header) if _QUANTILE.fullmatch(name)]
    named = [number for number in range(len(header)) if number not in quantiles]
    if not quantiles or not named:
        raise ValueError(f"no header with quantiles such as p50, got {', '.join(header)}")
    *item, time = named
    return [
        ForecastStep(
            item={header[number]: row[number] for number in item},
            timestamp=row[time],
            quantiles={header[number]: float(row[number]) for number in quantiles},
        )
        for row in rows
    ]


def generated_text(answer: Any) -> str:
    """Return the text that a language model has answered with.

    Args:
        answer: Of ``AutoMLRuntime.predict`` with JSON: ``{"generated_text": …}``, or a list of it.

    Raises:
        ValueError: If it is neither.

    Example:
        >>> generated_text([{"generated_text": "hello"}])
        'hello'
    """
    first = answer[0] if isinstance(answer, list) and answer else answer
    if not isinstance(first, Mapping) or "generated_text" not in first:
        raise ValueError(f"no generated_text in the answer: {str(answer)[:200]}")
    return str(first["generated_text"])


def frame(results: Sequence[Any], index: Any = None) -> Any:
    """Return results as a table of pandas: a column for each field, or quantile.

    Args:
        results: Of ``classifications``, ``forecasts`` or ``numbers``.
        index: Index of the table, such as that of the rows that were sent. Default: 0, 1, 2, …

    Raises:
        ImportError: If pandas is not installed.
    """
    import pandas

    return pandas.DataFrame([_columns(one) for one in results], index=index)


def _columns(result: Any) -> dict[str, Any]:
    match result:
        case ForecastStep():
            return {**result.item, "timestamp": result.timestamp, **result.quantiles}
        case Classification():
            values = {item.name: getattr(result, item.name) for item in fields(result)}
            return {name: value for name, value in values.items() if value is not None}
    return {"value": result}


def _classification(values: Mapping[str, str]) -> Classification:
    probability, listed = values.get("probability"), values.get("probabilities")
    labels = _list(values["labels"]) if "labels" in values else None
    probabilities = None
    if listed is not None:
        parts = [float(part) for part in _list(listed)]
        names = [str(number) for number in range(len(parts))] if labels is None else labels
        probabilities = dict(zip(map(str, names), parts, strict=True))
    return Classification(
        label=values.get("predicted_label"),
        probability=None if probability is None else float(probability),
        probabilities=probabilities,
    )


def _list(text: str) -> list[Any]:
    """Return a list that a container writes as Python or JSON would."""
    try:
        found = ast.literal_eval(text)
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"no list of values: {text[:200]}") from error
    if not isinstance(found, list | tuple):
        raise ValueError(f"no list of values: {text[:200]}")
    return list(found)


def _rows(answer: Rows) -> list[list[str]]:
    if isinstance(answer, bytes):
        answer = answer.decode()
    if isinstance(answer, str):
        return [row for row in csv.reader(io.StringIO(answer)) if row]
    return [[str(value) for value in row] for row in answer]
