"""Forecasting: three small models back-tested on the last steps, the best of them kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cdk_automlv2.local.training import data
from cdk_automlv2.local.training.back_tests import SeriesReports, Windows
from cdk_automlv2.local.training.columns import Schema
from cdk_automlv2.local.training.errors import DataError, doing, quietly
from cdk_automlv2.local.training.features import OF_SERIES, frame_of, specified
from cdk_automlv2.local.training.forecasters import FORECASTERS, Forecaster
from cdk_automlv2.local.training.labelled import by_kind
from cdk_automlv2.local.training.layout import Key, Layout
from cdk_automlv2.local.training.problem import Problem, objective
from cdk_automlv2.local.training.stages import CSV_ONLY, Stage
from cdk_automlv2.local.training.trained_candidate import (
    Started,
    TrainedCandidate,
    unnoticed,
)

LEAST_HISTORY = 4


@dataclass
class SeriesStage:
    """History in, forecast out: the quantiles of every step of every series."""

    layout: Layout
    forecaster: Forecaster

    accepts = CSV_ONLY
    returns = "text/csv"

    def container(self) -> tuple[str, dict[str, str]]:
        """Return image and environment of the container."""
        return "autogluon-timeseries-inference", {"SAGEMAKER_PROGRAM": "sagemaker_serve"}

    def invoke(self, body: bytes, environment: dict[str, str]) -> bytes:
        """Answer one CSV of histories, with header.

        Raises:
            ValueError: If it cannot be read, or a series has fewer than four values.
        """
        table = data.table_of_csv(body, "the request")
        try:
            series = self.layout.series(table)
        except DataError as error:
            raise ValueError(str(error)) from error
        parts = []
        for key, history in series.items():
            if len(history) < LEAST_HISTORY:
                name = ", ".join(key)
                raise ValueError(f"series {name} has {len(history)} values; 4 are needed")
            parts.append(self._forecast(key, history))
        return pd.concat(parts).to_csv(index=False).encode()

    def _forecast(self, key: Key, history: pd.Series[float]) -> pd.DataFrame:
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
        layout = Layout.from_config(config)
        chosen = config.get("CandidateGenerationConfig", {}).get("AlgorithmsConfig") or [{}]
        self._algorithms = chosen[0].get("AutoMLAlgorithms") or list(FORECASTERS)
        channel = by_kind(spec["AutoMLJobInputDataConfig"])["training"]
        output = spec.get("OutputDataConfig", {}).get("S3OutputPath", "")
        table = data.read_channel(channel, s3, output)
        uri = config.get("FeatureSpecificationS3Uri")
        if uri is not None:
            _check_features(uri, s3, table, layout)
        self._layout = replace(layout, form=layout.time_form(table))
        with quietly():
            self._series = self._layout.series(table)
        _refuse_long_horizon(layout.horizon, max(len(found) for found in self._series.values()))
        metric = objective(spec, "AverageWeightedQuantileLoss")
        self.problem = Problem("Forecast", metric, self._layout.target)

    def run(self, started: Started = unnoticed) -> Iterator[TrainedCandidate]:
        """Back-test every algorithm; the one candidate is the best of them, fitted again on all."""
        with quietly(), doing(f"Learning {self._layout.target!r}"):
            windows = Windows.of(self._layout, self._series, LEAST_HISTORY)
            tests = {name: windows.test(name) for name in self._algorithms}
            scored = {name: test.score() for name, test in tests.items()}
            best = min(scored, key=lambda name: scored[name][str(self.problem.metric)])
            started(best)
            forecaster = FORECASTERS[best]().fit([v.to_numpy() for v in self._series.values()])
        stages: list[Stage] = [SeriesStage(self._layout, forecaster)]
        reports = SeriesReports(scored, tests[best])
        yield TrainedCandidate(best, scored[best], stages, {}, reports)


def _check_features(uri: str, s3: Any, table: data.Table, layout: Layout) -> None:
    """Check a feature specification; the models here learn from the demand alone.

    Raises:
        DataError: If it, or a cell of a column that it types, is not as SageMaker needs it.
    """
    words = {layout.target: "target", layout.time: "timestamp"}
    reserved = dict.fromkeys(layout.keys, "item identifier or grouping") | words
    chosen, declared = specified(uri, s3, table, reserved, OF_SERIES)
    frame_of(Schema.of(table.cells, chosen or list(declared), declared), table)


def _refuse_long_horizon(horizon: int, longest: int) -> None:
    """Refuse what the data do not suffice for.

    Raises:
        DataError: If the longest series is too short.
    """
    if horizon > longest / 4:
        raise DataError(
            f"ForecastHorizon is {horizon}, but the data have {longest} steps; a quarter of them "
            "can be forecast at most."
        )
    if longest < horizon + LEAST_HISTORY:
        raise DataError(
            f"The longest series has {longest} steps; {horizon + LEAST_HISTORY} are needed, to "
            f"forecast {horizon} from {LEAST_HISTORY} before."
        )
