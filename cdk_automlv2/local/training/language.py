"""Text generation: an n-gram model of inputs and outputs.

A stand-in for fine-tuning a language model, which this machine cannot do: it is learnt from the
same data and answers the same requests, but it continues word by word from what it has counted.
Hyper-parameters are checked and have no effect.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cdk_automlv2.local.training import data
from cdk_automlv2.local.training.errors import DataError, doing, listed
from cdk_automlv2.local.training.hyper_parameters import check_hyper_parameters, most_rows
from cdk_automlv2.local.training.labelled import by_kind
from cdk_automlv2.local.training.ngrams import NGrams, Pair
from cdk_automlv2.local.training.problem import Problem
from cdk_automlv2.local.training.splits import split
from cdk_automlv2.local.training.trained_candidate import (
    Started,
    TrainedCandidate,
    unnoticed,
)

COLUMNS = ("input", "output")
_DEFAULT_MODEL = "Falcon7BInstruct"


@dataclass
class LanguageStage:
    """A request in, an answer out; JSON, in the form of the base model's family."""

    model: NGrams
    key: str

    accepts = ("application/json",)
    returns = "application/json"

    def container(self) -> tuple[str, dict[str, str]]:
        """Return image and environment of the container."""
        falcon = self.key == "inputs"
        return "huggingface-pytorch-tgi-inference" if falcon else "djl-inference", {}

    def invoke(self, body: bytes, environment: dict[str, str]) -> bytes:
        """Answer one request.

        Raises:
            ValueError: If the text is not where this model looks for it.
        """
        request = json.loads(body)
        if not isinstance(request, dict) or self.key not in request:
            raise ValueError(f'send {{"{self.key}": "…"}}')
        return json.dumps([{"generated_text": self.model.answer(str(request[self.key]))}]).encode()


class LanguageTraining:
    """The pairs of a job.

    Raises:
        DataError: If a hyper-parameter is out of range, a column is missing or one too many, or
            there are too few or too many rows.
    """

    def __init__(self, spec: dict[str, Any], s3: Any) -> None:
        config = spec["AutoMLProblemTypeConfig"]["TextGenerationJobConfig"]
        check_hyper_parameters(config)
        channels = by_kind(spec["AutoMLJobInputDataConfig"])
        output = spec.get("OutputDataConfig", {}).get("S3OutputPath", "")
        pairs = {
            kind: _pairs(data.read_channel(channel, s3, output))
            for kind, channel in channels.items()
        }
        base = config.get("BaseModelName", _DEFAULT_MODEL)
        rows, most = sum(len(found) for found in pairs.values()), most_rows(base)
        if rows > most:
            raise DataError(
                f"There are {rows} rows; {most} can be learnt from at most with {base}."
            )
        self._key = "inputs" if base.startswith("Falcon") else "text_inputs"
        self.problem = Problem("Generation", None, "output")
        train, held = pairs["training"], pairs.get("validation")
        if held is None:
            fraction = spec.get("DataSplitConfig", {}).get("ValidationFraction")
            learnt, kept = split(len(train), fraction)
            train, held = [train[row] for row in learnt], [train[row] for row in kept]
        self._train, self._validation = train, held

    def run(self, started: Started = unnoticed) -> Iterator[TrainedCandidate]:
        """Count the one candidate."""
        started("ngram")
        with doing("Learning 'output'"):
            model = NGrams(self._train)
            loss = model.loss(self._validation)
            values = {"ValidationLoss": loss, "Perplexity": math.exp(min(loss, 50))}
            learnt = {"TrainingLoss": model.loss(self._train)}
        yield TrainedCandidate("ngram", values, [LanguageStage(model, self._key)], learnt)


def _pairs(table: data.Table) -> list[Pair]:
    for column in COLUMNS:
        table.require(column)
    others = [name for name in table.cells.columns if name not in COLUMNS]
    if others:
        words = "exactly two columns are taken, input and output"
        raise DataError(f"There are other columns in {table.name}: {listed(others)}; {words}.")
    rows = table.with_values(list(COLUMNS)).cells
    if rows.empty:
        raise DataError(f"No row of {table.name} has both an input and an output.")
    return list(zip(rows["input"].tolist(), rows["output"].tolist(), strict=True))
