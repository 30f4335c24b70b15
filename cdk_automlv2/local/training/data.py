"""The table a job learns from: every cell as text, each row knowing where it came from."""

from __future__ import annotations

import gzip
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cdk_automlv2.local.training import csv_text, parquet
from cdk_automlv2.local.training.errors import DataError, doing, listed, shown
from cdk_automlv2.local.training.objects import Source, place, read_object

_UNNAMED = "Unnamed: {}"


@dataclass
class Table:
    """Rows of a channel.

    Attributes:
        cells: Text, or ``None`` where a cell is empty; the index counts rows over all files.
        name: What the rows are for, and where they are.
        files: URIs.
        starts: Index of the first row of each file.
        numbers: Number of each row in its file, as a spreadsheet counts.
        doubled: Names that several columns have.
        unusable: Name → why the column cannot be used.
    """

    cells: pd.DataFrame
    name: str = "the dataset"
    files: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    doubled: frozenset[str] = frozenset()
    unusable: dict[str, str] = field(default_factory=dict)

    def require(self, column: str, what: str = "Column") -> None:
        """Refuse a table without a column, or with two of that name.

        Raises:
            DataError: Naming the column and those there are.
        """
        if column not in self.cells.columns:
            words = f"{what} {column!r} does not exist in the dataset"
            raise DataError(f"{words}; it has {listed(self.cells.columns)} ({self.name}).")
        if column in self.doubled:
            raise DataError(f"Column {column!r} occurs twice in the header of {self.files[0]}.")
        if column in self.unusable:
            raise DataError(f"Column {column!r} of {self.name} {self.unusable[column]}.")

    def with_values(self, columns: list[str]) -> Table:
        """Return the rows in which no column is empty."""
        cells = self.cells.dropna(subset=columns)
        return Table(
            cells, self.name, self.files, self.starts, self.numbers, self.doubled, self.unusable
        )

    def column(self, name: str) -> Iterator[tuple[int, str | None]]:
        """Yield index and cell of each row."""
        yield from zip(self.cells.index.tolist(), self.cells[name].tolist(), strict=True)

    def where(self, index: int) -> str:
        """Return the place of a row: its number and its file."""
        file = bisect_right(self.starts, index) - 1
        return f"row {self.numbers[index]} of {self.files[file]}"

    def fault(self, column: str, index: int, why: str) -> DataError:
        """Return the error of one cell."""
        value = self.cells.at[index, column]
        text = "an empty cell" if value is None else shown(value)
        return DataError(f"Column {column!r} has {text} in {self.where(index)}: {why}.")


def read_channel(channel: dict[str, Any], s3: Any, output: str = "") -> Table:
    """Return the rows of all objects of a channel.

    Args:
        channel: The API's ``AutoMLJobChannel``.
        s3: Client with the rights of the job's role.
        output: Output path of the job, of which nothing is read.

    Raises:
        DataError: If there are none, they may not be read, or they are no tables.
    """
    source = Source(channel, output, s3)
    parts = []
    for bucket, key in source.tables():
        body = read_object(s3, bucket, key)
        if body:
            with doing(f"{place(bucket, key)} cannot be read"):
                parts.append(_read(body, place(bucket, key), channel))
    if not parts:
        raise DataError(f"All objects under {source.uri} are empty.")
    return _joined(parts, f"the {source.channel} data under {source.uri}")


def table_of_csv(body: bytes, name: str) -> Table:
    """Return the rows of one CSV with header.

    Raises:
        ValueError: If it is none.
    """
    header, rows = csv_text.table_of(body)
    names, doubled = _distinct(header)
    columns = zip(*(row for _, row in rows), strict=True) if rows else [[] for _ in names]
    cells = {
        column: [None if not cell or cell.isspace() else cell for cell in found]
        for column, found in zip(names, columns, strict=True)
    }
    numbers = [number for number, _ in rows]
    return Table(pd.DataFrame(cells, dtype=object), name, [name], [0], numbers, frozenset(doubled))


def _read(body: bytes, uri: str, channel: dict[str, Any]) -> Table:
    try:
        if channel.get("CompressionType") == "Gzip":
            body = _unpacked(body)
        if "parquet" in channel.get("ContentType", "text/csv"):
            return _of_parquet(body, uri)
        return table_of_csv(body, uri)
    except ValueError as error:
        raise DataError(f"{uri} cannot be read: {error}.") from error


def _unpacked(body: bytes) -> bytes:
    try:
        return gzip.decompress(body)
    except gzip.BadGzipFile as error:
        words = "CompressionType is Gzip, but it is not compressed with gzip"
        raise ValueError(f"{words} ({error})") from error
    except (EOFError, zlib.error) as error:
        raise ValueError(f"its gzip data are damaged or cut off ({error})") from error


def _of_parquet(body: bytes, uri: str) -> Table:
    columns, unusable = parquet.columns_of(body)
    frame = pd.DataFrame(columns, dtype=object)
    return Table(frame, uri, [uri], [0], list(range(1, len(frame) + 1)), unusable=unusable)


def _distinct(header: list[str]) -> tuple[list[str], set[str]]:
    """Return a name of its own for each column, and the names that were not."""
    given = {name for name in header if name}
    names: list[str] = []
    for index, name in enumerate(header):
        base = name or _UNNAMED.format(index)
        made, turn = base, 0
        while made in names or (made != name and made in given):
            turn += 1
            made = f"{base}.{turn}"
        names.append(made)
    return names, {name for name in given if header.count(name) > 1}


def _joined(parts: list[Table], name: str) -> Table:
    first, *rest = [part for part in parts if len(part.cells)] or parts[:1]
    for part in rest:
        _refuse_other_columns(first, part)
    columns = list(first.cells.columns)
    parts = [first, *rest]
    cells = pd.concat([part.cells[columns] for part in parts], ignore_index=True)
    starts: list[int] = []
    numbers: list[int] = []
    unusable: dict[str, str] = {}
    for part in parts:
        starts.append(len(numbers))
        numbers.extend(part.numbers)
        unusable |= part.unusable
    files = [part.files[0] for part in parts]
    return Table(cells, name, files, starts, numbers, first.doubled, unusable)


def _refuse_other_columns(first: Table, part: Table) -> None:
    there, here = list(first.cells.columns), list(part.cells.columns)
    if sorted(there) == sorted(here) and (there == here or not first.doubled):
        return
    missing = [name for name in there if name not in here]
    added = [name for name in here if name not in there]
    words = [f"lacks {listed(missing, 5)}"] if missing else []
    words += [f"has {listed(added, 5)} besides"] if added else []
    raise DataError(
        f"The header of {part.files[0]} is not that of {first.files[0]}: "
        f"it {' and '.join(words) or 'has another order of doubled names'}."
    )
