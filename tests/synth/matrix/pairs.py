"""Few cases in which any two levels of any two factors come together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

Case = dict[str, str]
Pair = frozenset[tuple[str, str]]


def pairwise(factors: Mapping[str, Sequence[str]]) -> list[Case]:
    """Return cases that cover every pair of levels; the same ones at every call."""
    missing = dict.fromkeys(_all_pairs(factors))
    cases = []
    while missing:
        case = dict(next(iter(missing)))
        for factor in sorted(factors.keys() - case.keys(), key=list(factors).index):
            case[factor] = max(
                factors[factor],
                key=lambda level, factor=factor: _gain({**case, factor: level}, missing),
            )
        for pair in _pairs_of(case):
            missing.pop(pair, None)
        cases.append({factor: case[factor] for factor in factors})
    return cases


def _all_pairs(factors: Mapping[str, Sequence[str]]) -> Iterator[Pair]:
    for one, other in combinations(factors, 2):
        for first, second in product(factors[one], factors[other]):
            yield frozenset({(one, first), (other, second)})


def _pairs_of(case: Case) -> Iterator[Pair]:
    for items in combinations(case.items(), 2):
        yield frozenset(items)


def _gain(case: Case, missing: Mapping[Pair, None]) -> int:
    return sum(pair in missing for pair in _pairs_of(case))
