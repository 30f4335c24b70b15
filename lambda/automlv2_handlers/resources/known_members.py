"""Refuses what a resource says that neither the function nor its boto3 knows.

Leaving it out would serve something else than what the template says: a member that an override
misspells, or that SageMaker has had for less time than the function's boto3. A single value that is
like no member is no part of a request: templates carry such for their own sake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from automlv2_handlers import stack_phase
from automlv2_handlers.domain.update_policy import MODEL_CONTENT, NOT_RUN, NOT_SERVED
from automlv2_handlers.domain.update_policy import PACKAGE_CONTENT as OF_PACKAGE
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context

_ALIKE: Final = 0.8
"""From which likeness on, 0 to 1, a name is taken for a misspelt one."""

_OF_ANY: Final = frozenset(
    {"BaseName", "NameScope", "Retained", "ServiceTimeout", "ServiceToken", "StateMachineArn"}
)
OWN: Final[Mapping[str, frozenset[str]]] = {
    "Custom::AutoMLBatchTransform": _OF_ANY | NOT_RUN | {"Release"},
    "Custom::AutoMLEndpoint": _OF_ANY | NOT_SERVED | {"OwnAlarms", "ProceedInAlarm"},
    "Custom::AutoMLModel": _OF_ANY | {"Tags", *MODEL_CONTENT, *OF_PACKAGE},
}
"""By the type of a resource, the properties that the function itself reads."""

CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "Custom::AutoMLBatchTransform": ("CreateTransformJob",),
    "Custom::AutoMLEndpoint": ("CreateEndpointConfig", "CreateEndpoint", "UpdateEndpoint"),
    "Custom::AutoMLModel": ("CreateModel",),
}
"""By the type of a resource, the calls whose members its other properties are."""


def require(event: LifecycleEvent, context: Context) -> None:
    """Refuse properties that nobody knows, where the stack goes forward to something new.

    Raises:
        LifecycleError: With the names of all of them.
    """
    if not (event.request_type == "Create" or stack_phase.is_going_forward(context)):
        return
    new = {
        key: value
        for key, value in event.properties.items()
        if key not in OWN[event.resource_type] and event.old_properties.get(key) != value
    }
    unknown = list(_unknown(new, CALLS[event.resource_type], context)) if new else []
    if unknown:
        calls = ", ".join(CALLS[event.resource_type])
        raise LifecycleError(
            f"{', '.join(unknown)}: not known to the function's boto3 as a member of {calls}; "
            "check the spelling"
        )


def _unknown(new: Mapping[str, Any], calls: tuple[str, ...], context: Context) -> Iterator[str]:
    members = {name for call in calls for name in context.gateway.members(call)}
    for name in sorted(new.keys() - members):
        if isinstance(new[name], Mapping | list):
            yield name
        elif near := get_close_matches(name, members, n=1, cutoff=_ALIKE):
            yield f"{name} (like {near[0]})"
