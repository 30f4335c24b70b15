"""``Custom::AutoMLEndpoint``: endpoint configuration and endpoint as one resource.

A configuration cannot be changed, so each content has a name of its own. The endpoint is moved
to it, and the one before is deleted only after the endpoint serves the new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from automlv2_handlers import logs, stack_phase
from automlv2_handlers.domain import tags, verdicts
from automlv2_handlers.domain.endpoint_kinds import in_words, kind_of
from automlv2_handlers.domain.verdicts import Verdict
from automlv2_handlers.errors import LifecycleError, NameTakenError, NotFoundError, RefusedError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import MADE, REQUESTED, Context, Done, Outcome, Pending
from automlv2_handlers.resources import (
    afterwards,
    capacity,
    guardrails,
    known_members,
    looks,
    scaling,
    stops,
    traffic,
)
from automlv2_handlers.resources import endpoint_configs as configs
from automlv2_handlers.resources import endpoint_removal as removal
from automlv2_handlers.resources.endpoint_configs import endpoint_name
from automlv2_handlers.resources.endpoint_removal import WAIT_SECONDS
from automlv2_handlers.resources.kind import Kind

_STALE_SECONDS: Final = 15 * 60
"""How long an update that seems to be stale waits for its stack to end its rollback."""

_LEFT: Final = "Left"
_OURS: Final = "Ours"
_PARTS: Final = "Parts"
"""What a move needs: the configuration and its models."""

_UPDATED: Final = "Updated"


def physical_id(event: LifecycleEvent) -> str:
    """Return the name to answer with when nothing better is known."""
    return event.physical_id or endpoint_name(event)


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Carry the request on as far as it goes now."""
    if event.request_type == "Delete":
        return _delete_or_own(event, context)
    known_members.require(event, context)
    name = endpoint_name(event)
    endpoint = context.gateway.find("describe_endpoint", EndpointName=name)
    if endpoint is None:
        return stops.stay(event, name, context) or _create(event, name, context)
    looks.seen(context)
    if endpoint["EndpointStatus"] != "Deleting":
        _refuse_foreign(event, endpoint, context)
    if verdicts.is_moving(endpoint):
        return _still_moving(event, endpoint, context)
    if verdicts.of_endpoint(endpoint, configs.name(event, context)) is Verdict.GOOD:
        return _serve(event, endpoint, context)
    if context.progress.get(REQUESTED):
        return _ended(event, endpoint, context)
    return _begin(event, endpoint, context)


def _begin(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    name = endpoint["EndpointName"]
    if _may_be_stale(event, endpoint, context):
        return Pending(name, "the stack, which may have gone back from this already")
    if verdicts.can_only_be_deleted(endpoint):
        context.gateway.find("delete_endpoint", EndpointName=name)
        return Pending(name, "endpoint that failed earlier to go, so that it is made again")
    return _move(event, endpoint, context)


def _delete_or_own(event: LifecycleEvent, context: Context) -> Outcome:
    """Delete, or take a step of an execution of the endpoint's own."""
    if stops.is_such(event):
        return stops.step(event, context)
    return (afterwards.step if afterwards.is_such(event) else removal.delete)(event, context)


def _create(event: LifecycleEvent, name: str, context: Context) -> Outcome:
    if context.progress.get(REQUESTED):
        gone = f"endpoint {name!r} was deleted by someone else while it was created"
        return looks.not_visible_yet(name, LifecycleError(gone), context)
    try:
        configs.ensure(event, context, unused=True)
        context.gateway.call(
            "create_endpoint",
            EndpointName=name,
            EndpointConfigName=configs.name(event, context),
            Tags=tags.with_owner(event),
        )
    except NameTakenError:
        logs.fact("endpoint was created by another delivery of the request", endpoint=name)
    except NotFoundError as error:
        return looks.not_visible_yet(name, _remedied(error), context, _PARTS)
    context.progress.update({REQUESTED: True, MADE: name})
    return Pending(name, "endpoint to be in service")


def _move(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    update = context.gateway.request("UpdateEndpoint", event.properties)
    request = {
        **update,
        "EndpointName": endpoint["EndpointName"],
        "EndpointConfigName": configs.name(event, context),
    }
    serving = _refuse_other_kind(event, endpoint, context)
    request, first = capacity.of_move(event, endpoint, request, context)
    request = guardrails.guarded(event, request, context)
    try:
        configs.ensure(event, context, first)
        scaling.let_go(event, endpoint, (serving, configs.content(event, context)), context)
        context.gateway.call("update_endpoint", **request)
    except NotFoundError as error:
        if not looks.may_be_seen_yet(context, _PARTS):
            _forget_move(event, endpoint, context)
        return looks.not_visible_yet(endpoint["EndpointName"], _remedied(error), context, _PARTS)
    except RefusedError:
        _forget_move(event, endpoint, context)
        raise
    context.progress.update({REQUESTED: True, _UPDATED: True})
    return Pending(endpoint["EndpointName"], "endpoint to serve the new configuration")


def _forget_move(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> None:
    """Delete the configuration of a move that has not begun."""
    if endpoint["EndpointStatus"] == "InService":
        configs.delete_others(event, {endpoint["EndpointConfigName"]}, context)


def _refuse_other_kind(
    event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context
) -> Mapping[str, Any]:
    """Refuse to turn one kind of endpoint into another; only a given name leads here.

    What serves is looked at: in a rollback, the old properties are what has just been refused.

    Returns:
        The configuration that serves; empty if it is not there any more.
    """
    serving = endpoint["EndpointConfigName"]
    config = context.gateway.find("describe_endpoint_config", EndpointConfigName=serving)
    before, wanted = kind_of(config or event.properties), kind_of(event.properties)
    if before != wanted:
        raise LifecycleError(
            f"endpoint {endpoint['EndpointName']!r} is {in_words(before)} and cannot become "
            f"{in_words(wanted)}; leave endpoint_name out, so that the new endpoint is in service "
            "before the old one is deleted, or give another one"
        )
    return config or {}


def _may_be_stale(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> bool:
    """Whether an update seems to come so late that the stack has gone back from it already.

    Then the stack soon ends its rollback, and the request is abandoned. If it does not, it waits
    for this request, and what went back was an update given up that saw nothing but the rollback.
    """
    left = context.progress.get(_LEFT)
    if not left:
        return False
    if not stack_phase.is_rolling_back(context):
        context.gateway.remove_tags(endpoint["EndpointArn"], [tags.BACK])
        return False
    return left == configs.name(event, context) and context.age < _STALE_SECONDS


def _remedied(error: NotFoundError) -> Exception:
    if "could not find model" not in str(error).lower():
        return error
    remedy = "if it was deleted by hand, change a tag of it in the app: it is then made again"
    return LifecycleError(f"{error}; {remedy}")


def _still_moving(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    """Wait, and hand on to the links of the chain once CloudFormation's hour is nearly over."""
    name = endpoint["EndpointName"]
    if event.properties.get("Wait") == "false" and context.progress.get(REQUESTED):
        return _not_waited_for(event, endpoint, context)
    longest = int(event.properties.get("WaitSeconds", WAIT_SECONDS))
    if context.age < longest:
        looks.has_ended(context, badly=False)
        return Pending(name, f"endpoint, now {endpoint['EndpointStatus']}")
    if event.properties.get("MoreLinks") == "true" and context.progress.get(REQUESTED):
        return _not_waited_for(event, endpoint, context)
    raise LifecycleError(
        f"endpoint {name!r} was still {endpoint['EndpointStatus']} after "
        f"{longest // 60} min; raise its timeout"
    )


def _not_waited_for(
    event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context
) -> Outcome:
    """Answer now; what can only be done after the move, an execution of its own does."""
    config = configs.name(event, context)
    configs.ensure(event, context)
    _tag(event, endpoint, config, context)
    left = configs.others(event, {config}, context)
    resizes = endpoint["EndpointStatus"] == "Updating" and endpoint["EndpointConfigName"] == config
    if left or resizes or scaling.is_meant(event):
        afterwards.begin(event, endpoint["EndpointName"], config, left, context)
    return _attributes(endpoint, config)


def _serve(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    config = endpoint["EndpointConfigName"]
    # Somebody may have deleted it under the endpoint; a start leaves alone what is of a request.
    configs.ensure(event, context)
    _tag(event, endpoint, config, context)
    pending = _settle(event, endpoint, context)
    if pending is not None:
        return pending
    configs.delete_others(event, {config}, context)
    note = afterwards.told(context) or scaling.note(event)
    return replace(_attributes(endpoint, config), note=note)


def _settle(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Pending | None:
    """Bring weights, scaling and counts right; no rollback fails by these."""
    if event.request_type == "Update" and stack_phase.is_rolling_back(context):
        return afterwards.settled_back(event, endpoint, patience(event), context)
    for part in (traffic.shift, scaling.settle, capacity.resize):
        pending = part(event, endpoint, context)
        if pending is not None:
            return pending
    return None


def _tag(event: LifecycleEvent, endpoint: Mapping[str, Any], config: str, context: Context) -> None:
    arn = endpoint["EndpointArn"]
    tags.sync(event, arn, tags.of(arn, context), context)
    if event.request_type == "Update" and stack_phase.is_rolling_back(context):
        left = _former_config(event, context)
        if left not in ("", config):
            with suppress(RefusedError):  # There may be no room left for it.
                context.gateway.add_tags(arn, tags.to_list({tags.BACK: left}))


def _former_config(event: LifecycleEvent, context: Context) -> str:
    """Return the configuration of the old properties, which may be what has failed."""
    with suppress(LifecycleError, KeyError, TypeError, ValueError, AttributeError):
        return configs.name(replace(event, properties=event.old_properties), context)
    return ""


def _attributes(endpoint: Mapping[str, Any], config_name: str) -> Done:
    name = endpoint["EndpointName"]
    return Done(
        name,
        {
            "EndpointName": name,
            "EndpointArn": endpoint["EndpointArn"],
            "EndpointConfigName": config_name,
        },
    )


def _ended(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> Outcome:
    """Fail, if a second look shows the same: just after a move the first may show the old state."""
    if not looks.has_ended(context, badly=True):
        return Pending(endpoint["EndpointName"], "endpoint to be looked at again")
    configs.delete_others(event, _in_use(event, endpoint, context), context)
    was_updated = bool(context.progress.get(_UPDATED))
    ringing = guardrails.ringing_now(event, context) if was_updated else ""
    raise LifecycleError(verdicts.endpoint_ended(endpoint, was_updated=was_updated) + ringing)


def _refuse_foreign(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> None:
    """Refuse an endpoint of somebody else's; once it is known to be ours, no further look."""
    if context.progress.get(_OURS):
        return
    name = endpoint["EndpointName"]
    current_tags = tags.seen(endpoint["EndpointArn"], context)
    if not tags.is_ours(event, current_tags):
        whose = tags.whose(current_tags)
        raise LifecycleError(f"endpoint name {name!r} is taken by an endpoint of {whose}")
    context.progress.update({_OURS: True, _LEFT: current_tags.get(tags.BACK, "")})
    capacity.know(event, current_tags, context)
    tags.adopt(event, endpoint["EndpointArn"], current_tags, context)
    if event.request_type == "Create" or current_tags.get(tags.REQUEST) == event.request_id:
        context.progress[MADE] = name


def _in_use(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> set[str]:
    """Return the configurations that an endpoint after a failed move may still need."""
    serving = endpoint["EndpointConfigName"]
    if endpoint["EndpointStatus"] == "InService":
        return {serving}
    return {serving, configs.name(event, context)}


def _made_before(event: LifecycleEvent, context: Context) -> str:
    """Return the endpoint that the request has created, if it has."""
    name = endpoint_name(event)
    endpoint = context.gateway.find("describe_endpoint", EndpointName=name)
    current_tags = {} if endpoint is None else tags.of(endpoint["EndpointArn"], context)
    return name if current_tags.get(tags.REQUEST) == event.request_id else ""


def patience(event: LifecycleEvent) -> float:
    """Return the seconds that the endpoint waits for itself."""
    if event.request_type == "Delete":
        return WAIT_SECONDS
    return float(event.properties.get("WaitSeconds", WAIT_SECONDS))


KIND: Final = Kind(
    type="Custom::AutoMLEndpoint",
    step=step,
    physical_id=physical_id,
    makes_things=True,
    made_before=_made_before,
    patience=patience,
    # A second delivery could take the rollback of the first for an update not yet begun.
    not_repeated=frozenset({"Create", "Update"}),
)
