"""CSV as it is taken: UTF-8, commas, double quotes, one header; anything else is refused by name.

Nothing is guessed, as a wrong guess would be a silent one: a row with another number of values
than the header is refused, never cut or filled up.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from cdk_automlv2.local.training.errors import listed, shown

_KINDS_OF_FILES = {
    b"\x1f\x8b": "gzip-compressed: set CompressionType to Gzip, or unpack it",
    b"PAR1": "Parquet: set ContentType to x-application/vnd.amazon+parquet",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook: save it as CSV",
    b"\xff\xfe": "in UTF-16: save it as UTF-8",
    b"\xfe\xff": "in UTF-16: save it as UTF-8",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}

Row = tuple[int, list[str]]
"""Number of a row, counted as a spreadsheet does (the first is 1, with blank ones), and values."""


def rows_of(body: bytes) -> Iterator[Row]:
    """Yield the rows that are not blank.

    Raises:
        ValueError: Naming the row, if the text is no CSV in UTF-8.
    """
    reader = csv.reader(io.StringIO(_decoded(body), newline=""), strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ValueError(f"row {number}: {_explained(str(error))}") from error
        if row and not (len(row) == 1 and row[0].isspace()):
            yield number, row


def table_of(body: bytes) -> tuple[list[str], list[Row]]:
    """Return the header and the rows below it, each as long as the header.

    Raises:
        ValueError: Naming the row, if the text is no such table.
    """
    rows = rows_of(body)
    number, header = next(rows, (0, []))
    if not header:
        raise ValueError("it is empty; a header was expected")
    _refuse_other_delimiters(header)
    found = list(rows)
    header, found = _without_trailing_commas(header, found)
    for number, row in found:
        if len(row) != len(header):
            raise ValueError(_ragged(number, row, header))
        if row == header:
            raise ValueError(f"row {number} repeats the header")
    return header, found


def _without_trailing_commas(header: list[str], rows: list[Row]) -> tuple[list[str], list[Row]]:
    """Return header and rows without columns at the end that have neither name nor value."""
    width = len(header)
    while width > 1 and not header[width - 1] and all(not any(row[width - 1 :]) for _, row in rows):
        width -= 1
    header = header[:width]
    return header, [
        (number, row[:width] if len(row) > width and not any(row[width:]) else row)
        for number, row in rows
    ]


def _refuse_other_delimiters(header: list[str]) -> None:
    for sign, name in _OTHER_DELIMITERS.items():
        if len(header) == 1 and sign in header[0]:
            raise ValueError(f"its values are separated by {name}; commas are needed")


def _ragged(number: int, row: list[str], header: list[str]) -> str:
    text = f"row {number} has {len(row)} values, the header has {len(header)}"
    if len(row) > len(header):
        return f"{text}; values with commas need double quotes around them: {listed(row, 6)}"
    return f"{text}: {listed(row, 6)}"


def _decoded(body: bytes) -> str:
    for beginning, kind in _KINDS_OF_FILES.items():
        if body.startswith(beginning):
            raise ValueError(f"it is {kind}")
    body = body.removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in body:
        row = body[: body.index(b"\x00")].count(b"\n") + 1
        raise ValueError(f"line {row} holds a NUL byte: it is no text in UTF-8")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        around = body[max(error.start - 12, 0) : error.start + 12].decode("cp1252", "replace")
        words = f"byte 0x{body[error.start]:02x} near {shown(around)} is not UTF-8"
        raise ValueError(f"line {line}: {words}; save it as UTF-8") from error


def _explained(error: str) -> str:
    if "field larger than" in error:
        return f"a value is longer than {csv.field_size_limit():,} characters (a quote not closed?)"
    if "unexpected end" in error:
        return "a double quote is opened and never closed"
    if "expected after" in error:
        return "a double quote inside a quoted value must be written twice"
    return error
