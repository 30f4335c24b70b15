"""A file of CSV in parts that an endpoint takes: whole records, each part below a size."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

PART_BYTES: Final = 1024 * 1024
"""Well below the 6 MB that an endpoint takes, and answered within its 60 s."""


@dataclass(frozen=True)
class Part:
    """Some rows.

    Attributes:
        body: As they are sent.
        rows: How many.
        first: Number of the first one in the file, from 1, its header not counted.
    """

    body: bytes
    rows: int
    first: int


def parts(
    body: bytes, *, header: bool = False, without: str | None = None, most: int = PART_BYTES
) -> Iterator[Part]:
    """Yield the rows of a file in parts.

    Args:
        body: Of the file.
        header: Whether its first row names the columns; it is not sent.
        without: A column that is not sent, by its name in the header.
        most: Bytes of a part; a single row may be longer.

    Raises:
        ValueError: If the file is no text in UTF-8, or has no such column.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"the file is no CSV in UTF-8: {error}") from error
    records = _records(text, skip=_column(text, without), header=header or without is not None)
    pending: list[bytes] = []
    size, first = 0, 1
    for number, record in enumerate(records, start=1):
        encoded = record.encode()
        if pending and size + len(encoded) > most:
            yield Part(b"".join(pending), len(pending), first)
            pending, size, first = [], 0, number
        pending.append(encoded)
        size += len(encoded)
    if pending:
        yield Part(b"".join(pending), len(pending), first)


def _column(text: str, without: str | None) -> int | None:
    if without is None:
        return None
    names = next(csv.reader(io.StringIO(text)), [])
    if without not in names:
        raise ValueError(f"the file has no column {without!r}; its header is {', '.join(names)}")
    return names.index(without)


def _records(text: str, *, skip: int | None, header: bool) -> Iterator[str]:
    """Yield the records as they are written; written again where a column is left out."""
    if skip is None:
        yield from _as_written(text, header=header)
        return
    for number, row in enumerate(csv.reader(io.StringIO(text))):
        if row and not (header and number == 0):
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerow(row[:skip] + row[skip + 1 :])
            yield out.getvalue()


def _as_written(text: str, *, header: bool) -> Iterator[str]:
    """Yield each record with its line end; a quoted value may hold line ends of its own."""
    lines: list[str] = []

    def source() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            lines.append(line)
            yield line

    for number, row in enumerate(csv.reader(source())):
        record = "".join(lines)
        lines.clear()
        if row and not (header and number == 0):
            yield record if record.endswith("\n") else f"{record}\n"
