"""``Custom::AutoMLModel``: a SageMaker model of a candidate's inference containers.

A model cannot be changed: other content is another name, and CloudFormation deletes the old one
after whatever uses it has moved on.
"""

from __future__ import annotations

from typing import Any, Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.aws.paging import pages
from automlv2_handlers.domain import tags
from automlv2_handlers.domain.containers import choose, respond_with
from automlv2_handlers.domain.names import name_for, owner_stem, was_answered
from automlv2_handlers.errors import LifecycleError, NameTakenError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import MADE, Context, Done, Outcome
from automlv2_handlers.resources.kind import Kind

CONTENT: Final = (
    "AutoMLJobName",
    "CandidateName",
    "EnableNetworkIsolation",
    "ExecutionRoleArn",
    "InferenceResponseKeys",
    "ModelName",
    "ProcessingUnit",
    "VpcConfig",
)


def physical_id(event: LifecycleEvent) -> str:
    """Return the name to answer with when nothing better is known."""
    return event.physical_id or _name(event)


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Carry the request on as far as it goes now."""
    if event.request_type == "Delete":
        return _delete(event, context)
    name = _name(event)
    model = context.gateway.find("describe_model", ModelName=name)
    if model is None:
        return _create(event, name, context)
    present = tags.of(model["ModelArn"], context)
    if not tags.is_ours(event, present):
        raise LifecycleError(f"model name {name!r} is taken by a model of someone else")
    if event.request_type == "Create" or present.get(tags.REQUEST) == event.request_id:
        context.progress[MADE] = name
    tags.adopt(event, model["ModelArn"], present, context)
    tags.sync(event, model["ModelArn"], present, context)
    return _done(name, model["ModelArn"])


def _create(event: LifecycleEvent, name: str, context: Context) -> Outcome:
    containers = choose(_candidate(event, context), event.properties["ProcessingUnit"])
    keys = event.properties.get("InferenceResponseKeys") or []
    settings = context.gateway.request("CreateModel", event.properties)
    request = {
        **settings,
        "ModelName": name,
        "Containers": respond_with(containers, keys),
        "Tags": tags.with_marks(event),
    }
    try:
        arn = context.gateway.call("create_model", **request)["ModelArn"]
    except NameTakenError:
        return step(event, context)
    context.progress[MADE] = name
    logs.fact("model created", model=name, containers=len(containers))
    return _done(name, arn)


def _candidate(event: LifecycleEvent, context: Context) -> dict[str, Any]:
    job_name = event.properties["AutoMLJobName"]
    wanted = event.properties.get("CandidateName")
    if not wanted:
        job = context.gateway.find("describe_auto_ml_job_v2", AutoMLJobName=job_name) or {}
        if "BestCandidate" not in job:
            raise LifecycleError(f"AutoML job {job_name!r} has no best candidate to deploy")
        best: dict[str, Any] = job["BestCandidate"]
        return best
    found = context.gateway.call(
        "list_candidates_for_auto_ml_job", AutoMLJobName=job_name, CandidateNameEquals=wanted
    )["Candidates"]
    if not found:
        raise LifecycleError(f"AutoML job {job_name!r} has no candidate {wanted!r}")
    named: dict[str, Any] = found[0]
    return named


def _delete(event: LifecycleEvent, context: Context) -> Outcome:
    if was_answered(event, event.properties.get("ModelName")):
        _remove(event, event.physical_id, context)
    elif not stack_phase.is_current(event, _name(event), context, if_unknown=False):
        _remove(event, _name(event), context)
    if stack_phase.is_leaving(event, context):
        # Of deployments without rollback models may be left that no id stands for any more.
        for item in list(pages(context, "list_models", "Models", NameContains=owner_stem(event))):
            _remove(event, item["ModelName"], context, unless_retained=True)
    return Done(event.physical_id)


def _remove(
    event: LifecycleEvent, name: str, context: Context, *, unless_retained: bool = False
) -> None:
    model = context.gateway.find("describe_model", ModelName=name)
    if model is None:
        return
    marks = tags.of(model["ModelArn"], context)
    if unless_retained and tags.RETAINED in marks:
        return
    if tags.may_remove(event, marks, context):
        context.gateway.find("delete_model", ModelName=name)


def _name(event: LifecycleEvent) -> str:
    given = event.properties.get("ModelName")
    content = {key: event.properties.get(key) for key in CONTENT}
    return str(given or name_for(event, content))


def _done(name: str, arn: str) -> Done:
    return Done(name, {"ModelName": name, "ModelArn": arn})


KIND: Final = Kind(
    type="Custom::AutoMLModel",
    step=step,
    physical_id=physical_id,
    makes_things=True,
)
