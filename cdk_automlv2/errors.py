"""Errors of the library.

::

    Exception
    └── ValueError
        └── OptionsError   options that cannot work; carries every fault found
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptionFault:
    """One broken rule.

    Attributes:
        path: The option, as the caller typed it, such as ``problem_config.max_candidates``.
        rule: What is required.
        got: The value that came.
        fix: What to do, where the rule does not say it already.

    Example:
        >>> print(OptionFault("max_candidates", "must be 750 or less", 900))
        max_candidates: must be 750 or less, got 900
    """

    path: str
    rule: str
    got: object
    fix: str | None = None

    def __str__(self) -> str:
        text = f"{self.path}: {self.rule}, got {_shown(self.got)}"
        return f"{text}; {self.fix}" if self.fix else text


def _shown(value: object) -> str:
    """Return a value as an error shows it: short, and the same in every run."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    text = repr(value)
    if " object at 0x" in text:
        return f"a {type(value).__name__}"
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}… ({len(text):,} long)"


_LONGEST_VALUE = 200


class OptionsError(ValueError):
    """When options cannot work; raised once, with every fault.

    Attributes:
        problems: The faults, in the order of the options.

    Example:
        >>> try:
        ...     AutoMLTabularConfig("churned", max_candidates=900)
        ... except OptionsError as error:
        ...     [fault.path for fault in error.problems]
        ['max_candidates']
    """

    def __init__(self, owner: str, problems: tuple[OptionFault, ...]) -> None:
        self.problems = problems
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"{owner}: invalid options:{lines}")


def raise_if_any(owner: str, problems: Iterable[OptionFault]) -> None:
    """Raise ``OptionsError`` if there is any problem."""
    found = tuple(problems)
    if found:
        raise OptionsError(owner, found)
