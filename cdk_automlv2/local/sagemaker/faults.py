"""Faults on demand: what a test or a curious user wants to go wrong."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from cdk_automlv2.local.sagemaker.errors import ServiceError

JOB_HANGS = "JobHangs"
ENDPOINT_FAILS = "EndpointFails"
UPDATE_ROLLS_BACK = "UpdateRollsBack"
TRANSFORM_FAILS = "TransformFails"


@dataclass
class Fault:
    """One fault to inject.

    Attributes:
        where: An operation (``CreateEndpoint``), which is then refused, or one of ``JobHangs``
            (stays InProgress until it is stopped), ``EndpointFails``, ``UpdateRollsBack``,
            ``TransformFails``.
        code: Error code of a refused operation.
        message: Its words, or the FailureReason.
        times: How often.
    """

    where: str
    code: str = "ThrottlingException"
    message: str = "Rate exceeded"
    times: int = 1


class Faults:
    """The faults still to come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Plan a fault."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Forget all faults planned."""
        with self._lock:
            self._faults.clear()

    def take(self, where: str) -> Fault | None:
        """Return the fault planned for ``where``, once for each of its times."""
        with self._lock:
            for fault in self._faults:
                if fault.where == where and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None

    def raise_if_planned(self, operation: str) -> None:
        """Refuse the operation if that was planned."""
        fault = self.take(operation)
        if fault is not None:
            raise ServiceError(fault.code, fault.message)
