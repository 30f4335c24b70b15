"""A file of prices, as commands read it."""

from __future__ import annotations

from pathlib import Path

from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import Choice
from cdk_automlv2.cost import Prices
from cdk_automlv2.errors import OptionsError


def read(path: Path, following: Choice) -> Prices:
    """Return the prices of a file.

    Args:
        path: The file.
        following: The next command where it is none: what goes without prices.

    Raises:
        Failure: If it is none; with everything that is wrong.
    """
    try:
        return Prices.from_file(path)
    except OptionsError as error:
        raise Failure(f"{path} is no file of prices: {error}", following) from error
