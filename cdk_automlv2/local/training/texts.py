"""Text classification: words weighed by how telling they are, and a linear model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from cdk_automlv2.local.training import data
from cdk_automlv2.local.training.errors import DataError
from cdk_automlv2.local.training.labelled import Examples, Held, Labelled, by_kind
from cdk_automlv2.local.training.problem import Problem, objective
from cdk_automlv2.local.training.reports import Files, Reports, to_json
from cdk_automlv2.local.training.stages import (
    CSV_ONLY,
    Stage,
    answer,
    keys_of,
    read_rows,
    speaking,
)
from cdk_automlv2.local.training.trained_candidate import (
    Started,
    TrainedCandidate,
    unnoticed,
)

_ALGORITHM = "text-classifier"
_SAMPLES = 20
_TOKENS_EXPLAINED = 60

_UNSPACED = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""Letters of languages that put no spaces between words."""

TOKENS = rf"{_UNSPACED}|(?:(?!{_UNSPACED})\w)+|[^\w\s]"
"""A word, however short, or a sign: every text that is not blank has one."""


@dataclass
class TextStage:
    """A text a row in, its class out."""

    pipeline: Any
    classes: list[str]

    accepts = CSV_ONLY
    returns = "text/csv"

    def container(self) -> tuple[str, dict[str, str]]:
        """Return image and environment of the container."""
        return "autogluon-inference", speaking(self.classes)

    def invoke(self, body: bytes, environment: dict[str, str]) -> bytes:
        """Answer one CSV of texts, without header.

        Raises:
            ValueError: If a row has more than the text.
        """
        texts = []
        for number, row in enumerate(read_rows(body), start=1):
            if any(row[1:]):
                words = "put double quotes around a text with commas"
                raise ValueError(f"row {number} has {len(row)} values; {words}")
            texts.append(row[0])
        if not texts:
            raise ValueError("there are no rows")
        keys = keys_of(environment)
        return answer(self.pipeline, texts, keys, self.classes, decoded=True)


class TextTraining:
    """The texts of a job.

    Raises:
        DataError: If a column is missing, or there are fewer than two labels.
    """

    def __init__(self, spec: dict[str, Any], s3: Any) -> None:
        config = spec["AutoMLProblemTypeConfig"]["TextClassificationJobConfig"]
        columns = (config["ContentColumn"], config["TargetLabelColumn"])
        channels = by_kind(spec["AutoMLJobInputDataConfig"])
        output = spec.get("OutputDataConfig", {}).get("S3OutputPath", "")
        examples = {
            kind: _examples(data.read_channel(channel, s3, output), *columns)
            for kind, channel in channels.items()
        }
        self.problem = Problem(
            "MulticlassClassification", objective(spec, "Accuracy"), config["TargetLabelColumn"]
        )
        self._data = Labelled(
            examples["training"],
            examples.get("validation"),
            spec.get("DataSplitConfig", {}).get("ValidationFraction"),
        )

    def run(self, started: Started = unnoticed) -> Iterator[TrainedCandidate]:
        """Fit the one candidate."""
        started(_ALGORITHM)
        words = TfidfVectorizer(token_pattern=TOKENS, ngram_range=(1, 2), sublinear_tf=True)
        pipeline = make_pipeline(words, LogisticRegression(C=10, max_iter=2000))
        values, learnt, held = self._data.fit(pipeline, self.problem)
        stages: list[Stage] = [TextStage(pipeline, self._data.classes)]
        yield TrainedCandidate(_ALGORITHM, values, stages, learnt, _TextReports(pipeline, held))


@dataclass(frozen=True)
class _TextReports(Reports):
    """What is written of the one candidate."""

    pipeline: Any
    held: Held

    def explained(self, folder: str) -> Files:
        """Return what each word adds to the chance of the label that is predicted."""
        samples = [self._explained(self.held.items[row]) for row in self.held.sample(_SAMPLES)]
        return {"explanations.json": to_json(samples)}

    def insights(self) -> Files:
        """Return the performance report."""
        return self.held.insights()

    def _explained(self, text: str) -> dict[str, Any]:
        chances = self.pipeline.predict_proba([text])[0]
        label = int(chances.argmax())
        parts = [found.span() for found in re.finditer(TOKENS, text)][:_TOKENS_EXPLAINED]
        without = [text[:start] + text[end:] for start, end in parts]
        left = self.pipeline.predict_proba(without)[:, label] if without else []
        scores = [
            {
                "attribution": float(chances[label] - chance),
                "description": {"partial_text": text[start:end]},
            }
            for (start, end), chance in zip(parts, left, strict=True)
        ]
        return {
            "text": text,
            "predicted_label": label,
            "probability": float(chances[label]),
            "token_scores": scores,
        }


def _examples(table: data.Table, content: str, label: str) -> Examples:
    table.require(content, "Content column")
    table.require(label, "Target label column")
    if not len(table.cells):
        raise DataError(f"There are no rows in {table.name}.")
    rows = table.with_values([content, label])
    if not len(rows.cells):
        words = f"No row of {table.name} has both"
        raise DataError(f"{words} a text in {content!r} and a label in {label!r}.")
    return Examples(
        rows.cells[content].tolist(),
        rows.cells[label].tolist(),
        [rows.where(index) for index, _ in rows.column(label)],
    )
