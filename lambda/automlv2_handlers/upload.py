"""``Custom::AutoMLInput``: the files of a folder, unpacked from its asset below a prefix.

The prefix holds the asset's hash, so other content is another prefix, and CloudFormation deletes
the old one after the job has moved on.
"""

from __future__ import annotations

from automlv2_handlers import logs
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context, Done, Outcome


def physical_id(event: LifecycleEvent) -> str:
    """Return the prefix."""
    return event.physical_id or str(event.properties["S3Uri"])


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Unpack, or remove what was unpacked."""
    gateway = context.gateway
    if event.request_type == "Delete":
        if event.physical_id.startswith("s3://"):
            gateway.remove_objects(event.physical_id)
        return Done(event.physical_id)
    uri = str(event.properties["S3Uri"])
    count = gateway.unpack(event.properties["AssetBucket"], event.properties["AssetKey"], uri)
    logs.fact("folder unpacked", uri=uri, files=count)
    return Done(uri, {"S3Uri": uri})
