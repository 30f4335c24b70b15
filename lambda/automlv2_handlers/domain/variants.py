"""The production variants of an endpoint's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

VARIANTS: Final = "ProductionVariants"


def without(config: Mapping[str, Any], member: str) -> dict[str, Any]:
    """Return a configuration whose production variants lack a member."""
    bare = [
        {key: value for key, value in variant.items() if key != member}
        for variant in config[VARIANTS]
    ]
    return {**config, VARIANTS: bare}
