"""The rows of a tabular job: read, checked, and split into what is learnt and what validates."""

from __future__ import annotations

from typing import Any

import numpy as np

from cdk_automlv2.local.training import values
from cdk_automlv2.local.training.columns import NOTHING, Schema
from cdk_automlv2.local.training.data import Table, read_channel
from cdk_automlv2.local.training.errors import DataError, listed
from cdk_automlv2.local.training.features import OF_TABLES, frame_of, specified
from cdk_automlv2.local.training.labelled import by_kind
from cdk_automlv2.local.training.labels import Labels
from cdk_automlv2.local.training.problem import numbers_of, resolve
from cdk_automlv2.local.training.splits import split

Learnt = tuple[Any, Any]
"""Features and targets."""


class TabularData:
    """What a tabular job learns from.

    Attributes:
        problem: The problem resolved.
        schema: The features.
        labels: The classes; of no use for regression.
        train: Features and targets to learn from.
        weights: Of the rows to learn from; ``None`` where all weigh the same.
        validation: Features and targets to validate on.
        cells: The rows to learn from and to validate on, as they are written.

    Raises:
        DataError: If the data do not suit the request.
    """

    def __init__(self, spec: dict[str, Any], s3: Any) -> None:
        config = spec["AutoMLProblemTypeConfig"]["TabularJobConfig"]
        self._target = str(config["TargetAttributeName"])
        self._weight = config.get("SampleWeightAttributeName")
        output = spec.get("OutputDataConfig", {}).get("S3OutputPath", "")
        channels = by_kind(spec["AutoMLJobInputDataConfig"])
        tables = {kind: read_channel(channel, s3, output) for kind, channel in channels.items()}
        for table in tables.values():
            table.require(self._target, "Target attribute name")
        if "validation" in tables:
            _refuse_other_header(tables["training"], tables["validation"])
        table = _with_target(tables["training"], self._target)
        self.cells = table.cells
        self.labels = Labels(table.cells[self._target])
        self.problem = resolve(spec, self._target, table, self.labels)
        self.schema = self._features(table, config.get("FeatureSpecificationS3Uri"), s3)
        weights = None if self._weight is None else _weights(table, self._weight, self._target)
        features, targets = self._read(table)
        if "validation" in tables:
            if len(targets) < 2:
                raise DataError(f"There is 1 row in {table.name}; 2 are needed.")
            self.train, self.weights = (features, targets), weights
            self.validation = self._read(_with_target(tables["validation"], self._target))
            return
        fraction = spec.get("DataSplitConfig", {}).get("ValidationFraction")
        classes = targets.tolist() if self.problem.classifies else None
        rows, held = split(len(targets), fraction, classes)
        self.train = (features.iloc[rows], targets[rows])
        self.weights = None if weights is None else weights[rows]
        self.validation = (features.iloc[held], targets[held])

    def _features(self, table: Table, uri: str | None, s3: Any) -> Schema:
        """Return the columns to learn from: those of the feature specification, or all."""
        names = [
            str(name) for name in table.cells.columns if name not in (self._target, self._weight)
        ]
        declared: dict[str, str] = {}
        if uri is not None:
            reserved = {self._target: "target"}
            chosen, declared = specified(uri, s3, table, reserved, OF_TABLES)
            names = chosen or names
        for name in names:
            if name in table.unusable:
                table.require(name)
        schema = Schema.of(table.cells, names, declared)
        if all(column.kind == NOTHING for column in schema.columns):
            empty = f": {listed(names)} are empty" if names else ""
            beside = f"There is no column to learn from beside the target {self._target!r}"
            raise DataError(f"{beside} in {table.name}{empty}.")
        return schema

    def _read(self, table: Table) -> Learnt:
        """Return features and targets of a table."""
        frame = frame_of(self.schema, table)
        if not self.problem.classifies:
            return frame, numbers_of(self._target, table)
        made = []
        for index, label in table.column(self._target):
            number = self.labels.number(str(label))
            if number is None:
                why = "the training data do not have this class"
                raise table.fault(self._target, index, why)
            made.append(number)
        return frame, np.array(made)


def _with_target(table: Table, target: str) -> Table:
    """Return the rows that have a target.

    Raises:
        DataError: If there are none.
    """
    if not len(table.cells):
        raise DataError(f"There are no rows in {table.name}.")
    found = table.with_values([target])
    if not len(found.cells):
        words = f"Target {target!r} has 0 distinct values"
        raise DataError(f"{words}; all its cells are empty in {table.name}.")
    return found


def _refuse_other_header(training: Table, validation: Table) -> None:
    here, there = list(training.cells.columns), list(validation.cells.columns)
    missing = [name for name in here if name not in there]
    added = [name for name in there if name not in here]
    if missing:
        words = f"{validation.name} lacks columns of the training data"
        raise DataError(f"The header of {words}: {listed(missing)}.")
    if added:
        words = f"{validation.name} has columns that the training data lack"
        raise DataError(f"The header of {words}: {listed(added)}.")


def _weights(table: Table, name: str, target: str) -> Any:
    """Return the weights of the rows.

    Raises:
        DataError: Naming the first that is no number of 0 or more.
    """
    if name == target:
        raise DataError(f"The target {target!r} cannot be the sample weight too.")
    table.require(name, "Sample weight attribute name")
    made = []
    for index, cell in table.column(name):
        value = None if cell is None else values.number(cell)
        if value is None or value < 0 or not values.is_usable(value):
            raise table.fault(name, index, "a weight must be a number of 0 or more")
        made.append(value)
    if not sum(made):
        raise DataError(f"All weights in column {name!r} of {table.name} are 0.")
    return np.array(made)
