"""The data of the demo: what is asked, and how the answers compare with the truth."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
TRAIN = DATA / "diagnosis_train.csv"
HELD_OUT = DATA / "diagnosis_held_out.csv"
TARGET = "diagnosis"


@dataclass(frozen=True)
class Wrong:
    """A row that was answered wrongly; ``chance`` is the probability of what was said."""

    row: int
    truth: str
    said: str
    chance: float


@dataclass(frozen=True)
class Comparison:
    """Answers beside the truth: how often each label was said for each, and what was wrong."""

    labels: list[str]
    counts: Counter[tuple[str, str]]
    wrong: list[Wrong]

    @property
    def total(self) -> int:
        """How many rows were asked."""
        return sum(self.counts.values())

    @property
    def accuracy(self) -> float:
        """The part that was answered rightly."""
        return 1 - len(self.wrong) / self.total


def size(path: Path) -> tuple[int, int]:
    """Return the number of rows and of columns without the target."""
    with path.open(newline="") as source:
        head, *rows = csv.reader(source)
    return len(rows), len(head) - 1


def questions() -> tuple[list[str], bytes]:
    """Return the truth of the rows kept back, and the rows without it as CSV."""
    with HELD_OUT.open(newline="") as source:
        head, *rows = csv.reader(source)
    assert head[0] == TARGET
    body = io.StringIO()
    csv.writer(body, lineterminator="\n").writerows(row[1:] for row in rows)
    return [row[0] for row in rows], body.getvalue().encode()


def compare(truths: list[str], response: bytes) -> Comparison:
    """Compare a response (label and probability, a row a line) with the truth."""
    answers = list(csv.reader(io.StringIO(response.decode())))
    pairs = list(zip(truths, answers, strict=True))
    counts = Counter((truth, label) for truth, (label, _) in pairs)
    wrong = [
        Wrong(number, truth, label, float(chance))
        for number, (truth, (label, chance)) in enumerate(pairs, start=1)
        if label != truth
    ]
    return Comparison(sorted({*truths, *(answer[0] for answer in answers)}), counts, wrong)
