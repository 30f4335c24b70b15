"""Back-tests of forecasts: the last steps of every series, forecast from those before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cdk_automlv2.local.training.forecasters import FORECASTERS, quantile_loss
from cdk_automlv2.local.training.layout import Key, Layout
from cdk_automlv2.local.training.reports import Files, Reports, to_json

_MEDIAN = 0.5
_MOST_SERIES = 1_000
"""In the files; all of them count in the metrics."""


@dataclass(frozen=True)
class Windows:
    """The series that are long enough, each cut where its last steps begin.

    Attributes:
        layout: Columns and steps.
        series: The whole of each.
    """

    layout: Layout
    series: Mapping[Key, pd.Series[float]]

    @classmethod
    def of(cls, layout: Layout, series: Mapping[Key, pd.Series[float]], least: int) -> Windows:
        """Return the windows of those with at least ``least`` steps before the last ones."""
        shortest = layout.horizon + least
        return cls(layout, {key: item for key, item in series.items() if len(item) >= shortest})

    def test(self, algorithm: str) -> BackTest:
        """Return what an algorithm forecasts for the last steps."""
        horizon, levels = self.layout.horizon, self.layout.quantiles
        known = [item.to_numpy()[:-horizon] for item in self.series.values()]
        forecaster = FORECASTERS[algorithm]().fit(known)
        made = [forecaster.quantiles(item, horizon, [*levels, _MEDIAN]) for item in known]
        return BackTest(self, made)


@dataclass(frozen=True)
class BackTest:
    """Forecasts of an algorithm for the last steps of every series.

    Attributes:
        windows: The series.
        quantiles: Of each series a row a level, the median last, and a column a step.
    """

    windows: Windows
    quantiles: list[Any]

    def score(self) -> dict[str, float]:
        """Return the metrics over all series."""
        return self._score(list(range(len(self.quantiles))))

    def predictions(self) -> bytes:
        """Return time, value and quantiles of every step: a CSV with the job's own columns."""
        layout, parts = self.windows.layout, []
        for key, series, quantiles in self._found()[:_MOST_SERIES]:
            last = series.iloc[-layout.horizon :]
            columns: dict[str, Any] = dict(zip(layout.keys, key, strict=True))
            columns[layout.time] = pd.DatetimeIndex(last.index).strftime("%Y-%m-%d %H:%M:%S")
            columns[layout.target] = last.to_numpy()
            for level, values in zip(layout.quantiles, quantiles[:-1], strict=True):
                columns[f"p{round(level * 100)}"] = values
            parts.append(pd.DataFrame(columns))
        return pd.concat(parts).to_csv(index=False).encode()

    def accuracy(self) -> bytes:
        """Return the metrics of each series: a CSV."""
        keys = self.windows.layout.keys
        rows = [
            {**dict(zip(keys, key, strict=True)), **self._score([number])}
            for number, (key, _, _) in enumerate(self._found()[:_MOST_SERIES])
        ]
        return pd.DataFrame(rows).to_csv(index=False).encode()

    def _found(self) -> list[tuple[Key, pd.Series[float], Any]]:
        pairs = zip(self.windows.series.items(), self.quantiles, strict=True)
        return [(key, series, quantiles) for (key, series), quantiles in pairs]

    def _score(self, numbers: list[int]) -> dict[str, float]:
        layout = self.windows.layout
        found = self._found()
        whole = [found[number][1].to_numpy() for number in numbers]
        truth = np.concatenate([item[-layout.horizon :] for item in whole])
        quantiles = np.concatenate([found[number][2] for number in numbers], axis=1)
        naive = [np.abs(np.diff(item[: -layout.horizon])).mean() for item in whole]
        return _score(truth, quantiles[:-1], quantiles[-1], layout.quantiles, float(np.mean(naive)))


@dataclass(frozen=True)
class SeriesReports(Reports):
    """What is written of the one candidate.

    Attributes:
        scored: Metrics of every algorithm.
        test: The back-test of the best one.
    """

    scored: dict[str, dict[str, float]]
    test: BackTest

    def explained(self, folder: str) -> Files:
        """Return nothing: the models learn from the demand alone, and the API asks for a place."""
        return {}

    def back_tests(self) -> Files:
        """Return metrics of the algorithms and of the series, and the forecasts."""
        return {
            "backtest.json": to_json(self.scored),
            "accuracy_metrics.csv": self.test.accuracy(),
            "predictions.csv": self.test.predictions(),
        }


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
