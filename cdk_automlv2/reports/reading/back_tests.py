"""Back-tests of series: predictions by quantile, and metrics of models.

AWS documents no names of files or columns: a prediction file is one that has the item column of
the job's own configuration and columns named as quantiles are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.reports.facts import BackTests, Forecast, Source
from cdk_automlv2.reports.reading.store import Store, ending
from cdk_automlv2.reports.texts import clean, number

_QUANTILE = re.compile(r"(?:p\d{1,2}|mean|0\.\d+)")
_METRICS = frozenset(
    {
        *("wQL", "AverageWeightedQuantileLoss", "WAPE", "RMSE", "MASE", "MAPE"),
        *("average_weighted_quantile_loss", "wape", "rmse", "mase", "mape"),
    }
)


@dataclass(frozen=True)
class Columns:
    """Names of a job's columns.

    Attributes:
        keys: That identify a series.
        time: Of the times.
        target: Of the values.
    """

    keys: list[str]
    time: str
    target: str

    @classmethod
    def of(cls, job: Mapping[str, Any]) -> Columns | None:
        """Return the columns of a job; ``None`` if it forecasts nothing."""
        config = (job.get("AutoMLProblemTypeConfig") or {}).get("TimeSeriesForecastingJobConfig")
        names = (config or {}).get("TimeSeriesConfig")
        if not names:
            return None
        keys = [names["ItemIdentifierAttributeName"], *names.get("GroupingAttributeNames", [])]
        return cls(keys, names["TimestampAttributeName"], names["TargetAttributeName"])


def back_tests_of(store: Store, prefix: str, columns: Columns) -> BackTests | None:
    """Return the back-tests below a prefix; ``None`` if no file is known as such."""
    listed, source = store.below(prefix), ""
    forecasts: list[Forecast] = []
    for found in ending(listed, ".csv"):
        body = store.read(found.uri)
        if body is not None and not forecasts:
            forecasts = forecasts_of(body.decode(errors="replace"), columns)
            source = found.uri if forecasts else ""
    models: dict[str, dict[str, float]] = {}
    for found in ending(listed, ".json"):
        models |= _models(store.json(found.uri))
    if not forecasts and not models:
        return None
    where = Source("the job's back-test results", clean(source or prefix))
    return BackTests(where, forecasts, models)


def forecasts_of(text: str, columns: Columns) -> list[Forecast]:
    """Return the forecasts of a CSV; nothing if it is of another kind."""
    reader = csv.DictReader(io.StringIO(text))
    header = list(reader.fieldnames or [])
    levels = sorted((name for name in header if _QUANTILE.fullmatch(name)), key=_level)
    if not levels or any(name not in header for name in columns.keys):
        return []
    series: dict[tuple[str, ...], list[Mapping[str, str]]] = {}
    for row in reader:
        series.setdefault(tuple(str(row.get(name)) for name in columns.keys), []).append(row)
    return [_forecast(key, rows, levels, columns) for key, rows in series.items()]


def _forecast(
    key: tuple[str, ...], rows: Sequence[Mapping[str, str]], levels: list[str], columns: Columns
) -> Forecast:
    return Forecast(
        name=clean(", ".join(key)),
        times=[clean(row.get(columns.time, "")) for row in rows],
        truth=[number(row.get(columns.target)) for row in rows],
        quantiles={name: [number(row.get(name)) or 0.0 for row in rows] for name in levels},
    )


def _level(name: str) -> float:
    if name == "mean":
        return 0.5
    return float(name[1:]) / 100 if name.startswith("p") else float(name)


def _models(content: Any) -> dict[str, dict[str, float]]:
    """Return models whose metrics a JSON object has."""
    if not isinstance(content, Mapping):
        return {}
    found = {}
    for name, item in content.items():
        if isinstance(item, Mapping) and _METRICS & item.keys():
            pairs = ((clean(key), number(value)) for key, value in item.items())
            found[clean(name)] = {key: value for key, value in pairs if value is not None}
    return found
