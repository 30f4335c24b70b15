"""The containers of a lock file, once their artifacts lie where they are served."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context

_FETCHED: Final = "Fetched"
"""Key of ``progress``: how many artifacts are there."""

_REGISTRY: Final = re.compile(r"\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.")


def containers(event: LifecycleEvent, context: Context) -> list[dict[str, Any]]:
    """Return the containers, with every artifact compared, and copied where that is asked for.

    Raises:
        LifecycleError: If an image or an artifact is of another Region.
    """
    artifacts: Sequence[Mapping[str, str]] = event.properties.get("Artifacts") or []
    found = list(context.gateway.request("CreateModel", event.properties)["Containers"])
    _refuse_other_region(event.stack_id.split(":")[3], found, artifacts)
    for number, artifact in enumerate(artifacts):
        if number >= int(context.progress.get(_FETCHED, 0)):
            context.gateway.fetch_artifact(
                artifact["From"], artifact["To"], artifact["Sha256"], artifact.get("KmsKeyId", "")
            )
            context.progress[_FETCHED] = number + 1
    return found


def _refuse_other_region(
    region: str, found: Sequence[Mapping[str, Any]], artifacts: Sequence[Mapping[str, str]]
) -> None:
    for container in found:
        registry = _REGISTRY.match(container["Image"])
        if registry is not None and registry[1] != region:
            raise LifecycleError(
                f"image {container['Image']} is of Region {registry[1]}, this stack is in "
                f"{region}: name that of {region} in images of from_lock"
            )
    for artifact in artifacts:
        if artifact["From"] == artifact["To"] and artifact.get("Region", region) != region:
            raise LifecycleError(
                f"{artifact['From']} lies in Region {artifact['Region']}, this stack is in "
                f"{region}: give from_lock a place for artifacts"
            )
