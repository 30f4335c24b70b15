"""Whether an endpoint still needs a model: an update may outlast its answer."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

from automlv2_handlers.aws.paging import pages
from automlv2_handlers.domain import tags, verdicts
from automlv2_handlers.domain.names import model_stem
from automlv2_handlers.outcomes import Context
from automlv2_handlers.resources.endpoint_configs import models


class Use(Enum):
    """What a model is to endpoints, the most needed last."""

    NONE = "no endpoint needs it"
    MOVING = "an endpoint moves to it or away from it"
    SERVED = "an endpoint serves it"


def use_of(model: str, context: Context) -> tuple[Use, str]:
    """Return what endpoints need of a model, and which one that is.

    They are found by the names of their configurations, in whatever stack they are.
    """
    found = [_use(model, config, context) for config in _configs(model, context)]
    for use in (Use.SERVED, Use.MOVING):
        for one, endpoint in found:
            if one is use:
                return use, endpoint
    return Use.NONE, ""


def _use(model: str, config: dict[str, Any], context: Context) -> tuple[Use, str]:
    name = tags.of(config["EndpointConfigArn"], context).get(tags.ENDPOINT, "")
    endpoint = name and context.gateway.find("describe_endpoint", EndpointName=name)
    if not endpoint or endpoint["EndpointStatus"] in ("Deleting", "Failed"):
        return Use.NONE, name
    if verdicts.is_moving(endpoint):
        return Use.MOVING, name
    # One left between two configurations serves both.
    between = endpoint["EndpointStatus"] == "UpdateRollbackFailed"
    serves = between or endpoint["EndpointConfigName"] == config["EndpointConfigName"]
    return (Use.SERVED if serves else Use.NONE), name


def _configs(model: str, context: Context) -> Iterator[dict[str, Any]]:
    stem = model_stem(model)
    listed = pages(context, "list_endpoint_configs", "EndpointConfigs", NameContains=stem)
    for item in list(listed):
        name = item["EndpointConfigName"]
        config = context.gateway.find("describe_endpoint_config", EndpointConfigName=name)
        if config is not None and model in models(config):
            yield config
