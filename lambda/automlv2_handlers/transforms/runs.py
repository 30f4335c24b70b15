"""Transform jobs of one construct: how they are called, begun, found and stopped.

A job is called after what has begun it, so that a request that comes twice begins one. A name is
used up for ever, as SageMaker deletes no transform job.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.aws.paging import pages
from automlv2_handlers.domain import tags
from automlv2_handlers.domain.names import digest
from automlv2_handlers.errors import BusyError, NameTakenError, NotFoundError, RefusedError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context
from automlv2_handlers.transforms.models import RELEASE, model_of

ONCE: Final = "once"
"""What a run is called that the stack itself has begun."""

PREFIX: Final = "NamePrefix"
"""Property: what the names of all runs begin with; it ends with what identifies the construct."""

_RUNNING: Final = ("InProgress", "Stopping")
_LENGTH: Final = 10
_MOVED: Final = "Moved"
_MOVES_TOLERATED: Final = 4


def name_of(event: LifecycleEvent, kind: str = ONCE) -> str:
    """Return the name of the job that a request begins.

    Args:
        event: A request of CloudFormation, or one that is made of a trigger.
        kind: What begins it, such as ``once`` or ``schedule``.
    """
    own = digest(event.stack_id, event.logical_id, event.request_id, length=_LENGTH)
    return f"{event.properties[PREFIX]}{kind}-{own}"


def is_run(event: LifecycleEvent, name: str) -> bool:
    """Whether a name is that of a run of the construct."""
    return PREFIX in event.properties and name.startswith(str(event.properties[PREFIX]))


def create(event: LifecycleEvent, name: str, context: Context) -> None:
    """Start a transform job; one that another delivery has started goes on."""
    request = context.gateway.request("CreateTransformJob", event.properties)
    model = model_of(event, context)
    named = {"TransformJobName": name, "ModelName": model, "Tags": tags.with_owner(event)}
    try:
        context.gateway.call("create_transform_job", **(request | named))
    except NameTakenError:
        logs.fact("transform job was started by another delivery", job=name)
    except (NotFoundError, RefusedError) as error:
        # A release that has moved on meanwhile has deleted the model that served before.
        if not event.properties.get(RELEASE) or context.count(_MOVED) > _MOVES_TOLERATED:
            raise
        raise BusyError(f"model {model}: {error}") from error


def find(name: str, context: Context) -> dict[str, Any] | None:
    """Return the description of a transform job; ``None`` if there is none."""
    return context.gateway.find("describe_transform_job", TransformJobName=name)


def newest_good(event: LifecycleEvent, context: Context) -> str:
    """Return the name of the stack's newest run that went well; empty if there is none."""
    listed = _listed(event, f"{ONCE}-", "Completed", context)
    return next((str(item["TransformJobName"]) for item in listed), "")


def running(event: LifecycleEvent, kind: str, context: Context) -> str:
    """Return the name of a run of that kind that is under way; empty if there is none."""
    listed = _listed(event, f"{kind}-", "InProgress", context)
    return next((str(item["TransformJobName"]) for item in listed), "")


def stop(event: LifecycleEvent, context: Context, kind: str = "", spare: str = "") -> list[str]:
    """Ask runs of the construct to stop; return those that have not ended yet.

    Args:
        event: A request for the construct.
        context: Of the request.
        kind: Which runs. Default: all.
        spare: Name of one that goes on.
    """
    if not event.properties.get(PREFIX):
        return []
    start = f"{kind}-" if kind else ""
    found = [item for status in _RUNNING for item in _listed(event, start, status, context)]
    # A list may show a status that is over; and a job of that name may be somebody else's.
    names = dict.fromkeys(item["TransformJobName"] for item in found)
    return [name for name in names if name != spare and _stop(event, name, context)]


def stop_one(event: LifecycleEvent, name: str, context: Context) -> list[str]:
    """Ask one run to stop; return it if it has not ended yet."""
    return [name] if _stop(event, name, context) else []


def _stop(event: LifecycleEvent, name: str, context: Context) -> bool:
    job = find(name, context)
    if job is None or job["TransformJobStatus"] not in _RUNNING:
        return False
    if not tags.is_ours(event, tags.seen(job["TransformJobArn"], context)):
        return False
    if job["TransformJobStatus"] == "InProgress":
        with suppress(NotFoundError, RefusedError):  # It may have ended meanwhile.
            context.gateway.call("stop_transform_job", TransformJobName=name)
            logs.fact("transform job stopped", job=name)
    return True


def _listed(
    event: LifecycleEvent, start: str, status: str, context: Context
) -> Iterator[dict[str, Any]]:
    """Yield the jobs of the construct, the newest first; what identifies it ends the prefix."""
    prefix = str(event.properties[PREFIX])
    own = prefix.rstrip("-").rpartition("-")[2]
    yield from pages(
        context,
        "list_transform_jobs",
        "TransformJobSummaries",
        NameContains=f"-{own}-{start}",
        StatusEquals=status,
        SortBy="CreationTime",
        SortOrder="Descending",
    )
