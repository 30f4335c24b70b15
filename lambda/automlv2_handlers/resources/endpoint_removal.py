"""The end of an endpoint: of the one that a Delete names, and of those that no id stands for."""

from __future__ import annotations

from typing import Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.domain import tags, verdicts
from automlv2_handlers.domain.names import owner_stem
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import ALONE, REQUESTED, Context, Done, Outcome, Pending
from automlv2_handlers.resources import endpoint_configs as configs
from automlv2_handlers.resources import scaling
from automlv2_handlers.resources.endpoint_configs import endpoint_name

WAIT_SECONDS: Final = 55 * 60


def delete(event: LifecycleEvent, context: Context) -> Outcome:
    """Take a step of a Delete.

    Raises:
        LifecycleError: If an endpoint cannot be deleted in time.
    """
    staying = [
        f"{name!r} was still {status}"
        for name in _names_to_delete(event, context)
        if (status := _remove(event, name, context))
    ]
    if not staying:
        return Done(event.physical_id)
    if context.age > WAIT_SECONDS:
        raise LifecycleError(
            f"endpoint {', '.join(staying)} after {WAIT_SECONDS // 60} min and cannot be deleted "
            "yet; delete the stack again later"
        )
    return Pending(event.physical_id, f"endpoint to be gone: {', '.join(staying)}")


def _names_to_delete(event: LifecycleEvent, context: Context) -> list[str]:
    """Return the endpoint of the physical id, and those of this resource no id stands for."""
    given = event.properties.get("EndpointName")
    names = stack_phase.named(event, given, endpoint_name(event), context)
    if stack_phase.is_leaving(event, context):
        for _, current_tags in configs.of_resource(event, owner_stem(event), context):
            name = current_tags.get(tags.ENDPOINT, "")
            if name not in names and not _is_retained(name, context):
                names[name] = None
    return list(names)


def _is_retained(name: str, context: Context) -> bool:
    endpoint = context.gateway.find("describe_endpoint", EndpointName=name)
    return endpoint is not None and tags.RETAINED in tags.of(endpoint["EndpointArn"], context)


def _remove(event: LifecycleEvent, name: str, context: Context) -> str:
    """Delete an endpoint, then its configurations; return its status as long as it is there."""
    endpoint = context.gateway.find("describe_endpoint", EndpointName=name)
    if endpoint is None:
        scaling.end(event, name, None, context)
        configs.delete_others(event, set(), context, of=name)
        # A start under way may have created it, before its configuration went.
        started = configs.may_be_stopped(event) and _is_there(name, context)
        return "starting" if started else ""
    status = str(endpoint["EndpointStatus"])
    if status == "Deleting" and context.progress.get(REQUESTED):
        return status if not context.progress.get(ALONE) else _leave(event, name, context)
    current_tags = tags.seen(endpoint["EndpointArn"], context)
    if not tags.may_remove(event, current_tags, context):
        return ""
    if stack_phase.gives_back(event, current_tags, context):
        logs.fact("the endpoint existed before the stack; it stays", endpoint=name)
        return ""
    if not verdicts.is_moving(endpoint):
        scaling.end(event, name, endpoint, context)
        context.gateway.find("delete_endpoint", EndpointName=name)
        context.progress[REQUESTED] = True
    return status


def _is_there(name: str, context: Context) -> bool:
    return context.gateway.find("describe_endpoint", EndpointName=name) is not None


def _leave(event: LifecycleEvent, name: str, context: Context) -> str:
    """Take an endpoint that is being deleted for gone."""
    configs.delete_others(event, set(), context, of=name)
    return ""
