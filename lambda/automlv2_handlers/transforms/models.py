"""Which model a run uses: the one that the template names, or what a release serves by then."""

from __future__ import annotations

from typing import Final

from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context
from automlv2_handlers.releases.store import Store

RELEASE: Final = "Release"
"""Property: the ``Key`` of a release, and the ``TableName`` of its records."""


def model_of(event: LifecycleEvent, context: Context) -> str:
    """Return the name of the model.

    Raises:
        LifecycleError: If nothing of the release serves yet.
    """
    named = event.properties.get(RELEASE)
    if not named:
        return str(event.properties["ModelName"])
    store = Store(context.gateway, str(named["TableName"]), str(named["Key"]))
    head = store.head()
    serving = store.release(head.serving) if head is not None else None
    if serving is None or not serving.model:
        raise LifecycleError(
            f"not started: no candidate of release {store.key} serves yet; run it again once one "
            "does (see `automlv2 status`)"
        )
    return serving.model
