"""The variants of one endpoint together: what they are granted, and what the template says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_automlv2._core.function_policy import FunctionRights
from cdk_automlv2._core.grants import RoleGrants
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2.hosting.data_capture import DataCapture
from cdk_automlv2.hosting.model import AutoMLModel
from cdk_automlv2.hosting.serverless import doubts
from cdk_automlv2.hosting.variants import (
    SHADOW_NAME,
    InstanceVariant,
    ServerlessVariant,
    Variant,
    generates,
)


@dataclass(frozen=True)
class Fleet:
    """What answers behind an endpoint.

    Attributes:
        production: The variants that answer.
        shadow: The one that gets copies of requests, and whose answers are dropped.
    """

    production: Sequence[Variant]
    shadow: InstanceVariant | None = None

    @property
    def models(self) -> list[AutoMLModel]:
        """The models served, each once."""
        shadows = [] if self.shadow is None else [self.shadow]
        return list(dict.fromkeys(variant.model for variant in (*self.production, *shadows)))

    @property
    def generates(self) -> bool:
        """Whether a language model is among them."""
        return any(generates(model) for model in self.models)

    @property
    def is_serverless(self) -> bool:
        """Whether it has no instances."""
        return any(isinstance(variant, ServerlessVariant) for variant in self.production)

    def bind(self, endpoint: Construct, stack: cdk.Stack) -> dict[str, Any]:
        """Return the properties that say what the variants are; warn of what may not work."""
        for variant in self.production:
            if isinstance(variant, ServerlessVariant):
                for id_, words in doubts(variant.model):
                    cdk.Annotations.of(endpoint).add_warning_v2(f"cdk-automlv2:{id_}", words)
        shadow = None if self.shadow is None else [self.shadow.bind(stack, SHADOW_NAME)]
        return {
            "ProductionVariants": [variant.bind(stack) for variant in self.production],
            "ShadowProductionVariants": shadow,
        }

    def grants(self, endpoint: Construct) -> Grants:
        """Return what grants rights to the roles of the models."""
        return Grants([model.role.for_user(endpoint) for model in self.models])


@dataclass(frozen=True)
class Grants:
    """The roles of an endpoint's models, as the endpoint uses them."""

    roles: Sequence[RoleGrants]

    def use_volume_key(self, key: kms.IKey | str | None, function: FunctionRights) -> None:
        """Let SageMaker encrypt volumes on behalf of the roles and the function."""
        if key is None:
            return
        function.use_volume_key(key)
        for role in self.roles:
            role.allow_volume_key(key)

    def capture(self, capture: DataCapture | None) -> None:
        """Let the roles write what is captured."""
        if capture is not None:
            for role in self.roles:
                role.allow_write(capture.location())

    def apply_before(self, resource: cdk.CfnResource) -> None:
        """Let a resource come after the rights."""
        for role in self.roles:
            role.apply_before(resource)


def follow_all(
    provider: AutoMLProvider, resource: cdk.CfnResource, models: Sequence[AutoMLModel]
) -> None:
    """Let a resource exist only where all models do."""
    for source in _sources(models):
        provider.follow(resource, source)


def _sources(models: Sequence[AutoMLModel]) -> Iterator[cdk.CfnResource]:
    for model in models:
        yield model.source
