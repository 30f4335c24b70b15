"""Refuses what a resource says that neither the function nor its boto3 knows.

Leaving it out would serve something else than what the template says: a member that an override
misspells, or that SageMaker has had for less time than the function's boto3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from automlv2_handlers import stack_phase
from automlv2_handlers.domain.update_policy import MODEL_CONTENT, NOT_RUN, NOT_SERVED
from automlv2_handlers.domain.update_policy import PACKAGE_CONTENT as OF_PACKAGE
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context

_OF_ANY: Final = frozenset(
    {"BaseName", "NameScope", "Retained", "ServiceTimeout", "ServiceToken", "StateMachineArn"}
)
OWN: Final[Mapping[str, frozenset[str]]] = {
    "Custom::AutoMLBatchTransform": _OF_ANY | NOT_RUN,
    "Custom::AutoMLEndpoint": _OF_ANY | NOT_SERVED | {"OwnAlarms", "ProceedInAlarm"},
    "Custom::AutoMLModel": _OF_ANY | {*MODEL_CONTENT, *OF_PACKAGE},
}
"""By the type of a resource, the properties that the function itself reads."""

CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "Custom::AutoMLBatchTransform": ("CreateTransformJob",),
    "Custom::AutoMLEndpoint": ("CreateEndpointConfig", "CreateEndpoint", "UpdateEndpoint"),
    "Custom::AutoMLModel": ("CreateModel",),
}
"""By the type of a resource, the calls whose members its other properties are."""


def require(event: LifecycleEvent, context: Context) -> None:
    """Refuse properties that nobody knows; a rollback goes back to whatever there was.

    Raises:
        LifecycleError: With the names of all of them.
    """
    own = OWN[event.resource_type]
    left = {key: value for key, value in event.properties.items() if key not in own}
    for operation in CALLS[event.resource_type]:
        known = context.gateway.request(operation, left)
        left = {key: value for key, value in left.items() if key not in known}
    if left and not stack_phase.is_rolling_back(context):
        calls = ", ".join(CALLS[event.resource_type])
        raise LifecycleError(
            f"{', '.join(sorted(left))}: not known to the function's boto3 as a member of {calls}; "
            "check the spelling"
        )
