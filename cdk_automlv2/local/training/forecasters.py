"""Small forecasters behind the API's names.

npts and prophet draw from the past, ets and cnn-qr smooth it, arima and deepar regress on lags:
each is of the family of its name, not the same code. Quantiles come from the errors that the
model made when it forecast its own history.
"""

from __future__ import annotations

from typing import Any, Protocol, Self

import numpy as np
from sklearn.linear_model import Ridge

_SEASON = 7
_LAGS = 14
_LEAST_ERROR = 1e-9


class Forecaster(Protocol):
    """A model of many series at once."""

    def fit(self, series: list[Any]) -> Self:
        """Learn from histories."""

    def quantiles(self, history: Any, horizon: int, levels: list[float]) -> Any:
        """Return an array with one row per quantile and one column per step."""


class _WithErrors:
    """Adds quantiles of past errors, relative to the level of the series, to a point forecast."""

    def __init__(self) -> None:
        self._errors = np.zeros(1)

    def _point(self, history: Any, horizon: int) -> Any:
        raise NotImplementedError

    def _learn(self, series: list[Any]) -> None:
        """Learn what the point forecast needs; nothing by default."""

    def fit(self, series: list[Any]) -> Self:
        """Learn, then forecast the last steps of each history to see the errors."""
        self._learn(series)
        errors = [np.zeros(1)]
        for values in series:
            steps = max(1, len(values) // 5)
            if len(values) - steps >= 2:
                guess = self._point(values[:-steps], steps)
                errors.append((values[-steps:] - guess) / _level(values))
        self._errors = np.concatenate(errors)
        return self

    def quantiles(self, history: Any, horizon: int, levels: list[float]) -> Any:
        """Return an array with one row per quantile and one column per step."""
        point = self._point(np.asarray(history, dtype=float), horizon)
        offsets = np.quantile(self._errors, levels) * _level(history)
        return point[None, :] + offsets[:, None]


class Seasonal(_WithErrors):
    """The mean of what was seen a whole number of seasons ago."""

    def _point(self, history: Any, horizon: int) -> Any:
        season = _SEASON if len(history) >= 2 * _SEASON else 1
        recent = history[-4 * season :]
        means = [recent[-season + step :: -season].mean() for step in range(season)]
        return np.array([means[step % season] for step in range(horizon)])


class Smoothing(_WithErrors):
    """Exponential smoothing of the level, with the season's shape on top."""

    def _point(self, history: Any, horizon: int) -> Any:
        season = _SEASON if len(history) >= 3 * _SEASON else 1
        shape = np.ones(season)
        if season > 1:
            whole = len(history) // season * season
            table = history[-whole:].reshape(-1, season)
            shape = table.mean(axis=0) / max(table.mean(), _LEAST_ERROR)
            shape = np.where(shape > _LEAST_ERROR, shape, 1.0)
        level = history[0]
        start = len(history) % season
        for step, value in enumerate(history):
            level = 0.7 * level + 0.3 * value / shape[(step - start) % season]
        return np.array([level * shape[step % season] for step in range(horizon)])


class Autoregression(_WithErrors):
    """Ridge regression on the last steps, learnt over all series together."""

    def __init__(self) -> None:
        super().__init__()
        self._model: Ridge | None = None
        self._lags = _LAGS

    def _learn(self, series: list[Any]) -> None:
        longest = max(len(values) for values in series)
        self._lags = max(1, min(_LAGS, longest // 3))
        rows, targets = [], []
        for values in series:
            scaled = values / _level(values)
            for end in range(self._lags, len(scaled)):
                rows.append(scaled[end - self._lags : end])
                targets.append(scaled[end])
        if rows:
            self._model = Ridge(alpha=1.0).fit(rows, targets)

    def _point(self, history: Any, horizon: int) -> Any:
        level = _level(history)
        past = list(history / level)
        if self._model is None or len(past) < self._lags:
            return np.full(horizon, float(np.mean(history)))
        slopes, start = self._model.coef_, self._model.intercept_
        for _ in range(horizon):
            past.append(float(slopes @ np.array(past[-self._lags :]) + start))
        return np.array(past[-horizon:]) * level


FORECASTERS: dict[str, type[Any]] = {
    "npts": Seasonal,
    "prophet": Seasonal,
    "ets": Smoothing,
    "cnn-qr": Smoothing,
    "arima": Autoregression,
    "deepar": Autoregression,
}


def quantile_loss(truth: Any, guess: Any, level: float) -> float:
    """Return the pinball loss, summed over the steps."""
    error = truth - guess
    return float(np.maximum(level * error, (level - 1) * error).sum())


def _level(values: Any) -> float:
    return float(np.abs(values).mean()) or 1.0
