"""Text classification: words weighed by how telling they are, and a linear model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from cdk_automlv2.local.training import data
from cdk_automlv2.local.training.labelled import Examples, Labelled, by_kind
from cdk_automlv2.local.training.problem import Problem, objective
from cdk_automlv2.local.training.stages import (
    CSV_ONLY,
    answer,
    keys_of,
    read_rows,
    speaking,
)
from cdk_automlv2.local.training.trained_candidate import TrainedCandidate


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
        """Answer one CSV of texts, without header."""
        texts = [row[0] for row in read_rows(body)]
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
        examples = {kind: _examples(channel, columns, s3) for kind, channel in channels.items()}
        self.problem = Problem(
            "MulticlassClassification", objective(spec, "Accuracy"), config["TargetLabelColumn"]
        )
        self._data = Labelled(
            examples["training"],
            examples.get("validation"),
            spec.get("DataSplitConfig", {}).get("ValidationFraction"),
        )

    def run(self) -> Iterator[TrainedCandidate]:
        """Fit the one candidate."""
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        pipeline = make_pipeline(words, LogisticRegression(C=10, max_iter=2000))
        values = self._data.fit(pipeline, self.problem)
        yield TrainedCandidate("text-classifier", values, [TextStage(pipeline, self._data.classes)])


def _examples(channel: dict[str, Any], columns: tuple[str, str], s3: Any) -> Examples:
    table = data.read_channel(channel, s3)
    for column in columns:
        data.require_column(table, column)
    table = table.dropna(subset=list(columns))
    content, label = columns
    return table[content].astype(str).tolist(), table[label].astype(str).tolist()
