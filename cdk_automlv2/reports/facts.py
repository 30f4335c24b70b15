"""What a report tells of, as plain data: nothing here knows AWS, charts or pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TABLE, TEXT, IMAGE = "Tabular", "TextClassification", "ImageClassification"
SERIES, LANGUAGE = "TimeSeriesForecasting", "TextGeneration"
VALIDATION, TRAIN, TEST = "Validation", "Train", "Test"


@dataclass(frozen=True)
class Source:
    """Where something is known from.

    Attributes:
        words: What it is, and of how many rows.
        place: Its URI, or the name of an endpoint.
        is_asked: Whether an endpoint has responded, not the job left it behind.
    """

    words: str
    place: str = ""
    is_asked: bool = False


@dataclass(frozen=True)
class Candidate:
    """A candidate of the job.

    Attributes:
        name: Its name.
        order: Its place in time, from 1.
        status: Such as ``Completed``.
        value: Of the objective.
        metrics: By name and set.
        seconds: How long it took.
        reason: Why it failed.
    """

    name: str
    order: int
    status: str
    value: float | None
    metrics: Mapping[tuple[str, str], float]
    seconds: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Matrix:
    """How often which label was taken for which.

    Attributes:
        labels: In the order of rows and columns.
        counts: A row a true label, a column a predicted one.
    """

    labels: list[str]
    counts: list[list[float]]

    @property
    def total(self) -> float:
        """Number of rows."""
        return sum(sum(row) for row in self.counts)

    @property
    def right(self) -> float:
        """Number of rows whose label was predicted."""
        return sum(row[place] for place, row in enumerate(self.counts))

    def errors(self) -> list[tuple[str, str, float]]:
        """Return true label, predicted label and count of what was wrong, the most first."""
        found = [
            (true, said, self.counts[row][column])
            for row, true in enumerate(self.labels)
            for column, said in enumerate(self.labels)
            if row != column and self.counts[row][column] > 0
        ]
        return sorted(found, key=lambda item: -item[2])


@dataclass(frozen=True)
class Curve:
    """Points of a curve, from 0 to 1 on both axes."""

    xs: list[float]
    ys: list[float]


@dataclass(frozen=True)
class Score:
    """A metric of a performance report.

    Attributes:
        value: On its rows.
        deviation: Standard deviation; ``None`` where there were too few rows.
        constant: The same metric of the best constant answer.
    """

    value: float | None
    deviation: float | None = None
    constant: float | None = None


@dataclass(frozen=True)
class Quality:
    """How good a model is on rows that it has not learnt from.

    Attributes:
        source: Where that is known from.
        scores: Metrics by name.
        matrix: For classes.
        roc: True by false positive rate; two classes only.
        recalls: Precision by recall; two classes only.
        positive: What the curves call positive.
        truth: For numbers, true values; only from responses.
        guesses: Predicted ones.
    """

    source: Source
    scores: Mapping[str, Score] = field(default_factory=dict)
    matrix: Matrix | None = None
    roc: Curve | None = None
    recalls: Curve | None = None
    positive: str = "class 1"
    truth: list[float] = field(default_factory=list)
    guesses: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Importance:
    """How much each column counts, the most first.

    Attributes:
        source: Where that is known from.
        output: Which output it is about; empty if there is one.
        shares: Column and share.
    """

    source: Source
    output: str
    shares: list[tuple[str, float]]


@dataclass(frozen=True)
class Forecast:
    """One series, its last steps forecast.

    Attributes:
        name: Of the series.
        times: Of the steps.
        truth: What has come.
        quantiles: By level, such as ``p10``; rising.
    """

    name: str
    times: list[str]
    truth: list[float | None]
    quantiles: Mapping[str, list[float]]


@dataclass(frozen=True)
class BackTests:
    """Forecasts against what has come.

    Attributes:
        source: Where they are known from.
        forecasts: A series each.
        models: Metrics of each model that was tried.
    """

    source: Source
    forecasts: list[Forecast]
    models: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Example:
    """One text or picture, and what the model says of it.

    Attributes:
        name: Where it is.
        predicted: Label.
        true: Label; empty if it is not known.
        probability: Of the predicted label.
        text: The text.
        parts: Of the text, with what each adds to the probability.
        picture: Content; empty if it is not shown.
        heat_map: Content of the picture of what counts.
        expected: Text that a language model might have answered; nothing is judged by it.
    """

    name: str
    predicted: str
    true: str = ""
    probability: float | None = None
    text: str = ""
    parts: list[tuple[str, float]] = field(default_factory=list)
    picture: bytes = b""
    heat_map: bytes = b""
    expected: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether it is known to be predicted wrongly."""
        return self.true not in ("", self.predicted)


@dataclass(frozen=True)
class Examples:
    """Texts or pictures, with where they are known from."""

    source: Source
    items: list[Example]


@dataclass(frozen=True)
class Finding:
    """A finding of the data exploration: its severity, where it has one, and its words."""

    severity: str
    words: str


@dataclass
class Facts:
    """All that is known of a job.

    Attributes:
        job: Its name.
        kind: Such as ``Tabular``.
        problem: Such as ``BinaryClassification``.
        target: What is predicted.
        status: Of the job.
        metric: The objective; empty if there is none.
        minimize: Whether less of it is better.
        candidates: The best first.
        best: Name of the best.
        settings: Names and values.
        lineage: Names and values.
        data: Names and values.
        findings: Of the data exploration.
        files: What else the job has written.
        notes: What could not be read or drawn, and why.
        warnings: What to be careful about.
        quality: From the artifacts, then from responses.
        importance: One for each output.
        back_tests: From the artifacts, then from responses.
        examples: From the artifacts, then from responses.
    """

    job: str
    kind: str = ""
    problem: str = ""
    target: str = ""
    status: str = ""
    metric: str = ""
    minimize: bool = False
    candidates: list[Candidate] = field(default_factory=list)
    best: str = ""
    settings: list[tuple[str, str]] = field(default_factory=list)
    lineage: list[tuple[str, str]] = field(default_factory=list)
    data: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    quality: list[Quality] = field(default_factory=list)
    importance: list[Importance] = field(default_factory=list)
    back_tests: list[BackTests] = field(default_factory=list)
    examples: list[Examples] = field(default_factory=list)

    @property
    def winner(self) -> Candidate | None:
        """The best candidate."""
        return next((item for item in self.candidates if item.name == self.best), None)
