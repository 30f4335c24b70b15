"""What serves an endpoint: models ready to answer, their traffic, what is kept of it."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.capture import Capture, Exchange, Message
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.hosting import HostedModel
from cdk_automlv2.local.sagemaker.hosting_rules import containers_of
from cdk_automlv2.local.sagemaker.serverless import Gate
from cdk_automlv2.local.sagemaker.state import MODEL, Record, State

MEGABYTE = 1024 * 1024
LIMIT = 6 * MEGABYTE
"""Largest body in bytes; the model of the service (sagemaker-runtime, BodyBlob) has it too."""

SERVERLESS_LIMIT = 4 * MEGABYTE


@dataclass(frozen=True)
class Fleet:
    """What serves an endpoint.

    Attributes:
        config: The endpoint's configuration.
        models: By the variant's name, a shadow included.
        images: Images of the variant's model, in order.
        weights: Part of the traffic that each production variant gets, in proportion to all.
        roles: ARN of the role of each variant's model.
        gates: Of serverless variants.
        capture: Keeps requests and answers, if that was asked for.
    """

    config: Record
    models: Mapping[str, HostedModel]
    images: Mapping[str, list[str]]
    weights: Mapping[str, float]
    roles: Mapping[str, str]
    gates: Mapping[str, Gate] = field(default_factory=dict)
    capture: Capture | None = None

    def weighted(self, weights: Mapping[str, float]) -> Fleet:
        """Return the fleet with other weights."""
        return replace(self, weights=weights)

    def resize(self, variant: str, config: Record | None) -> None:
        """Let a serverless variant have another concurrency."""
        if config is not None and variant in self.gates:
            self.gates[variant].resize(config)

    def variant_for(self, target: str | None) -> str:
        """Return the variant that is asked for, or one by weight.

        Raises:
            ServiceError: ``ValidationError`` if there is no such variant.
        """
        if target is None:
            names = list(self.weights)
            # All of them zero: the traffic is shared alike.
            weights = list(self.weights.values()) if any(self.weights.values()) else None
            return random.choices(names, weights)[0]
        if target not in self.weights:
            raise ServiceError("ValidationError", f"Variant {target} not found for Request.")
        return target

    @property
    def limit(self) -> int:
        """Largest body of a request, in bytes."""
        return SERVERLESS_LIMIT if self.gates else LIMIT

    @contextmanager
    def entered(self, variant: str) -> Iterator[None]:
        """Hold what a variant needs to answer one request.

        Raises:
            ServiceError: ``ThrottlingException`` if a serverless variant has no container free.
        """
        gate = self.gates.get(variant)
        if gate is None:
            yield
            return
        with gate.enter():
            yield

    def answer(self, variant: str, request: Message, accept: str) -> Message:
        """Return what a variant answers.

        Raises:
            ServiceError: ``ModelError`` where a container fails.
        """
        return Message(*self.models[variant].answer(request.body, request.content_type, accept))

    def follow_up(self, exchange: Exchange, accept: str) -> None:
        """Keep an exchange, and let the shadow have a copy of the request."""
        self._note(exchange)
        for shadow in self.config.get("ShadowProductionVariants", []):
            [weight] = self.weights.values()
            if random.random() * weight < shadow["InitialVariantWeight"]:
                arguments = (shadow["VariantName"], exchange, accept)
                threading.Thread(target=self._shade, args=arguments, daemon=True).start()

    def _shade(self, name: str, exchange: Exchange, accept: str) -> None:
        try:
            answer = self.answer(name, exchange.request, accept)
        except ServiceError:
            return  # Nobody hears of it: the answers of a shadow are dropped.
        self._note(replace(exchange, variant=name, answer=answer))

    def _note(self, exchange: Exchange) -> None:
        if self.capture is not None:
            self.capture.note(exchange)


def load(state: State, caller: Caller, config_arn: str, endpoint: str) -> tuple[Fleet | None, str]:
    """Fetch the models that a configuration names, each with its own role; or say why not."""
    try:
        return _loaded(state, caller, config_arn, endpoint), ""
    except Exception as error:
        return None, f"The model could not be loaded: {error}"[:1024]


def _loaded(state: State, caller: Caller, config_arn: str, endpoint: str) -> Fleet:
    with state.lock:
        config = state.configs[config_arn]
        production = config["ProductionVariants"]
        listed = [*production, *config.get("ShadowProductionVariants", [])]
        models = {
            variant["VariantName"]: state.models[caller.arn(MODEL.name, variant["ModelName"])]
            for variant in listed
        }
    roles = {name: model["ExecutionRoleArn"] for name, model in models.items()}
    key = config.get("KmsKeyId", "")
    for role in dict.fromkeys(roles.values() if key else []):
        state.iam.require_grant(role, caller.region, key)
    s3 = {name: state.iam.role_s3(role, caller.region) for name, role in roles.items()}
    return Fleet(
        config,
        {name: HostedModel.fetch(containers_of(model), s3[name]) for name, model in models.items()},
        {name: _images(model) for name, model in models.items()},
        {item["VariantName"]: item.get("InitialVariantWeight", 1.0) for item in production},
        roles,
        {
            item["VariantName"]: Gate(item["ServerlessConfig"], state.clock)
            for item in production
            if "ServerlessConfig" in item
        },
        _capture(state, config, s3, endpoint),
    )


def _images(model: Record) -> list[str]:
    return [container.get("Image", "") for container in containers_of(model)]


def _capture(state: State, config: Record, s3: Mapping[str, Any], endpoint: str) -> Capture | None:
    wanted = config.get("DataCaptureConfig")
    return Capture(endpoint, wanted, s3, state.clock) if wanted else None
