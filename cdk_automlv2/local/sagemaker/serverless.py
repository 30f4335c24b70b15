"""Serverless variants: cold starts, and no more requests at once than allowed.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cdk_automlv2.local.sagemaker.clock import Clock
from cdk_automlv2.local.sagemaker.errors import ServiceError

COLD_START_SECONDS = 30.0
IDLE_SECONDS = 300.0
"""How long a container that has nothing to do stays up."""

_NEVER = threading.Event()


class Gate:
    """Lets requests in to the containers of a serverless variant.

    Args:
        config: The variant's ``ServerlessConfig``.
        clock: How long containers start, and stay.
    """

    def __init__(self, config: dict[str, Any], clock: Clock) -> None:
        self.resize(config)
        self._clock = clock
        self._lock = threading.Lock()
        self._busy = 0
        self._idle_since: list[float] = []
        self.cold_starts = 0

    def resize(self, config: dict[str, Any]) -> None:
        """Take another concurrency from a ``ServerlessConfig``."""
        self._most: int = config["MaxConcurrency"]
        self._provisioned: int = config.get("ProvisionedConcurrency", 0)

    def utilization(self) -> float | None:
        """Return the busy part of the provisioned concurrency; ``None`` if there is none."""
        return min(1.0, self._busy / self._provisioned) if self._provisioned else None

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Hold a container for the time of one request; a new one starts where none is free.

        Raises:
            ServiceError: ``ThrottlingException`` if all are busy that there may be.
        """
        is_warm = self._take()
        if not is_warm:
            self._clock.wait(COLD_START_SECONDS, _NEVER)
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                self._idle_since.append(self._clock.seconds())

    def _take(self) -> bool:
        """Take a container; return whether it is up already."""
        with self._lock:
            if self._busy >= self._most:
                raise ServiceError("ThrottlingException", "Rate exceeded", 429)
            oldest = self._clock.seconds() - IDLE_SECONDS
            self._idle_since = [since for since in self._idle_since if since >= oldest]
            idle = len(self._idle_since)
            is_warm = idle > 0 or self._busy < self._provisioned
            if idle:
                self._idle_since.pop()
            self._busy += 1
            self.cold_starts += not is_warm
            return is_warm
