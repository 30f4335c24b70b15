"""``Custom::AutoMLModelPackage``: the version in the model registry that stands for a model.

A version cannot become another model's: another model is another version, and CloudFormation
deletes the old one. Versions bear no tags, so that the model says which version it has, for as long
as it exists: a stack on its way back finds the former one by that.
"""

from __future__ import annotations

from typing import Any, Final

from automlv2_handlers import logs
from automlv2_handlers.domain import packages, tags
from automlv2_handlers.domain.names import digest
from automlv2_handlers.errors import BusyError, DeniedError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import MADE, Context, Done, Outcome
from automlv2_handlers.resources.kind import Kind
from automlv2_handlers.resources.model import candidate_of

_OWNER: Final = "owner"
"""Customer property of a version: whose it is, as the tag of what can bear tags."""


def physical_id(event: LifecycleEvent) -> str:
    """Return the version's ARN or, where that is not known, a name of the resource's own."""
    return event.physical_id or f"package-{digest(event.owner, length=16)}"


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Register the model, unless it is; or delete its version."""
    if event.request_type == "Delete":
        return _delete(event, context)
    name = str(event.properties["ModelName"])
    model = context.gateway.find("describe_model", ModelName=name)
    if model is None:
        raise BusyError(f"model {name!r} is not seen yet")
    group = str(event.properties["ModelPackageGroupName"])
    arn = _registered(model["ModelArn"], group, context) or _register(event, model, context)
    return Done(arn, {"ModelPackageArn": arn})


def _registered(model_arn: str, group: str, context: Context) -> str:
    """Return the version that a model has in a group by now; empty if there is none."""
    arn = tags.of(model_arn, context).get(tags.PACKAGE, "")
    if not packages.is_of_group(arn, group):
        return ""
    return arn if context.gateway.find("describe_model_package", ModelPackageName=arn) else ""


def _register(event: LifecycleEvent, model: dict[str, Any], context: Context) -> str:
    containers = model.get("Containers") or [model["PrimaryContainer"]]
    candidate = candidate_of(event, context)
    said = {
        "stack": event.stack_id.split("/")[1],
        "id": event.logical_id[:256],
        "job": str(event.properties["AutoMLJobName"]),
        "candidate": str(candidate["CandidateName"]),
        "model": str(model["ModelName"]),
        _OWNER: tags.owner(event),
    }
    token = digest(event.request_id, packages.containers_digest(containers))
    asked = packages.request(event.properties, containers, candidate, said, token)
    arn = str(context.gateway.call("create_model_package", **asked)["ModelPackageArn"])
    context.progress[MADE] = arn
    context.gateway.add_tags(model["ModelArn"], tags.to_list({tags.PACKAGE: arn}))
    logs.fact("model registered", model=model["ModelName"], package=arn)
    return arn


def _delete(event: LifecycleEvent, context: Context) -> Outcome:
    """Delete the version where it does not stay as a record."""
    arn = event.physical_id
    stays = event.properties.get("Retain", "true") == "true"
    if stays or not packages.is_of_group(arn, str(event.properties["ModelPackageGroupName"])):
        return Done(arn)
    try:
        found = context.gateway.find("describe_model_package", ModelPackageName=arn) or {}
        said = found.get("CustomerMetadataProperties") or {}
        if said.get(_OWNER) == tags.owner(event):
            context.gateway.find("delete_model_package", ModelPackageName=arn)
    except DeniedError as error:
        return Done(arn, note=f"version {arn} stays: {error}")
    return Done(arn)


KIND: Final = Kind(
    type="Custom::AutoMLModelPackage",
    step=step,
    physical_id=physical_id,
    makes_things=True,
)
