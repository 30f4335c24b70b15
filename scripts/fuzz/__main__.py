"""Plays random calls of all that is public: no error but the library's own, nothing in silence.

    python -m scripts.fuzz [CALLS] [SEED] [PART OF A NAME]

Each call begins right and has one to three options replaced by values of all sorts. A call that is
taken though a value cannot be right, or that ends in another error than ``OptionsError``, is a
fault. Unknown arguments are Python's business, and ids that are taken the CDK's.
"""

from __future__ import annotations

import random
import sys
import warnings
from collections import Counter

from .place import Place
from .play import play
from .surface import entries

CALLS_OF_A_STACK = 60


def main(calls: int, seed: int, part: str = "") -> int:
    """Play ``calls`` calls; return how many were at fault."""
    warnings.simplefilter("ignore")
    random_ = random.Random(seed)
    ends: Counter[str] = Counter()
    played = [entry for entry in entries() if part in entry.name]
    for number in range(calls):
        if number % CALLS_OF_A_STACK == 0:
            place = Place()
        end = play(random_.choice(played), place, random_)
        ends["fault" if end.is_fault else end.how] += 1
        if end.is_fault:
            print(f"{end.call}\n    {end.how}", flush=True)
    print(f"{calls} calls of {len(played)} entries, seed {seed}: {dict(ends)}")
    return ends["fault"]


if __name__ == "__main__":
    numbers = [int(item) for item in sys.argv[1:3]]
    sys.exit(1 if main(*(numbers or [10_000, 1]), *sys.argv[3:]) else 0)
