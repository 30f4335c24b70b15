"""Deliveries of rules and schedules that go wrong on demand: twice, late, or not at all.

EventBridge promises neither one delivery nor an order; ministack delivers once and in order.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Any, Final

DELIVERIES = "/_automlv2/deliveries"
TWICE, LATE, LOST = "DeliveryTwice", "DeliveryLate", "DeliveryLost"
KINDS: Final = (TWICE, LATE, LOST)
LATE_SECONDS = 2.0

_planned: list[str] = []
_lock = threading.Lock()


def plan(question: dict[str, Any]) -> dict[str, Any]:
    """Plan faults of the next deliveries, or forget those that have not come.

    Args:
        question: ``where`` (one of ``KINDS``) and ``times``; or ``clear``.
    """
    with _lock:
        if question.get("clear"):
            _planned.clear()
        else:
            _planned.extend([question["where"]] * question["times"])
    return {}


def deliver(send: Callable[[], Any]) -> None:
    """Deliver as it is planned; once and now if nothing is."""
    with _lock:
        how = _planned.pop(0) if _planned else ""
    if how == LATE:
        context = contextvars.copy_context()
        timer = threading.Timer(LATE_SECONDS, context.run, [send])
        timer.daemon = True
        timer.start()
        return
    for _ in range({LOST: 0, TWICE: 2}.get(how, 1)):
        send()
