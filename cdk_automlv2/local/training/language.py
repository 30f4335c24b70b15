"""Text generation: an n-gram model of inputs and outputs.

A stand-in for fine-tuning a language model, which this machine cannot do: it is learnt from the
same data and answers the same requests, but it continues word by word from what it has counted.
Hyper-parameters are checked and have no effect.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sklearn.model_selection import train_test_split

from cdk_automlv2.local.training import data
from cdk_automlv2.local.training.data import DataError
from cdk_automlv2.local.training.labelled import by_kind
from cdk_automlv2.local.training.problem import Problem
from cdk_automlv2.local.training.trained_candidate import TrainedCandidate

COLUMNS = ("input", "output")
MOST_ROWS = 10_000
LONGEST_ANSWER = 64
_ORDER = 4
_SEPARATOR, _END = "<answer>", "<end>"
_TRUST = 0.7
"""Part of the probability that the more telling context decides."""

_UNKNOWN = 1e-3
_SEED = 11

Pair = tuple[str, str]
Context = tuple[str, ...]


class NGrams:
    """Counts of words after the words before them, and after the last word of the input."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._counts: defaultdict[Context, Counter[str]] = defaultdict(Counter)
        for pair in pairs:
            words = sentence(pair)
            for end, word in enumerate(words):
                for context in contexts(words[:end]):
                    self._counts[context][word] += 1
        self._vocabulary = len(self._counts[()]) + 1

    def chance(self, word: str, before: list[str]) -> float:
        """Return the probability of a word after others; never 0."""
        chance = _UNKNOWN / self._vocabulary
        rest = 1.0 - _UNKNOWN
        for context in contexts(before):
            seen = self._counts.get(context)
            if seen:
                share = rest if context == () else rest * _TRUST
                chance += share * seen[word] / seen.total()
                rest -= share
        return chance

    def loss(self, pairs: list[Pair]) -> float:
        """Return the mean cross-entropy of the outputs' words, in nats."""
        total, count = 0.0, 0
        for pair in pairs:
            words = sentence(pair)
            for end in range(words.index(_SEPARATOR) + 1, len(words)):
                total -= math.log(self.chance(words[end], words[:end]))
                count += 1
        return total / max(count, 1)

    def answer(self, text: str) -> str:
        """Return the likeliest continuation."""
        words = [*text.split(), _SEPARATOR]
        made: list[str] = []
        while len(made) < LONGEST_ANSWER:
            word = self._next(words)
            if word == _END:
                break
            words.append(word)
            made.append(word)
        return " ".join(made)

    def _next(self, before: list[str]) -> str:
        for context in contexts(before):
            seen = self._counts.get(context)
            if seen:
                return max(sorted(seen), key=seen.__getitem__)
        return _END


def contexts(before: list[str]) -> Iterator[Context]:
    """Yield what a word may depend on, the most telling first."""
    if _SEPARATOR in before:
        asked = before[: before.index(_SEPARATOR)][-1:]
        yield ("asked", *asked, *before[-2:])
    for length in range(min(_ORDER - 1, len(before)), -1, -1):
        yield tuple(before[len(before) - length :])


def sentence(pair: Pair) -> list[str]:
    """Return the words of an input and its output as one row."""
    return [*pair[0].split(), _SEPARATOR, *pair[1].split(), _END]


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
        DataError: If a column is missing, or there are too many rows.
    """

    def __init__(self, spec: dict[str, Any], s3: Any) -> None:
        config = spec["AutoMLProblemTypeConfig"]["TextGenerationJobConfig"]
        channels = by_kind(spec["AutoMLJobInputDataConfig"])
        pairs = {kind: _pairs(channel, s3) for kind, channel in channels.items()}
        rows = sum(len(found) for found in pairs.values())
        if rows > MOST_ROWS:
            raise DataError(f"There are {rows} rows; {MOST_ROWS} can be learnt from at most.")
        base = config.get("BaseModelName", "Falcon7BInstruct")
        self._key = "inputs" if base.startswith("Falcon") else "text_inputs"
        self.problem = Problem("Generation", None, "output")
        fraction = spec.get("DataSplitConfig", {}).get("ValidationFraction") or 0.2
        train, held = pairs["training"], pairs.get("validation")
        if held is None:
            train, held = train_test_split(train, test_size=fraction, random_state=_SEED)
        self._train, self._validation = train, held

    def run(self) -> Iterator[TrainedCandidate]:
        """Count the one candidate."""
        model = NGrams(self._train)
        loss = model.loss(self._validation)
        values = {
            "TrainingLoss": model.loss(self._train),
            "ValidationLoss": loss,
            "Perplexity": math.exp(min(loss, 50)),
        }
        yield TrainedCandidate("ngram", values, [LanguageStage(model, self._key)])


def _pairs(channel: dict[str, Any], s3: Any) -> list[Pair]:
    table = data.read_channel(channel, s3)
    for column in COLUMNS:
        data.require_column(table, column)
    rows = table.dropna(subset=list(COLUMNS)).astype(str)
    return list(zip(rows["input"], rows["output"], strict=True))
