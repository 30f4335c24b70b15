"""What is scaled of one endpoint, as its resource has it."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import jsii
from constructs import Construct, IValidation

from cdk_automlv2._core.lazy import Producer
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.hosting.fleet import Fleet
from cdk_automlv2.hosting.scaling import (
    CONCURRENCY,
    COUNT,
    ScalableInstanceCount,
    ScalableProvisionedConcurrency,
    sleeping_faults,
)
from cdk_automlv2.hosting.variants import ServerlessVariant, scaled_types


class EndpointScaling:
    """Collects what is to be scaled, until the template is rendered.

    Args:
        endpoint: The endpoint.
        resource: Its resource, which has nothing of scaling before anything is scaled: what is
            rendered late costs calls into Node, for each endpoint of an app.
        fleet: What it serves.
    """

    def __init__(self, endpoint: Construct, resource: cdk.CfnResource, fleet: Fleet) -> None:
        self._endpoint = endpoint
        self._resource = resource
        self._types = scaled_types(fleet.production, fleet.shadow)
        serverless = [item for item in fleet.production if isinstance(item, ServerlessVariant)]
        self._serverless = next(iter(serverless), None)
        self._counts: dict[str, ScalableInstanceCount] = {}
        self._concurrencies: dict[str, ScalableProvisionedConcurrency] = {}

    def context(self, kind: str | None) -> dict[str, Any]:
        """Return what rules look at beside the options of a call."""
        serverless = self._serverless
        provisioned = None if serverless is None else serverless.provisioned_concurrency
        limit = None if serverless is None else serverless.max_concurrency
        return {
            "kind": kind,
            "types": self._types,
            "scaled": {**self._counts, **self._concurrencies},
            "provisioned": provisioned,
            "max_concurrency": None if is_token(limit) else limit,
        }

    def count(self, kind: str, variant: str | None, **capacities: Any) -> ScalableInstanceCount:
        """Scale the number of a variant's instances."""
        name = variant or next(iter(self._types))
        found = ScalableInstanceCount(
            COUNT, kind, name, instance_type=self._types[name], **capacities
        )
        self._declare_first()
        self._counts[name] = found
        return found

    def concurrency(
        self, kind: str, variant: str | None, **capacities: Any
    ) -> ScalableProvisionedConcurrency:
        """Scale the provisioned concurrency of a variant."""
        name = variant or next(iter(self._types))
        found = ScalableProvisionedConcurrency(CONCURRENCY, kind, name, **capacities)
        self._declare_first()
        self._concurrencies[name] = found
        return found

    def _declare_first(self) -> None:
        if not self._counts and not self._concurrencies:
            self._endpoint.node.add_validation(_Awake(self))
            targets = cdk.Lazy.any(Producer(self.to_request))
            self._resource.add_property_override("Scaling", targets)

    def to_request(self) -> list[dict[str, Any]]:
        """Return the property of the endpoint's resource."""
        targets = [*self._counts.values(), *self._concurrencies.values()]
        return [target.to_request() for target in targets]

    def faults(self) -> list[str]:
        """Return what is wrong once everything has been declared."""
        return sleeping_faults(self._counts)


@jsii.implements(IValidation)
class _Awake:
    """Asks for faults when the app is synthesized."""

    def __init__(self, scaling: EndpointScaling) -> None:
        self._scaling = scaling

    def validate(self) -> list[str]:
        """Return what is wrong."""
        return self._scaling.faults()
