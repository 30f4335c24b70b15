"""What the page shows: tables of text. It never gets HTML, and no control character."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from cdk_automlv2.cli import safe
from cdk_automlv2.cli.failures import Failure

GOOD: Final = "good"
BAD: Final = "bad"
BUSY: Final = "busy"


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Attributes:
        id: By which the page recognizes it when it comes again.
        cells: The first one is its name.
        tone: ``good``, ``bad`` or ``busy``, by which its second cell is marked; else nothing.
    """

    id: str
    cells: Sequence[str]
    tone: str = ""


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        columns: Their titles.
        rows: In their order.
        note: Why rows are missing, if they are.
    """

    columns: Sequence[str]
    rows: Sequence[Row] = ()
    note: str = ""


def table(columns: Sequence[str], make: Callable[[], Iterable[Row]]) -> Table:
    """Return a table; what cannot be read is said in its place, and the others are shown."""
    try:
        return Table(columns, tuple(make()))
    except (ClientError, BotoCoreError, Failure) as error:
        return Table(columns, note=str(error))


def plain(value: Any) -> Any:
    """Return a value as JSON has it; in its texts control characters are escapes."""
    match value:
        case Table() | Row():
            return plain(asdict(value))
        case str():
            return safe.lines(value)
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    return value
