"""Whether an endpoint still needs a model: an update may outlast its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

from automlv2_handlers.aws.paging import pages
from automlv2_handlers.domain import tags, verdicts
from automlv2_handlers.domain.names import MORE_MODELS, model_stem
from automlv2_handlers.errors import BusyError, GatewayError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context
from automlv2_handlers.resources.endpoint_configs import models


class Use(Enum):
    """What a model is to endpoints, the most needed last."""

    NONE = "no endpoint needs it"
    MOVING = "an endpoint moves to it or away from it, or is about to go"
    SERVED = "an endpoint serves it"


def use_of(event: LifecycleEvent, model: str, context: Context) -> tuple[Use, str]:
    """Return what endpoints need of a model of the event's stack, and which one that is.

    They are found by the names of their configurations, in whatever stack they are.
    """
    found = [_use(event, config, context) for config in _configs(model, context)]
    for use in (Use.SERVED, Use.MOVING):
        for one, endpoint in found:
            if one is use:
                return use, endpoint
    return Use.NONE, ""


def _use(event: LifecycleEvent, config: Mapping[str, Any], context: Context) -> tuple[Use, str]:
    name = tags.of(config["EndpointConfigArn"], context).get(tags.ENDPOINT, "")
    endpoint = name and context.gateway.find("describe_endpoint", EndpointName=name)
    if not endpoint or endpoint["EndpointStatus"] in ("Deleting", "Failed"):
        return Use.NONE, name
    if verdicts.is_moving(endpoint) or _is_going(event, endpoint, context):
        return Use.MOVING, name
    # One left between two configurations serves both.
    between = endpoint["EndpointStatus"] == "UpdateRollbackFailed"
    serves = between or endpoint["EndpointConfigName"] == config["EndpointConfigName"]
    return (Use.SERVED if serves else Use.NONE), name


def _is_going(event: LifecycleEvent, endpoint: Mapping[str, Any], context: Context) -> bool:
    """Whether the stack has another endpoint in the place of this one, which is not retained.

    It was made by a request that CloudFormation has cancelled, and which deletes it again.
    """
    current_tags = tags.of(endpoint["EndpointArn"], context)
    logical_id = current_tags.get(tags.RESOURCE, "").partition("/")[2]
    if tags.RETAINED in current_tags or not tags.is_ours(
        replace(event, logical_id=logical_id), current_tags
    ):
        return False
    try:
        current = context.gateway.physical_id(event.stack_id, logical_id)
    except BusyError:
        raise
    except GatewayError:
        return False
    if current in ("", endpoint["EndpointName"]):
        return False
    # A release has an endpoint, and is none.
    return context.gateway.find("describe_endpoint", EndpointName=current) is not None


def _configs(model: str, context: Context) -> Iterator[dict[str, Any]]:
    for name in _names(model_stem(model), context) | _names(f"-{MORE_MODELS}", context):
        config = context.gateway.find("describe_endpoint_config", EndpointConfigName=name)
        if config is not None and model in models(config):
            yield config


def _names(part: str, context: Context) -> set[str]:
    listed = pages(context, "list_endpoint_configs", "EndpointConfigs", NameContains=part)
    return {item["EndpointConfigName"] for item in listed}
