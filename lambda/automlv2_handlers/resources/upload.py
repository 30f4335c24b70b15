"""``Custom::AutoMLInput``: the files of a folder, unpacked from its asset below a prefix.

The prefix, below a ``Folder`` of the resource's own, holds the asset's hash: other content is
another prefix, and CloudFormation deletes the old one after the job has moved on.
"""

from __future__ import annotations

from typing import Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.errors import LifecycleError, NotFoundError, RefusedError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import MADE, Context, Done, Outcome, Pending
from automlv2_handlers.resources.kind import Kind

LONGEST_SECONDS: Final = 55 * 60
_UNPACKED: Final = "Unpacked"


def physical_id(event: LifecycleEvent) -> str:
    """Return the prefix."""
    return event.physical_id or str(event.properties["S3Uri"])


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Unpack, or remove what was unpacked."""
    if event.request_type == "Delete":
        return _remove(event, context)
    uri = str(event.properties["S3Uri"])
    if stack_phase.is_rolling_back(context):
        # What a stack goes back to lies there still: old files go last.
        return Done(uri, {"S3Uri": uri})
    context.progress[MADE] = uri
    asset = event.properties["AssetBucket"], event.properties["AssetKey"]
    before = context.progress.get(_UNPACKED, 0)
    done, total = context.gateway.unpack(*asset, uri, before)
    context.progress[_UNPACKED] = done
    logs.fact("folder unpacked", uri=uri, files=done, of=total)
    if done == total:
        return Done(uri, {"S3Uri": uri})
    if context.age > LONGEST_SECONDS:
        raise LifecycleError(
            f"the folder has too many files: {done} of {total} were unpacked in "
            f"{LONGEST_SECONDS // 60} min; upload it yourself and use AutoMLDataChannel"
        )
    return Pending(uri, f"{total - done} more files to be unpacked")


def _remove(event: LifecycleEvent, context: Context) -> Outcome:
    """Remove the prefix that was answered with or, where that was invented, the wanted one."""
    place = _to_remove(event, context)
    try:
        if place:
            context.gateway.remove_objects(place)
    except (NotFoundError, RefusedError) as error:
        # The bucket has gone, or the place cannot be one that was unpacked to.
        logs.fact("nothing to be removed", uri=place, why=str(error))
        return Done(event.physical_id, note=str(error))
    return Done(event.physical_id)


def _to_remove(event: LifecycleEvent, context: Context) -> str:
    """Return what goes: nothing but what lies in the resource's own folder, where that is known."""
    folder, wanted = (str(event.properties.get(key) or "") for key in ("Folder", "S3Uri"))
    if folder and stack_phase.is_leaving(event, context):
        return folder
    place = event.physical_id if event.physical_id.startswith("s3://") else wanted
    if not place.startswith(folder or "s3://"):
        logs.fact("not of this resource's folder; it is not removed", uri=place, folder=folder)
        return ""
    if place != event.physical_id and (
        not wanted or stack_phase.is_current(event, wanted, context, if_unknown=False)
    ):
        return ""
    return place


KIND: Final = Kind(
    type="Custom::AutoMLInput",
    step=step,
    physical_id=physical_id,
    makes_things=True,
    # Unpacking takes longer than a first look may.
    not_repeated=frozenset({"Create", "Update"}),
)
