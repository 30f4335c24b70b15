"""What is left to do after the end of a release: what serves is made what is to serve.

A late call of a release that has lost, and SageMaker taking its time, may leave the endpoint with
another candidate. What is left of earlier releases is deleted here, too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from automlv2_handlers import logs
from automlv2_handlers.aws.paging import pages
from automlv2_handlers.domain import tags, verdicts
from automlv2_handlers.domain.names import owner_stem
from automlv2_handlers.domain.verdicts import Verdict
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context, Done
from automlv2_handlers.releases import serve, train
from automlv2_handlers.releases.look import Look, lease
from automlv2_handlers.releases.records import Release
from automlv2_handlers.releases.store import written
from automlv2_handlers.resources import endpoint as endpoints
from automlv2_handlers.resources import endpoint_configs as configs
from automlv2_handlers.resources import model as models
from automlv2_handlers.resources.served_models import Use, use_of

_STEP: Final = "Settle"
_BACK: Final = "SettleBack"
_GONE: Final = "SettleGone"


def step(look: Look) -> str:
    """Take one step; return what is waited for, empty once all is done."""
    head, number = look.head, look.release.number
    if head.gone or head.active or head.generation != number:
        return ""  # A newer release settles.
    if head.mover not in (0, number) and head.mover_until > look.now:
        return f"the lease of release {head.mover} to be over"
    _stop_training(look)
    serving = look.store.release(head.serving)
    if serving is None:
        return _delete_other_endpoints(look, "") or _delete_models(look, "")
    moved = _put_right(look, serving)
    if moved:
        return moved
    context = look.context(_GONE)
    configs.delete_others(serve.request(serving, None), {serving.config}, context)
    name = serving.settings.endpoint_name
    return _delete_other_endpoints(look, name) or _delete_models(look, serving.model)


def _stop_training(look: Look) -> None:
    """Stop the job of a release that was aborted or has failed."""
    event = look.release.settings.request("Job", "Create", look.release.request_id)
    train.stop_others(event, look.context(_STEP), "")


def _put_right(look: Look, serving: Release) -> str:
    """Let the endpoint serve what is to serve; return what is waited for."""
    name = serving.settings.endpoint_name
    endpoint = look.gateway.find("describe_endpoint", EndpointName=name)
    if endpoint is not None and verdicts.is_moving(endpoint):
        return f"endpoint {name!r}, now {endpoint['EndpointStatus']}"
    if endpoint is not None and verdicts.of_endpoint(endpoint, serving.config) is Verdict.GOOD:
        return ""
    held = lease(look)
    if isinstance(held, str):
        return held
    look.store.save(held)
    look = replace(look, head=written(held))
    logs.fact("the endpoint serves another release; it is put right", serving=serving.number)
    model = models.KIND.step(serve.model_request(serving), look.context(serve.MODEL))
    if not isinstance(model, Done):
        return model.waiting_for
    event = serve.request(replace(serving, model=model.physical_id), None)
    try:
        outcome = serve.move(event, look.context(_BACK))
    except LifecycleError:
        look.progress.pop(_BACK, None)  # The next look moves it again.
        raise
    return "" if isinstance(outcome, Done) else outcome.waiting_for


def _delete_other_endpoints(look: Look, kept: str) -> str:
    """Delete endpoints of the resource that are not to serve: former names, and trials."""
    event = look.release.settings.request("Endpoint", "Delete", look.release.request_id)
    context = look.context(_GONE)
    found = {
        current_tags.get(tags.ENDPOINT, "")
        for _, current_tags in configs.of_resource(event, owner_stem(event), context)
    }
    staying = [
        left for name in sorted(found - {kept, ""}) if (left := _delete(event, name, context))
    ]
    return "; ".join(staying)


def _delete(event: LifecycleEvent, name: str, context: Context) -> str:
    """Take a step of deleting one endpoint; return what is waited for."""
    own = replace(event, physical_id=name, properties={**event.properties, "EndpointName": name})
    outcome = endpoints.KIND.step(own, replace(context, age=0.0))
    return "" if isinstance(outcome, Done) else outcome.waiting_for


def _delete_models(look: Look, kept: str) -> str:
    """Delete models of the resource that nothing serves."""
    event = look.release.settings.request("Model", "Delete", look.release.request_id)
    context = look.context(_GONE)
    for item in list(pages(context, "list_models", "Models", NameContains=owner_stem(event))):
        name = item["ModelName"]
        if name == kept or not tags.is_ours(event, tags.of(item["ModelArn"], context)):
            continue
        use, endpoint = use_of(event, name, context)
        if use is Use.MOVING:
            return f"model {name} stays until endpoint {endpoint} has moved or gone"
        if use is Use.NONE:
            context.gateway.find("delete_model", ModelName=name)
    return ""
