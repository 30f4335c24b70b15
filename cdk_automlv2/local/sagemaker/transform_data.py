"""What a transform does with data: splits objects into records, filters, joins, puts together.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT_PAYLOAD_MB = 6
_CSV_PATH = re.compile(r"\$(?:\[(?P<columns>[-\d:,]*)\])?")


class TransformError(Exception):
    """When an object cannot be transformed; the text is for the job's log."""


@dataclass(frozen=True)
class Columns:
    """A JSONPath that chooses columns of CSV by their numbers: ``$``, ``$[1:]``, ``$[0,-1]``."""

    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, path: str) -> Columns | None:
        """Return what a path chooses; ``None`` if it is none of these."""
        found = _CSV_PATH.fullmatch(path)
        if found is None:
            return None
        chosen = found["columns"]
        return cls(tuple(chosen.split(",")) if chosen else ())

    def of_line(self, line: bytes) -> bytes:
        """Return the chosen columns of a line.

        Raises:
            TransformError: If a line has no such column.
        """
        if not self.parts:
            return line
        [row] = csv.reader([line.decode()])
        try:
            chosen = [value for part in self.parts for value in _slice(row, part)]
        except IndexError:
            words = f"the filter asks for column {self.parts}, a line has {len(row)}"
            raise TransformError(words) from None
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(chosen)
        return out.getvalue().encode()


def _slice(row: list[str], part: str) -> list[str]:
    if ":" not in part:
        return [row[int(part)]]
    first, _, last = part.partition(":")
    return row[int(first) if first else None : int(last) if last else None]


def unpacked(body: bytes, source: Mapping[str, Any]) -> bytes:
    """Return an object's content.

    Raises:
        TransformError: If it is not compressed as the request says.
    """
    if source.get("CompressionType", "None") != "Gzip":
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError) as error:
        raise TransformError(f"the object is not compressed with gzip: {error}") from error


def batches(
    body: bytes, split: str, strategy: str, payload_mb: int, select: Columns | None
) -> Iterator[tuple[list[bytes], bytes]]:
    """Yield requests: the records of each, and its body after the input filter.

    Raises:
        TransformError: If a record is larger than a request may be.
    """
    if split == "None":
        _refuse_large(body, payload_mb)
        yield [body], body
        return
    most = payload_mb * 1024 * 1024 or len(body) + 1
    records: list[bytes] = []
    lines: list[bytes] = []
    size = 0
    for record in (line for line in body.splitlines() if line.strip()):
        line = record if select is None else select.of_line(record)
        _refuse_large(line, payload_mb)
        if records and (strategy == "SingleRecord" or size + len(line) + 1 > most):
            yield records, b"\n".join(lines) + b"\n"
            records, lines, size = [], [], 0
        records.append(record)
        lines.append(line)
        size += len(line) + 1
    if records:
        yield records, b"\n".join(lines) + b"\n"


def _refuse_large(body: bytes, payload_mb: int) -> None:
    if payload_mb and len(body) > payload_mb * 1024 * 1024:
        raise TransformError(f"a record is larger than MaxPayloadInMB, which is {payload_mb}")


def joined(records: list[bytes], answer: bytes, *, join: bool, select: Columns | None) -> bytes:
    """Return the lines of an answer, behind those of the input if they are joined.

    Raises:
        TransformError: If there is not one line of answer for each record.
    """
    if not join and select is None:
        return answer
    lines = answer.splitlines()
    if join:
        if len(lines) != len(records):
            words = f"{len(lines)} lines of answers to {len(records)} records cannot be joined"
            raise TransformError(words)
        lines = [record + b"," + line for record, line in zip(records, lines, strict=True)]
    chosen = lines if select is None else [select.of_line(line) for line in lines]
    return b"".join(line + b"\n" for line in chosen)


def assembled(answers: list[bytes], how: str) -> bytes:
    """Return the content of one output object."""
    if how != "Line":
        return b"".join(answers)
    return b"".join(answer if answer.endswith(b"\n") else answer + b"\n" for answer in answers)
