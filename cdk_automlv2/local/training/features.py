"""The columns that a feature specification chooses and types, and their cells."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from cdk_automlv2.local.training import objects
from cdk_automlv2.local.training.columns import CellError, Schema
from cdk_automlv2.local.training.data import Table
from cdk_automlv2.local.training.errors import DataError, listed

_TYPES = ("numeric", "categorical", "text", "datetime")
OF_TABLES = (*_TYPES, "sequence")
OF_SERIES = _TYPES


def specified(
    uri: str, s3: Any, table: Table, reserved: dict[str, str], types: Collection[str]
) -> tuple[list[str], dict[str, str]]:
    """Return the names and the declared types of a feature specification.

    Args:
        uri: Where it is.
        s3: Client of the job's role.
        table: What it is for.
        reserved: Column that it must not name → what that is.
        types: That may be declared.

    Raises:
        DataError: If it is none, or does not suit the table.
    """
    chosen, declared = objects.read_feature_names(uri, s3)
    named = list(dict.fromkeys([*chosen, *declared]))
    for name in named:
        if name in reserved:
            raise DataError(f"{uri} must not name the {reserved[name]} column {name!r}.")
    for name in named:
        table.require(name)
    for name, kind in declared.items():
        if kind not in types:
            words = f"{uri} declares {name!r} as {kind!r}; there are {listed(types)}"
            raise DataError(f"{words}.")
    return chosen, declared


def frame_of(schema: Schema, table: Table) -> pd.DataFrame:
    """Return the features of a table as numbers and words.

    Raises:
        DataError: Naming the cell that is not of its column's kind.
    """
    try:
        return schema.frame([table.cells[name].tolist() for name in schema.names])
    except CellError as error:
        raise table.fault(error.column, table.cells.index[error.position], error.why) from error
