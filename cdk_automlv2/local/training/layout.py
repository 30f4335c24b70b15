"""The columns and steps of a forecasting job, and the series that a table has by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cdk_automlv2.local.training import values
from cdk_automlv2.local.training.data import Table
from cdk_automlv2.local.training.errors import DataError
from cdk_automlv2.local.training.times import TimeError, TimeForm

MOST_STEPS = 1_000_000
"""Of one series; more are the work of a wrong time."""

Key = tuple[str, ...]
_UNITS = {"Y": "YS", "M": "MS", "W": "W", "D": "D", "H": "h", "min": "min"}
_DAYS = {"Y": 365.0, "M": 30.0, "W": 7.0, "D": 1.0, "H": 1 / 24, "min": 1 / 1440}
_FILLS = {"mean": "mean", "median": "median", "min": "min", "max": "max"}
_AGGREGATIONS = {"avg": "mean"}


@dataclass(frozen=True)
class Layout:
    """Columns and steps of a job.

    Attributes:
        keys: Columns that identify a series.
        time: Column of the times.
        target: Column to forecast.
        frequency: Length of a step, as the API has it.
        horizon: Steps to forecast.
        quantiles: Levels, rising.
        aggregation: What becomes of several values in a step.
        fill: How steps without a value are filled.
        fill_value: For the fill ``value``.
        form: How times are written; ``None`` until the training data have been read.
    """

    keys: list[str]
    time: str
    target: str
    frequency: str
    horizon: int
    quantiles: list[float]
    aggregation: str
    fill: str
    fill_value: float = 0.0
    form: TimeForm | None = None

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layout:
        """Read the API's ``TimeSeriesForecastingJobConfig``."""
        columns = config["TimeSeriesConfig"]
        target = columns["TargetAttributeName"]
        changes = config.get("Transformations", {})
        names = config.get("ForecastQuantiles", ["p10", "p50", "p90"])
        fills = changes.get("Filling", {}).get(target, {})
        aggregation = changes.get("Aggregation", {}).get(target, "sum")
        keys = [
            columns["ItemIdentifierAttributeName"],
            *columns.get("GroupingAttributeNames", []),
        ]
        return cls(
            keys=list(dict.fromkeys(keys)),
            time=columns["TimestampAttributeName"],
            target=target,
            frequency=config["ForecastFrequency"],
            horizon=config["ForecastHorizon"],
            quantiles=sorted({int(name[1:]) / 100 for name in names}),
            aggregation=_AGGREGATIONS.get(aggregation, aggregation),
            fill=fills.get("middlefill", "zero"),
            fill_value=float(fills.get("middlefill_value", 0)),
        )

    @property
    def step(self) -> str:
        """Length of a step, as pandas has it."""
        number, unit = self._parts()
        return f"{number}{_UNITS[unit]}"

    def time_form(self, table: Table) -> TimeForm:
        """Return how the table writes times.

        Raises:
            DataError: If that cannot be decided.
        """
        self._require(table)
        try:
            return TimeForm.of(cell for _, cell in table.column(self.time) if cell is not None)
        except TimeError as error:
            raise self._unreadable(table, error) from error

    def series(self, table: Table) -> dict[Key, pd.Series[float]]:
        """Return the series of a table, evenly stepped and without holes.

        Raises:
            DataError: If a column is missing or a cell cannot be read.
        """
        self._require(table)
        form = self.form or self.time_form(table)
        for column in (*self.keys, self.time):
            for index, cell in table.column(column):
                if cell is None:
                    raise table.fault(column, index, "every row needs one")
        demand = self._demand(table)
        columns = {str(number): table.cells[name] for number, name in enumerate(self.keys)}
        frame = pd.DataFrame({**columns, "time": self._times(table, form), "value": demand}).dropna(
            subset=["value"]
        )
        found: dict[Key, pd.Series[float]] = {}
        for key, rows in frame.groupby(list(columns), sort=True):
            named = tuple(str(part) for part in (key if isinstance(key, tuple) else (key,)))
            found[named] = self._even(named, rows.set_index("time")["value"])
        return found

    def _require(self, table: Table) -> None:
        for column in (*self.keys, self.time):
            table.require(column)
        table.require(self.target, "Target attribute name")
        if not len(table.cells):
            raise DataError(f"There are no rows in {table.name}.")

    def _times(self, table: Table, form: TimeForm) -> pd.DatetimeIndex:
        cells = table.cells[self.time].tolist()
        try:
            known = {cell: form.read(cell) for cell in dict.fromkeys(cells)}
        except TimeError as error:
            raise self._unreadable(table, error) from error
        return pd.DatetimeIndex([known[cell] for cell in cells])

    def _unreadable(self, table: Table, error: TimeError) -> DataError:
        words = f"{self.time!r} cannot be read as times"
        for index, cell in table.column(self.time):
            if cell is not None and cell.strip() == error.value:
                return DataError(f"{words}: {error.value!r} in {table.where(index)}: {error}.")
        return DataError(f"{words}: {error.value!r}: {error}.")

    def _demand(self, table: Table) -> Any:
        made = np.full(len(table.cells), np.nan)
        for position, (index, cell) in enumerate(table.column(self.target)):
            if cell is None:
                continue
            value = values.number(cell)
            if value is None:
                raise table.fault(self.target, index, "it is no number")
            if not values.is_usable(value):
                raise table.fault(self.target, index, "infinite or too large to learn from")
            made[position] = value
        if np.isnan(made).all():
            raise DataError(f"Target {self.target!r} has no values in {table.name}.")
        return made

    def _even(self, key: Key, values_of: pd.Series[float]) -> pd.Series[float]:
        """Return the values a step, the steps without one filled."""
        first, last = values_of.index.min(), values_of.index.max()
        number, unit = self._parts()
        steps = int((last - first).total_seconds() / 86_400 / (_DAYS[unit] * number)) + 1
        if steps > MOST_STEPS:
            raise DataError(
                f"The series {', '.join(key)} goes from {first} to {last}: {steps:,} steps of "
                f"{self.frequency}; {MOST_STEPS:,} are taken at most. Is one of its times wrong?"
            )
        stepped = values_of.resample(self.step)
        even = stepped.agg(self.aggregation).where(stepped.count() > 0)
        if self.fill in _FILLS:
            return even.fillna(getattr(even, _FILLS[self.fill])())
        if self.fill == "nan":
            return even.interpolate()
        return even.fillna(self.fill_value if self.fill == "value" else 0.0)

    def _parts(self) -> tuple[int, str]:
        """Return number and unit of a step."""
        unit = self.frequency.lstrip("0123456789")
        return int(self.frequency[: len(self.frequency) - len(unit)] or 1), unit
