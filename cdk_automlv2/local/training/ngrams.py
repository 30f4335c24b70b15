"""A model of words after words: what stands in for a language model."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

LONGEST_ANSWER = 64
LONGEST_TEXT = 1_024
"""Words of an input, and of an output; the rest is cut off, as the service cuts by its context."""

_ORDER = 4
_SEPARATOR, _END = " answer", " end"
"""Between input and output, and after it; no word has a space in it."""

_TRUST = 0.7
"""Part of the probability that the more telling context decides."""

_UNKNOWN = 1e-3

Pair = tuple[str, str]
Context = tuple[str, ...]


class NGrams:
    """Counts of words after the words before them, and after the last word of the input."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        counts: defaultdict[Context, Counter[str]] = defaultdict(Counter)
        for pair in pairs:
            words, start = sentence(pair)
            for end, word in enumerate(words):
                for context in contexts(words, end, start):
                    counts[context][word] += 1
        self._totals = {context: seen.total() for context, seen in counts.items()}
        self._counts = {context: dict(seen) for context, seen in counts.items()}
        self._vocabulary = len(self._counts.get((), {})) + 1

    def chance(self, words: list[str], end: int, start: int) -> float:
        """Return the probability of the word at ``end`` after those before; never 0."""
        chance = _UNKNOWN / self._vocabulary
        rest = 1.0 - _UNKNOWN
        for context in contexts(words, end, start):
            seen = self._counts.get(context)
            if seen:
                share = rest if context == () else rest * _TRUST
                chance += share * seen.get(words[end], 0) / self._totals[context]
                rest -= share
        return chance

    def loss(self, pairs: list[Pair]) -> float:
        """Return the mean cross-entropy of the outputs' words, in nats."""
        total, count = 0.0, 0
        for pair in pairs:
            words, start = sentence(pair)
            for end in range(start + 1, len(words)):
                total -= math.log(self.chance(words, end, start))
                count += 1
        return total / max(count, 1)

    def answer(self, text: str) -> str:
        """Return the likeliest continuation."""
        words = [*text.split()[:LONGEST_TEXT], _SEPARATOR]
        start = len(words) - 1
        made: list[str] = []
        while len(made) < LONGEST_ANSWER:
            word = self._next(words, start)
            if word == _END:
                break
            words.append(word)
            made.append(word)
        return " ".join(made)

    def _next(self, words: list[str], start: int) -> str:
        for context in contexts(words, len(words), start):
            seen = self._counts.get(context)
            if seen:
                return max(sorted(seen), key=seen.__getitem__)
        return _END


def contexts(words: list[str], end: int, start: int) -> Iterator[Context]:
    """Yield what the word at ``end`` may depend on, the most telling first.

    Args:
        words: An input, the separator, and an output.
        end: Position of the word.
        start: Position of the separator.
    """
    if end > start:
        yield ("asked", *words[max(start - 1, 0) : start], *words[max(end - 2, 0) : end])
    for length in range(min(_ORDER - 1, end), -1, -1):
        yield tuple(words[end - length : end])


def sentence(pair: Pair) -> tuple[list[str], int]:
    """Return the words of an input and its output as one row, and where the separator is."""
    asked, answered = pair[0].split()[:LONGEST_TEXT], pair[1].split()[:LONGEST_TEXT]
    return [*asked, _SEPARATOR, *answered, _END], len(asked)
