"""Labels by number: what is one class though it is written in two ways, and in what order."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal

from cdk_automlv2.local.training import values


class Labels:
    """The classes of a target.

    Labels that are all numbers are compared by value, true and false in any case; each class is
    called as it was written first.

    Attributes:
        classes: Names of the classes; their positions are their numbers.
    """

    def __init__(self, labels: Iterable[str]) -> None:
        found = list(dict.fromkeys(labels))
        self._by_value = bool(found) and all(_value(label) is not None for label in found)
        self._by_truth = bool(found) and all(values.truth(label) is not None for label in found)
        names: dict[Hashable, str] = {}
        for label in found:
            names.setdefault(self._key(label), label)
        keys = sorted(names, key=_order)
        self.classes = [names[key] for key in keys]
        self._numbers = {key: number for number, key in enumerate(keys)}

    def number(self, label: str) -> int | None:
        """Return the number of a label's class; ``None`` for one that is not known."""
        if self._by_value and _value(label) is None:
            return None
        return self._numbers.get(self._key(label))

    def counts(self, numbers: Sequence[int]) -> list[int]:
        """Return how often each class occurs among numbers."""
        found = [0] * len(self.classes)
        for number in numbers:
            found[number] += 1
        return found

    def _key(self, label: str) -> Hashable:
        if self._by_value:
            return _value(label)
        return values.truth(label) if self._by_truth else label


def _value(label: str) -> Decimal | None:
    number = values.number(label)
    return None if number is None or not values.is_usable(number) else Decimal(label.strip())


def _order(key: Hashable) -> tuple[Decimal, str]:
    """Return what sorts keys: numbers by value, words by letters."""
    return (key if isinstance(key, Decimal) else Decimal(0)), str(key)
