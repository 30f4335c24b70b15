"""What answers behind an endpoint: models on instances, or without any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from cdk_automlv2._core.display import shown
from cdk_automlv2._core.options import Rule
from cdk_automlv2._core.tokens import without_none
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting.instance_types import processing_unit
from cdk_automlv2.hosting.interface import VARIANT_NAME, IAutoMLModel
from cdk_automlv2.hosting.option_rules import instance_type_rule, unit_rule, volume_size_rule
from cdk_automlv2.hosting.request_part import RequestPart
from cdk_automlv2.hosting.serverless import memory_rule, provisioned_rule, serverless_rule
from cdk_automlv2.problem_configs.serving import serving_of

if TYPE_CHECKING:
    import aws_cdk as cdk

SHADOW_NAME = "Shadow"

RoutingStrategy = Literal["RANDOM", "LEAST_OUTSTANDING_REQUESTS"]
"""Those of any model; the others are for language models in containers that AutoML has none of."""


@shown
@dataclass(frozen=True)
class InstanceVariant(RequestPart):
    """A model on instances that are paid by the hour.

    Attributes:
        model: The model to serve.
        instance_type: Such as ``ml.m5.large``; x86_64 only, as AutoML's images are.
        initial_instance_count: Instances; 1 or more. Default: 1.
        variant_name: Its name; 63 characters at most; keep it, as traffic shifting and
            RetainAllVariantProperties match variants by name. Default: AllTraffic for the only
            variant, Shadow for a shadow; several variants must be named.
        initial_variant_weight: Part of the traffic, in proportion to the sum of all weights; 0 or
            more. Of a shadow, the part of requests copied to it, in proportion to the weight of
            the production variant. Default: 1.
        volume_size: Storage of an instance; GB, 1 to 512; not for types with storage of their own.
            Default: the instance type's.
        model_data_download_timeout: Longest time to fetch the model; seconds or a ``cdk.Duration``,
            60 to 3600 s. Default: SageMaker decides; 3600 for a language model.
        container_startup_health_check_timeout: Longest time for the containers to come up; seconds
            or a ``cdk.Duration``, 60 to 3600 s. Default: SageMaker decides; 3600 for a language
            model.
        variant_instance_provision_timeout: Longest wait for capacity; seconds or a
            ``cdk.Duration``, 300 to 3600 s. Default: SageMaker decides.
        routing_strategy: RANDOM or LEAST_OUTSTANDING_REQUESTS. Default: SageMaker decides.
        inference_ami_version: Image of a GPU host, such as
            ``al2-ami-sagemaker-inference-gpu-3-1``. Default: SageMaker decides.
        ml_reservation_arn: ARN of a reservation of training-plan capacity; instances are then
            launched in it alone, so that an update needs room for old and new ones. Default: none.
        enable_ssm_access: Whether the hosts may be entered by Systems Manager; AWS has to allow
            the account first. Default: False.

    Raises:
        OptionsError: With every invalid field.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html

    Example:
        >>> nine = InstanceVariant(
        ...     model, "ml.m5.large", variant_name="champion", initial_variant_weight=9
        ... )
        >>> one = InstanceVariant(
        ...     model, "ml.m5.large", variant_name="challenger", initial_variant_weight=1
        ... )
        >>> endpoint = AutoMLEndpoint(stack, "Both", variants=[nine, one])
    """

    model: IAutoMLModel
    instance_type: str
    initial_instance_count: int = 1
    variant_name: str | None = field(default=None, kw_only=True)
    initial_variant_weight: float | None = field(default=None, kw_only=True)
    volume_size: int | None = field(default=None, kw_only=True)
    model_data_download_timeout: int | cdk.Duration | None = field(default=None, kw_only=True)
    container_startup_health_check_timeout: int | cdk.Duration | None = field(
        default=None, kw_only=True
    )
    variant_instance_provision_timeout: int | cdk.Duration | None = field(
        default=None, kw_only=True
    )
    routing_strategy: RoutingStrategy | None = field(default=None, kw_only=True)
    inference_ami_version: str | None = field(default=None, kw_only=True)
    ml_reservation_arn: str | None = field(default=None, kw_only=True)
    enable_ssm_access: bool | cdk.IResolvable | None = field(default=None, kw_only=True)

    root: ClassVar[str] = "ProductionVariants[]"
    paths: ClassVar[Mapping[str, str]] = {
        "variant_name": "VariantName",
        "initial_instance_count": "InitialInstanceCount",
        "instance_type": "InstanceType",
        "initial_variant_weight": "InitialVariantWeight",
        "volume_size": "VolumeSizeInGB",
        "model_data_download_timeout": "ModelDataDownloadTimeoutInSeconds",
        "container_startup_health_check_timeout": "ContainerStartupHealthCheckTimeoutInSeconds",
        "variant_instance_provision_timeout": "VariantInstanceProvisionTimeoutInSeconds",
        "routing_strategy": "RoutingConfig.RoutingStrategy",
        "inference_ami_version": "InferenceAmiVersion",
        "ml_reservation_arn": "CapacityReservationConfig.MlReservationArn",
        "enable_ssm_access": "EnableSSMAccess",
    }
    rules: ClassVar[tuple[Rule, ...]] = (instance_type_rule, unit_rule, volume_size_rule)

    def to_request(self) -> dict[str, Any]:
        """Return the members of the API's ProductionVariant that are known without a stack."""
        request = super().to_request()
        if self.ml_reservation_arn is not None:
            only = "capacity-reservations-only"
            request["CapacityReservationConfig"]["CapacityReservationPreference"] = only
        seconds = serving_of(self.model.problem_config).load_seconds
        if seconds is not None:
            for name in ("ModelDataDownload", "ContainerStartupHealthCheck"):
                request.setdefault(f"{name}TimeoutInSeconds", seconds)
        return request

    def bind(self, stack: cdk.Stack, name: str = VARIANT_NAME) -> dict[str, Any]:
        """Return the API's ProductionVariant; ``name`` is for one that has none of its own."""
        from cdk_automlv2.hosting.imports import served

        served(self.model)._serve_on(processing_unit(self.instance_type))
        return _bound(self, stack, name)


@shown
@dataclass(frozen=True)
class ServerlessVariant(RequestPart):
    """A model without instances, paid by what it computes; scales to nothing by itself.

    A cold start may hold an answer back for minutes: give clients a read timeout of more than 4
    minutes. Requests and answers have 4 MB at most.

    Attributes:
        model: The model to serve: of one container, on a CPU, outside VPCs.
        memory_size_in_mb: 1024, 2048, 3072, 4096, 5120 or 6144; at least the size of the model.
            Default: 2048.
        max_concurrency: Requests at once; 1 to 200, out of what the account has in the Region;
            more are refused with a throttling error. Default: 5.
        provisioned_concurrency: Of these, requests that never meet a cold start, paid as long as
            the endpoint exists. Default: none.
        variant_name: Its name; 63 characters at most. Default: AllTraffic.

    Raises:
        OptionsError: With every invalid field, and for a model that cannot be serverless.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html

    Example:
        >>> variant = ServerlessVariant(model, memory_size_in_mb=3072, max_concurrency=10)
        >>> endpoint = AutoMLEndpoint(stack, "Small", variants=[variant])
    """

    model: IAutoMLModel
    memory_size_in_mb: int = field(default=2048, kw_only=True)
    max_concurrency: int = field(default=5, kw_only=True)
    provisioned_concurrency: int | None = field(default=None, kw_only=True)
    variant_name: str | None = field(default=None, kw_only=True)

    root: ClassVar[str] = "ProductionVariants[]"
    paths: ClassVar[Mapping[str, str]] = {
        "variant_name": "VariantName",
        "memory_size_in_mb": "ServerlessConfig.MemorySizeInMB",
        "max_concurrency": "ServerlessConfig.MaxConcurrency",
        "provisioned_concurrency": "ServerlessConfig.ProvisionedConcurrency",
    }
    rules: ClassVar[tuple[Rule, ...]] = (memory_rule, provisioned_rule, serverless_rule)

    def bind(self, stack: cdk.Stack, name: str = VARIANT_NAME) -> dict[str, Any]:
        """Return the API's ProductionVariant; ``name`` is for one that has none of its own."""
        from cdk_automlv2.hosting.imports import served

        served(self.model)._serve_on("CPU")
        return _bound(self, stack, name)


Variant = InstanceVariant | ServerlessVariant


def _bound(variant: Variant, stack: cdk.Stack, name: str) -> dict[str, Any]:
    from cdk_automlv2.hosting.imports import served

    known = {"VariantName": variant.variant_name or name}
    model = {"ModelName": served(variant.model)._serve_in(stack)}
    return {**known, **model, **without_none(**variant.to_request())}


def name_faults(variants: list[Variant]) -> Iterator[OptionFault]:
    """Yield what is wrong with the names of variants together."""
    names = [variant.variant_name for variant in variants]
    for index, name in enumerate(names):
        path = f"variants[{index}].variant_name"
        if name is None and len(variants) > 1:
            yield OptionFault(path, "must be set where there are several variants", None)
        elif name is not None and name in names[:index]:
            yield OptionFault(path, "must be another one than those before", name)


def scaled_types(
    production: Sequence[InstanceVariant | ServerlessVariant], shadow: InstanceVariant | None
) -> dict[str, str | None]:
    """Return the instance types of variants by their names; ``None`` of a serverless one."""
    types = {
        variant.variant_name or VARIANT_NAME: (
            variant.instance_type if isinstance(variant, InstanceVariant) else None
        )
        for variant in production
    }
    if shadow is not None:
        types[shadow.variant_name or SHADOW_NAME] = shadow.instance_type
    return types
