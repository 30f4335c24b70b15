"""The variants of one endpoint together: what they are granted, and what the template says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_automlv2._core.function_policy import FunctionRights
from cdk_automlv2._core.grants import RoleGrants
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.hosting.base import AutoMLModelBase
from cdk_automlv2.hosting.data_capture import DataCapture
from cdk_automlv2.hosting.imports import imported, served
from cdk_automlv2.hosting.interface import VARIANT_NAME
from cdk_automlv2.hosting.variants import (
    SHADOW_NAME,
    InstanceVariant,
    ServerlessVariant,
    Variant,
)
from cdk_automlv2.problem_configs.serving import serving_of


@dataclass(frozen=True)
class Fleet:
    """What answers behind an endpoint.

    Attributes:
        production: The variants that answer.
        shadow: The one that gets copies of requests, and whose answers are dropped.
    """

    production: Sequence[Variant]
    shadow: InstanceVariant | None = None

    @classmethod
    def of(
        cls, endpoint: Construct, production: Sequence[Variant], shadow: InstanceVariant | None
    ) -> Self:
        """Return the fleet of an endpoint; models of other classes are served by their names."""
        known = [_with_known_model(endpoint, variant) for variant in production]
        return cls(known, None if shadow is None else _with_known_model(endpoint, shadow))

    @property
    def models(self) -> list[AutoMLModelBase]:
        """The models served, each once."""
        shadows = [] if self.shadow is None else [self.shadow]
        return list(
            dict.fromkeys(served(variant.model) for variant in (*self.production, *shadows))
        )

    @property
    def streams(self) -> bool:
        """Whether one of them may answer in a stream."""
        return any(serving_of(model.problem_config).streams for model in self.models)

    @property
    def load_seconds(self) -> int:
        """Time that containers get to fetch their model, and again to come up, if it is long."""
        return max(serving_of(model.problem_config).load_seconds or 0 for model in self.models)

    @property
    def is_serverless(self) -> bool:
        """Whether it has no instances."""
        return any(isinstance(variant, ServerlessVariant) for variant in self.production)

    @property
    def variant_names(self) -> list[str]:
        """Names of the production variants."""
        return [variant.variant_name or VARIANT_NAME for variant in self.production]

    @property
    def all_names(self) -> list[str]:
        """Names of the production variants and of the shadow."""
        shadow = [] if self.shadow is None else [self.shadow.variant_name or SHADOW_NAME]
        return [*self.variant_names, *shadow]

    @property
    def instances(self) -> int:
        """Instances of all production variants at first; 0 if that is not known, or none."""
        counts = [getattr(variant, "initial_instance_count", 0) for variant in self.production]
        return 0 if any(map(is_token, counts)) else sum(counts)

    def bind(self, endpoint: Construct, stack: cdk.Stack) -> dict[str, Any]:
        """Return the properties that say what the variants are; warn of what may not work."""
        for variant in self.production:
            if isinstance(variant, ServerlessVariant):
                for id_, words in serving_of(variant.model.problem_config).serverless_doubts:
                    cdk.Annotations.of(endpoint).add_warning_v2(f"cdk-automlv2:{id_}", words)
        shadow = None if self.shadow is None else [self.shadow.bind(stack, SHADOW_NAME)]
        return {
            "ProductionVariants": [variant.bind(stack) for variant in self.production],
            "ShadowProductionVariants": shadow,
        }

    def grants(self, endpoint: Construct) -> Grants:
        """Return what grants rights to the roles of the models."""
        roles = (model._role_for(endpoint) for model in self.models)
        return Grants([role for role in roles if role is not None])


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
    provider: AutoMLProvider, resource: cdk.CfnResource, models: Sequence[AutoMLModelBase]
) -> None:
    """Let a resource exist only where all models do."""
    for source in _sources(models):
        provider.follow(resource, source)


def _sources(models: Sequence[AutoMLModelBase]) -> Iterator[cdk.CfnResource]:
    for model in models:
        if model._source is not None:
            yield model._source


_Variant = TypeVar("_Variant", bound=Variant)


def _with_known_model(endpoint: Construct, variant: _Variant) -> _Variant:
    if isinstance(variant.model, AutoMLModelBase):
        return variant
    id_ = f"Model{variant.variant_name or ''}"
    return replace(variant, model=imported(endpoint, id_, variant.model))
