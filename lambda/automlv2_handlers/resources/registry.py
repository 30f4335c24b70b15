"""The kinds of resources: a new one is a file beside this, and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.resources import (
    batch_transform,
    candidates,
    endpoint,
    gate,
    job,
    model,
    model_package,
    release,
    upload,
    wait,
)
from automlv2_handlers.resources.kind import Kind

KINDS: Final[Mapping[str, Kind]] = {
    kind.type: kind
    for kind in (
        batch_transform.KIND,
        candidates.KIND,
        endpoint.KIND,
        gate.KIND,
        job.KIND,
        model.KIND,
        model_package.KIND,
        release.KIND,
        upload.KIND,
        wait.KIND,
    )
}


def kind_of(event: LifecycleEvent) -> Kind:
    """Return the kind of the event's resource.

    Raises:
        LifecycleError: If there is none of that type.
    """
    kind = KINDS.get(event.resource_type)
    if kind is None:
        raise LifecycleError(f"this function does not know the type {event.resource_type!r}")
    return kind
