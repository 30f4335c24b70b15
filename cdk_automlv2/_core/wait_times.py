"""How long is waited, and in how many parts; without the CDK."""

from __future__ import annotations

import math

LINK_SECONDS = 55 * 60
"""What one link waits at most; CloudFormation gives a custom resource 60 minutes."""

DEFAULT_TIMEOUT_SECONDS = 12 * 3600
LONG_CHAIN = 14
"""Links that the default timeout needs; synth warns of more."""

STACK_LIMIT = 500
LONGEST_DAYS = 18
LONGEST_SECONDS = LONGEST_DAYS * 24 * 3600
"""What the resources of one stack can wait, with some left for the rest; checked by rules."""


def links(timeout_seconds: int) -> list[int]:
    """Return what each link of the chain waits, in seconds; 55 min each, the last the rest."""
    count = max(1, math.ceil(timeout_seconds / LINK_SECONDS))
    return [min(LINK_SECONDS, timeout_seconds - i * LINK_SECONDS) for i in range(count)]
