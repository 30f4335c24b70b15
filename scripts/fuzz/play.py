"""One random call, and what is wrong with how it ended."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import cdk_automlv2 as lib
from cdk_automlv2.specs.errors import SpecError

from .fits import fits
from .place import Place, fresh_id
from .surface import Entry

SHARE_OF_LIKELY = 0.6
"""Of values that are of the right type at least."""


@dataclass(frozen=True)
class End:
    """How a call ended.

    Attributes:
        call: It, as text.
        how: ``taken``, ``refused``, or what is wrong.
    """

    call: str
    how: str

    @property
    def is_fault(self) -> bool:
        """Whether something is wrong."""
        return self.how not in ("taken", "refused")


def play(entry: Entry, place: Place, random_: random.Random, most: int = 3) -> End:
    """Call an entry with what is right, but for up to ``most`` options."""
    options = place.right(entry)
    kinds = entry.annotations()
    open_ = [name for name in entry.parameters if name in kinds and name not in ("scope", "id")]
    chosen = random_.sample(open_, min(len(open_), random_.randint(1, most) if most else 0))
    for option in chosen:
        sorts = place.values()
        if random_.random() < SHARE_OF_LIKELY:
            sorts = [item for item in sorts if fits(item, kinds[option])]
        options[option] = random_.choice(sorts)
    if "id" in options:
        options["id"] = fresh_id()
    shown = ", ".join(f"{option}={options[option]!r:.60}" for option in chosen)
    wrong = {item for item in chosen if not fits(options[item], kinds[item])}
    return End(f"{entry.name}({shown})", _ended(entry, place, options, wrong))


def play_nonsense(entry: Entry, place: Place, nonsense: Any) -> End:
    """Call an entry with one object for each option that it cannot be right for."""
    kinds = entry.annotations()
    wrong = {
        name
        for name in entry.parameters
        if name in kinds and name not in ("scope", "id") and not fits(nonsense, kinds[name])
    }
    options = place.right(entry) | dict.fromkeys(wrong, nonsense)
    if not wrong:
        return End(entry.name, "refused")
    return End(f"{entry.name}({', '.join(sorted(wrong))})", _ended(entry, place, options, wrong))


def play_tokens(entry: Entry, place: Place, token: Any) -> list[End]:
    """Call an entry once for each option, with a token in its place."""
    ends = []
    for name in entry.annotations():
        if name in entry.parameters and name not in ("scope", "id"):
            options = place.right(entry) | {name: token}
            if "id" in options:
                options["id"] = fresh_id()
            ends.append(End(f"{entry.name}({name})", _ended(entry, place, options, set())))
    return ends


def _ended(entry: Entry, place: Place, options: dict[str, Any], wrong: set[str]) -> str:
    try:
        subject = place.object_of(entry) if entry.needs_object else entry.owner
        call = subject if entry.method == "__init__" else getattr(subject, entry.method)
        call(**options)
    except lib.OptionsError as error:
        named = {path for fault in error.problems for path in _names(fault.path)}
        missed = sorted(wrong - named)
        return f"not told of: {', '.join(missed)}: {error}" if missed else "refused"
    except SpecError:
        return "refused"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:150]}"
    return f"in silence: {', '.join(sorted(wrong))}" if wrong else "taken"


def _names(path: str) -> set[str]:
    """Return the option that a fault's path begins with."""
    return {path.partition(".")[0].partition("[")[0].split()[0]}
