"""Points tried one by one; a point that breaks does not stop the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

_Point = TypeVar("_Point", bound=Callable[..., str])


def try_all(
    points: Sequence[_Point], only: Sequence[str] | None, attempt: Callable[[_Point], str]
) -> int:
    """Print what each point found; return how many could not be tried."""
    failures = 0
    for point in points:
        if only and point.__name__ not in only:
            continue
        print(f"{point.__doc__}\n  ", end="", flush=True)
        try:
            print(attempt(point))
        except Exception as error:
            failures += 1
            print(f"could not be tried: {type(error).__name__}: {error}")
    return failures
