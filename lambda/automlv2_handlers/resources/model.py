"""``Custom::AutoMLModel``: a SageMaker model of a candidate's inference containers.

A model cannot be changed: other content is another name, and CloudFormation deletes the old one
after whatever uses it has moved on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.aws.paging import pages
from automlv2_handlers.domain import tags
from automlv2_handlers.domain.containers import choose, respond_with
from automlv2_handlers.domain.names import digest, name_for, owner_stem
from automlv2_handlers.domain.update_policy import MODEL_CONTENT, PACKAGE_CONTENT
from automlv2_handlers.errors import (
    BusyError,
    LifecycleError,
    NameTakenError,
    NotFoundError,
    RefusedError,
)
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import MADE, Context, Done, Outcome, Pending
from automlv2_handlers.resources import known_members, locked_models, packaged_models
from automlv2_handlers.resources.kind import Kind
from automlv2_handlers.resources.served_models import Use, use_of

WAIT_SECONDS: Final = 50 * 60
"""What a Delete waits at most for an endpoint that is still moving away from the model."""

_WORDS: Final = ("AutoMLJobName", "CandidateName")


def physical_id(event: LifecycleEvent) -> str:
    """Return the name to answer with when nothing better is known."""
    return event.physical_id or _name(event)


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Carry the request on as far as it goes now."""
    if event.request_type == "Delete":
        return _delete(event, context)
    known_members.require(event, context)
    name = _name(event)
    model = context.gateway.find("describe_model", ModelName=name)
    if model is None:
        return _create(event, name, context)
    present = tags.seen(model["ModelArn"], context)
    _refuse_other(event, name, present)
    if event.request_type == "Create" or present.get(tags.REQUEST) == event.request_id:
        context.progress[MADE] = name
    tags.adopt(event, model["ModelArn"], present, context)
    tags.sync(event, model["ModelArn"], present, context)
    return _done(name, model["ModelArn"])


def _refuse_other(event: LifecycleEvent, name: str, present: Mapping[str, str]) -> None:
    """Refuse a model of somebody else's, and one of other content: no model can be changed."""
    if not tags.is_ours(event, present):
        raise LifecycleError(f"model name {name!r} is taken by a model of {tags.whose(present)}")
    has, wanted = present.get(tags.CONTENT, "unknown content"), _content_digest(event)
    if has != wanted:
        raise LifecycleError(
            f"model {name!r} is of {has}, wanted is {wanted}, and SageMaker cannot change a model; "
            "leave the name out, so that other content has another name, or choose a new one"
        )


def _create(event: LifecycleEvent, name: str, context: Context) -> Outcome:
    if event.properties.get("ModelPackage"):
        containers = packaged_models.containers(event, context)
    elif event.properties.get("Containers"):
        containers = locked_models.containers(event, context)
    else:
        containers = choose(candidate_of(event, context), event.properties["ProcessingUnit"])
    keys = event.properties.get("InferenceResponseKeys") or []
    settings = context.gateway.request("CreateModel", event.properties)
    request = {
        **settings,
        "ModelName": name,
        "Containers": respond_with(containers, keys),
        "Tags": tags.with_owner(event, **{tags.CONTENT: _content_digest(event)}),
    }
    try:
        arn = context.gateway.call("create_model", **request)["ModelArn"]
    except NameTakenError as error:
        if context.gateway.find("describe_model", ModelName=name) is None:
            raise BusyError(f"{error}, but it is not seen yet") from error
        return step(event, context)
    except (NotFoundError, RefusedError) as error:
        if "model data" not in str(error).lower():
            raise
        raise LifecycleError(f"{error} {_gone(event)}") from error
    context.progress[MADE] = name
    logs.fact("model created", model=name, containers=len(containers))
    return _done(name, arn)


def _gone(event: LifecycleEvent) -> str:
    """Say what to do where SageMaker does not find the artifacts."""
    job_name = event.properties.get("AutoMLJobName")
    package = event.properties.get("ModelPackage")
    if package:
        return (
            f"The model's role may not read the artifacts of model package {package}, or they are "
            "gone: artifacts of from_model_package is to name the place above"
        )
    if not job_name:
        return "The model's role may not read the artifacts of the lock file, or they are gone"
    return (
        f"The artifacts of AutoML job {job_name!r} are gone; "
        'set revision="..." on the job to train again'
    )


def candidate_of(event: LifecycleEvent, context: Context) -> dict[str, Any]:
    """Return the candidate that the properties name; by default the best of the job.

    Raises:
        LifecycleError: If there is none.
    """
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
    given = event.properties.get("ModelName")
    names = dict.fromkeys(stack_phase.named(event, given, _name(event), context), False)
    if stack_phase.is_leaving(event, context):
        # Of deployments without rollback models may be left that no id stands for any more.
        for item in list(pages(context, "list_models", "Models", NameContains=owner_stem(event))):
            names.setdefault(item["ModelName"], True)
    waited_for = [_remove(event, name, context, unless) for name, unless in names.items()]
    why = "; ".join(text for text in waited_for if text)
    if not why or context.age > WAIT_SECONDS:
        return Done(event.physical_id, note=why)
    return Pending(event.physical_id, why)


def _remove(event: LifecycleEvent, name: str, context: Context, unless_retained: bool) -> str:
    """Delete a model, or return for what it has to stay a while."""
    model = context.gateway.find("describe_model", ModelName=name)
    if model is None:
        return ""
    current_tags = tags.seen(model["ModelArn"], context)
    if unless_retained and tags.RETAINED in current_tags:
        return ""
    if not tags.may_remove(event, current_tags, context):
        return ""
    use, endpoint = use_of(event, name, context)
    if use is Use.MOVING:
        return f"model {name} stays until endpoint {endpoint} has moved or gone"
    if use is Use.SERVED:
        logs.fact("the model is served still; it is not deleted", model=name, endpoint=endpoint)
        return ""
    context.gateway.find("delete_model", ModelName=name)
    return ""


def _name(event: LifecycleEvent) -> str:
    given = event.properties.get("ModelName")
    return str(given or name_for(event, _content(event)))


def _content(event: LifecycleEvent) -> dict[str, Any]:
    packaged = [key for key in PACKAGE_CONTENT if event.properties.get(key)]
    return {key: event.properties.get(key) for key in (*MODEL_CONTENT, *packaged)}


def _content_digest(event: LifecycleEvent) -> str:
    """Return what the model is made of: job and candidate for people, a digest of everything."""
    job, candidate = (str(event.properties.get(key) or "") for key in _WORDS)
    package = event.properties.get("ModelPackage")
    if package:
        return f"package {str(package)[:180]} content {digest(_content(event), length=12)}"
    made_of = digest(_content(event), length=12)
    return f"job {job} candidate {(candidate or 'best')[:150]} content {made_of}"


def _done(name: str, arn: str) -> Done:
    return Done(name, {"ModelName": name, "ModelArn": arn})


KIND: Final = Kind(
    type="Custom::AutoMLModel",
    step=step,
    physical_id=physical_id,
    makes_things=True,
)
