"""How often a second each operation may be called: AWS's published rates, and chance throttles.

Source: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html (Amazon SageMaker API rates)
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from typing import Final

from cdk_automlv2.local.sagemaker.errors import ServiceError

PUBLISHED: Final[Mapping[str, float]] = {
    **dict.fromkeys(
        (
            "CreateEndpoint",
            "CreateEndpointConfig",
            "CreateModel",
            "DeleteEndpoint",
            "DeleteEndpointConfig",
            "DeleteModel",
            "UpdateEndpoint",
        ),
        1.0,
    ),
    **dict.fromkeys(("DescribeEndpoint", "DescribeEndpointConfig", "DescribeModel"), 5.0),
    **dict.fromkeys(("ListEndpointConfigs", "ListEndpoints", "ListModels"), 2.0),
}


class Rates:
    """Refuses what comes too often, as the service does.

    Args:
        speed: How much faster than AWS time goes; rates grow with it.
        chance: Part of all calls that is refused without need; 0 to 1.
        limited: Whether there are rates at all.
    """

    def __init__(self, speed: float, *, limited: bool, chance: float = 0.0) -> None:
        self._speed = speed
        self._limited = limited
        self._chance = chance
        self._lock = threading.Lock()
        self._free_at: dict[str, float] = {}
        self._random = random.Random(0)

    def admit(self, operation: str) -> None:
        """Count one call.

        Raises:
            ServiceError: ``ThrottlingException`` if it comes too soon.
        """
        if not self._limited:
            return
        rate = PUBLISHED.get(operation)
        now = time.monotonic()
        with self._lock:
            unlucky = self._random.random() < self._chance
            if not unlucky and (rate is None or self._free_at.get(operation, 0.0) <= now):
                if rate is not None:
                    self._free_at[operation] = now + 1 / (rate * self._speed)
                return
        raise ServiceError("ThrottlingException", "Rate exceeded")
