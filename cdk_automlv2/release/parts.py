"""Job, model and endpoint as parts of one release: the constructs, without resources of their own.

Their options, roles, grants, tags and data are handled by the constructs themselves; what changes
with each release is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import aws_cdk as cdk
from constructs import Construct

from cdk_automlv2._core.parts import Detachable, OwnResource, Part, not_at_synth
from cdk_automlv2._core.s3 import S3Location
from cdk_automlv2._core.sharing import SharedValue
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.hosting.endpoint import AutoMLEndpoint
from cdk_automlv2.hosting.model import AutoMLModel
from cdk_automlv2.job.job import AutoMLJobV2


class DetachedJob(Detachable, AutoMLJobV2):
    """A job that no deployment waits for: on its own, until a release takes it.

    Attributes:
        part: What stands for its resource.
    """

    def part_of(self, properties: Mapping[str, Any], own: Callable[[], OwnResource]) -> Part:
        """Return what stands for the resource."""
        self.part = Part("Job", self.node.path, properties, own())
        return self.part

    def join(self, resource: cdk.CfnResource) -> None:
        """Become a part of a release.

        Raises:
            OptionsError: If it is a part of another one.
        """
        if self.part.has_joined:
            fix = "call fit(wait=False, id=…) again for a job of its own"
            fault = OptionFault("job", "must be in one release only", self.node.path, fix)
            raise OptionsError(resource.node.path, (fault,))
        self.part.join(resource)

    def _value(self, name: str) -> SharedValue:
        """Refuse what is known only once the job has ended.

        Raises:
            OptionsError: Always.
        """
        if not self.part.has_joined:
            return super()._value(name)
        raise not_at_synth(self.node.path, name)

    def _artifacts(self) -> S3Location:
        """Return where the candidates lie: of a release always where this job writes."""
        return self._require_output() if self.part.has_joined else super()._artifacts()

    @property
    def output_uri(self) -> str:
        """Where the job writes."""
        return self._require_output().uri


class ReleasedModel(Detachable, AutoMLModel):
    """The model of a release.

    Args:
        release: The release.
        resource: Its resource.
        **options: Those of ``AutoMLModel``.
    """

    def __init__(self, release: Construct, resource: cdk.CfnResource, **options: Any) -> None:
        self._release_resource = resource
        super().__init__(release, "Model", **options)

    def part_of(self, properties: Mapping[str, Any], own: Callable[[], OwnResource]) -> Part:
        """Return what stands for the resource."""
        self.part = Part("Model", self.node.path, properties)
        self.part.join(self._release_resource)
        return self.part

    @property
    def model_name(self) -> str:  # type: ignore[override]
        """Refuse the name.

        Raises:
            OptionsError: Always.
        """
        raise not_at_synth(self.node.path, "model_name")

    @property
    def model_arn(self) -> str:  # type: ignore[override]
        """Refuse the ARN.

        Raises:
            OptionsError: Always.
        """
        raise not_at_synth(self.node.path, "model_arn")

    def _serve_in(self, stack: cdk.Stack) -> str:
        """Return no name: each release has a model of its own."""
        return cast("str", None)

    def _name_of_job(self) -> None:
        """Return no name: each release has a job of its own."""


class ReleasedEndpoint(Detachable, AutoMLEndpoint):
    """The endpoint of a release, whose name is known at synth.

    Args:
        release: The release.
        resource: Its resource.
        endpoint_name: Its name.
        **options: Those of ``AutoMLEndpoint``.
    """

    def __init__(
        self, release: Construct, resource: cdk.CfnResource, endpoint_name: str, **options: Any
    ) -> None:
        self._release_resource = resource
        self._given_name = endpoint_name
        super().__init__(release, "Endpoint", endpoint_name=endpoint_name, wait=False, **options)

    def part_of(self, properties: Mapping[str, Any], own: Callable[[], OwnResource]) -> Part:
        """Return what stands for the resource."""
        self.part = Part("Endpoint", self.node.path, properties)
        self.part.join(self._release_resource)
        return self.part

    @property
    def endpoint_name(self) -> str:  # type: ignore[override]
        """Name of the endpoint."""
        return self._given_name

    @property
    def endpoint_arn(self) -> str:  # type: ignore[override]
        """ARN of the endpoint."""
        return cdk.Stack.of(self).format_arn(
            service="sagemaker", resource="endpoint", resource_name=self._given_name
        )

    @property
    def endpoint_config_name(self) -> str:
        """Refuse the configuration's name.

        Raises:
            OptionsError: Always.
        """
        raise not_at_synth(self.node.path, "endpoint_config_name")
