"""What a file of this package offers: one ``Custom::`` type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context, Done, Outcome

LONGEST_SECONDS: Final = 55 * 60
"""Age at which a request should have its answer; CloudFormation cancels it after 60 minutes."""


def _longest(_event: LifecycleEvent) -> float:
    return LONGEST_SECONDS


def _never(_event: LifecycleEvent, _progress: Mapping[str, Any]) -> Done | None:
    return None


def _nothing(_event: LifecycleEvent, _context: Context) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource; ``registry.KINDS`` lists them.

    Attributes:
        type: The resource type, ``Custom::…``.
        step: Carries a request on as far as it goes now. May raise; is called again until it
            returns ``Done``, and must not mind being called again after any of its calls.
        physical_id: Name to answer with when nothing better is known.
        makes_things: Whether a request makes something in SageMaker or S3, so that the stack is
            looked at before and after.
        only_waits: Whether a request only waits for what others have made, so that a right which is
            missing for a while ends nothing.
        not_repeated: Request types whose work an execution does, which exists once however often
            the request is delivered.
        made_before: Name of what an earlier try of this Update has made, which has died before it
            could say so; empty if there is nothing that runs or costs.
        patience: Age, in seconds, at which the kind itself comes to an answer.
        hand_over: By the progress, the answer of a request whose time is up and whose wait another
            resource goes on with; ``None`` if there is none such.
    """

    type: str
    step: Callable[[LifecycleEvent, Context], Outcome]
    physical_id: Callable[[LifecycleEvent], str]
    makes_things: bool = False
    only_waits: bool = False
    not_repeated: frozenset[str] = frozenset()
    made_before: Callable[[LifecycleEvent, Context], str] = _nothing
    patience: Callable[[LifecycleEvent], float] = _longest
    hand_over: Callable[[LifecycleEvent, Mapping[str, Any]], Done | None] = _never
