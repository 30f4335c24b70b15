"""Forecasting: three small models back-tested on the last steps, the best of them kept."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cdk_automlv2.local.training import data
from cdk_automlv2.local.training.data import DataError
from cdk_automlv2.local.training.forecasters import FORECASTERS, Forecaster, quantile_loss
from cdk_automlv2.local.training.problem import Problem, objective
from cdk_automlv2.local.training.stages import CSV_ONLY
from cdk_automlv2.local.training.trained_candidate import TrainedCandidate

LEAST_HISTORY = 4
_UNITS = {"Y": "YS", "M": "MS", "W": "W", "D": "D", "H": "h", "min": "min"}
_FILLS = {"mean": "mean", "median": "median", "min": "min", "max": "max"}


@dataclass(frozen=True)
class Layout:
    """Columns and steps of a job.

    Attributes:
        keys: Columns that tell the series apart.
        step: Length of a step, as pandas has it.
    """

    keys: list[str]
    time: str
    target: str
    step: str
    horizon: int
    quantiles: list[float]
    aggregation: str
    fill: str

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layout:
        """Read the API's ``TimeSeriesForecastingJobConfig``."""
        columns = config["TimeSeriesConfig"]
        target = columns["TargetAttributeName"]
        changes = config.get("Transformations", {})
        names = config.get("ForecastQuantiles", ["p10", "p50", "p90"])
        fills = changes.get("Filling", {}).get(target, {})
        method = {"first": "first", "avg": "mean"}
        aggregation = changes.get("Aggregation", {}).get(target, "sum")
        return cls(
            keys=[
                columns["ItemIdentifierAttributeName"],
                *columns.get("GroupingAttributeNames", []),
            ],
            time=columns["TimestampAttributeName"],
            target=target,
            step=_step(config["ForecastFrequency"]),
            horizon=config["ForecastHorizon"],
            quantiles=sorted(int(name[1:]) / 100 for name in names),
            aggregation=method.get(aggregation, aggregation),
            fill=fills.get("middlefill", "zero"),
        )

    def series(self, table: pd.DataFrame) -> dict[tuple[Any, ...], pd.Series[float]]:
        """Return the series of a table, evenly stepped and without holes.

        Raises:
            DataError: If a column is missing or the times cannot be read.
        """
        for column in (*self.keys, self.time, self.target):
            data.require_column(table, column)
        try:
            times = pd.to_datetime(table[self.time], format="mixed")
        except ValueError as error:
            raise DataError(f"{self.time!r} cannot be read as times: {error}") from error
        table = table.assign(**{self.time: times}).dropna(subset=[self.target])
        found = {}
        for key, rows in table.groupby(self.keys, sort=True):
            stepped = rows.set_index(self.time)[self.target].astype(float).resample(self.step)
            even = stepped.agg(self.aggregation).where(stepped.count() > 0)
            found[key if isinstance(key, tuple) else (key,)] = self._filled(even)
        return found

    def _filled(self, values: pd.Series[float]) -> pd.Series[float]:
        if self.fill in _FILLS:
            return values.fillna(getattr(values, _FILLS[self.fill])())
        return values.fillna(0.0)


@dataclass
class SeriesStage:
    """History in, forecast out: the quantiles of every step of every series."""

    layout: Layout
    forecaster: Forecaster
    columns: list[str]

    accepts = CSV_ONLY
    returns = "text/csv"

    def container(self) -> tuple[str, dict[str, str]]:
        """Return image and environment of the container."""
        return "autogluon-timeseries-inference", {"SAGEMAKER_PROGRAM": "sagemaker_serve"}

    def invoke(self, body: bytes, environment: dict[str, str]) -> bytes:
        """Answer one CSV of histories, with header.

        Raises:
            ValueError: If a series has fewer than four values.
        """
        table = pd.read_csv(io.BytesIO(body))
        parts = []
        for key, history in self.layout.series(table).items():
            if len(history) < LEAST_HISTORY:
                raise ValueError(f"series {key} has {len(history)} values; 4 are needed")
            parts.append(self._forecast(key, history))
        return pd.concat(parts).to_csv(index=False).encode()

    def _forecast(self, key: tuple[Any, ...], history: pd.Series[float]) -> pd.DataFrame:
        layout = self.layout
        steps = pd.date_range(history.index[-1], periods=layout.horizon + 1, freq=layout.step)[1:]
        quantiles = self.forecaster.quantiles(history.to_numpy(), layout.horizon, layout.quantiles)
        columns: dict[str, Any] = dict(zip(layout.keys, key, strict=True))
        columns[layout.time] = steps.strftime("%Y-%m-%d %H:%M:%S")
        for level, values in zip(layout.quantiles, quantiles, strict=True):
            columns[f"p{round(level * 100)}"] = values
        return pd.DataFrame(columns)


class SeriesTraining:
    """The series of a job.

    Raises:
        DataError: If a column is missing, or the series are too short for the horizon.
    """

    def __init__(self, spec: dict[str, Any], s3: Any) -> None:
        config = spec["AutoMLProblemTypeConfig"]["TimeSeriesForecastingJobConfig"]
        self._layout = Layout.from_config(config)
        chosen = config.get("CandidateGenerationConfig", {}).get("AlgorithmsConfig") or [{}]
        self._algorithms = chosen[0].get("AutoMLAlgorithms") or list(FORECASTERS)
        table = data.read_channel(spec["AutoMLJobInputDataConfig"][0], s3)
        self._columns = list(table.columns)
        self._series = self._layout.series(table)
        longest = max(len(values) for values in self._series.values())
        if self._layout.horizon > longest / 4:
            raise DataError(
                f"ForecastHorizon is {self._layout.horizon}, but the data have {longest} steps; a "
                "quarter of them can be forecast at most."
            )
        metric = objective(spec, "AverageWeightedQuantileLoss")
        self.problem = Problem("Forecast", metric, self._layout.target)

    def run(self) -> Iterator[TrainedCandidate]:
        """Back-test every algorithm; the one candidate is the best of them, fitted anew on all."""
        scored = {name: self._back_test(name) for name in self._algorithms}
        best = min(scored, key=lambda name: scored[name][str(self.problem.metric)])
        forecaster = FORECASTERS[best]().fit([v.to_numpy() for v in self._series.values()])
        stage = SeriesStage(self._layout, forecaster, self._columns)
        yield TrainedCandidate(best, scored[best], [stage], {"backtest.json": scored})

    def _back_test(self, name: str) -> dict[str, float]:
        horizon = self._layout.horizon
        long = [
            values.to_numpy()
            for values in self._series.values()
            if len(values) >= horizon + LEAST_HISTORY
        ]
        forecaster = FORECASTERS[name]().fit([values[:-horizon] for values in long])
        truth = np.concatenate([values[-horizon:] for values in long])
        levels = self._layout.quantiles
        made = [forecaster.quantiles(values[:-horizon], horizon, [*levels, 0.5]) for values in long]
        quantiles = np.concatenate(made, axis=1)
        naive = [np.abs(np.diff(values[:-horizon])).mean() for values in long]
        return _score(truth, quantiles[:-1], quantiles[-1], levels, float(np.mean(naive)))


def _score(
    truth: Any, quantiles: Any, median: Any, levels: list[float], naive: float
) -> dict[str, float]:
    error = np.abs(truth - median)
    total = np.abs(truth).sum() or 1.0
    nonzero = truth != 0
    losses = [quantile_loss(truth, q, level) for q, level in zip(quantiles, levels, strict=True)]
    return {
        "AverageWeightedQuantileLoss": float(2 * np.mean(losses) / total),
        "WAPE": float(error.sum() / total),
        "MAPE": float((error[nonzero] / np.abs(truth[nonzero])).mean()) if nonzero.any() else 0.0,
        "MASE": float(error.mean() / (naive or 1.0)),
        "RMSE": float(np.sqrt(np.mean((truth - median) ** 2))),
    }


def _step(frequency: str) -> str:
    number = "".join(letter for letter in frequency if letter.isdigit()) or "1"
    return f"{number}{_UNITS[frequency.lstrip('0123456789')]}"
