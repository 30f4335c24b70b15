"""Parquet, read as the CSV of the same table would be: every value as text, missing ones empty."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_INDEX = "__index_level_"
"""Beginning of the names under which pandas stores an index that has none."""


def columns_of(body: bytes) -> tuple[dict[str, list[str | None]], dict[str, str]]:
    """Return columns as text by name, and why others cannot be used.

    Raises:
        ValueError: If it is no Parquet, or two columns have one name.
    """
    try:
        table = pq.ParquetFile(io.BytesIO(body)).read()
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"it is no Parquet file: {str(error).rstrip('.')}") from error
    names = [str(name) for name in table.column_names]
    doubled = {name for name in names if names.count(name) > 1}
    if doubled:
        raise ValueError(f"column {min(doubled)!r} occurs twice")
    columns: dict[str, list[str | None]] = {}
    unusable: dict[str, str] = {}
    for name, column in zip(names, table.columns, strict=True):
        if name.startswith(_INDEX):
            continue
        try:
            columns[name] = _texts(column)
        except (TypeError, ValueError, OverflowError, pa.ArrowException) as error:
            columns[name] = [None] * len(column)
            is_ours = isinstance(error, TypeError)
            unusable[name] = str(error) if is_ours else f"cannot be read: {error}"
    return columns, unusable


def _texts(column: Any) -> list[str | None]:
    """Return the values of a column as text.

    Raises:
        TypeError: If its type has no form in a CSV.
    """
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
        kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_nested(kind):
        raise TypeError(f"is nested ({kind}); a value a row is needed")
    write = _writer(kind)
    return [None if value is None else write(value) for value in column.to_pylist()]


def _writer(kind: Any) -> Callable[[Any], str | None]:
    types = pa.types
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return _text_of_bytes
    if types.is_floating(kind):
        return lambda value: None if value != value else repr(float(value))
    if types.is_duration(kind):
        return lambda value: repr(value.total_seconds())
    if types.is_decimal(kind):
        return lambda value: f"{value:f}"
    if types.is_timestamp(kind) or types.is_date(kind):
        return _text_of_time
    return lambda value: str(value) or None


def _text_of_bytes(value: bytes) -> str | None:
    try:
        return value.decode() or None
    except UnicodeDecodeError as error:
        raise TypeError("holds bytes that are no text in UTF-8") from error


def _text_of_time(value: date | datetime) -> str:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
