"""``Custom::AutoMLInput``: the files of a folder, unpacked from its asset below a prefix.

The prefix, below a ``Folder`` of the resource's own, holds the asset's hash: other content is
another prefix, and CloudFormation deletes the old one after the job has moved on.
"""

from __future__ import annotations

from typing import Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.errors import LifecycleError
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
    wanted = str(event.properties["S3Uri"])
    if stack_phase.is_leaving(event, context):
        context.gateway.remove_objects(str(event.properties["Folder"]))
    elif event.physical_id.startswith("s3://"):
        context.gateway.remove_objects(event.physical_id)
    elif not stack_phase.is_current(event, wanted, context, if_unknown=False):
        context.gateway.remove_objects(wanted)
    return Done(event.physical_id)


KIND: Final = Kind(
    type="Custom::AutoMLInput",
    step=step,
    physical_id=physical_id,
    makes_things=True,
    # Unpacking takes longer than a first look may.
    not_repeated=frozenset({"Create", "Update"}),
)
