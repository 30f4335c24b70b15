"""Numbers that an option takes."""

from __future__ import annotations

import math
from typing import Any

import click


class Finite(click.FloatRange):
    """A number from a smallest one on; not ``nan`` nor infinite, which no limit exceeds."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        found = super().convert(value, param, ctx)
        if not math.isfinite(found):
            self.fail(f"{value} is no finite number.", param, ctx)
        return found
