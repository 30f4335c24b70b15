"""What can be served without instances, and what cannot.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cdk_automlv2.errors import OptionFault
from cdk_automlv2.problem_configs.serving import serving_of

if TYPE_CHECKING:
    from cdk_automlv2.hosting.interface import IAutoMLModel

MEMORY_SIZES = (1024, 2048, 3072, 4096, 5120, 6144)
"""The service's model has only the smallest and the largest."""

_INSTANCES = "use an InstanceVariant"


def memory_rule(memory_size_in_mb: int) -> Iterator[OptionFault]:
    """One of six sizes."""
    if 1024 <= memory_size_in_mb <= 6144 and memory_size_in_mb not in MEMORY_SIZES:
        rule = f"must be one of {', '.join(map(str, MEMORY_SIZES))}"
        size = next(size for size in MEMORY_SIZES if size > memory_size_in_mb)
        yield OptionFault("memory_size_in_mb", rule, memory_size_in_mb, f"use {size}")


def provisioned_rule(
    provisioned_concurrency: int | None, max_concurrency: int
) -> Iterator[OptionFault]:
    """Not more than there may be."""
    if provisioned_concurrency is not None and provisioned_concurrency > max_concurrency:
        rule = f"must not be more than max_concurrency, which is {max_concurrency}"
        yield OptionFault("provisioned_concurrency", rule, provisioned_concurrency)


def shown_model(model: IAutoMLModel) -> str:
    """Return what stands for a model in an error."""
    node = getattr(model, "node", None)
    return str(model.model_name if node is None else node.path)


def serverless_rule(model: IAutoMLModel) -> Iterator[OptionFault]:
    """A model of one container, on a CPU, with SageMaker's network."""
    fault = serving_of(model.problem_config).serverless_fault
    if fault is not None:
        rule, fix = fault
        yield OptionFault("model", rule, shown_model(model), fix)
    elif model.processing_unit == "GPU":
        rule = "must have containers for a CPU, as serverless inference has no GPU"
        yield OptionFault(
            "model", rule, shown_model(model), 'leave processing_unit out, or use "CPU"'
        )
    if getattr(model, "has_vpc", False):
        rule = "must have no vpc_config, which serverless inference does not support"
        yield OptionFault("model", rule, shown_model(model), _INSTANCES)
    if getattr(model, "is_isolated", False):
        rule = "must not be isolated from the network, which serverless inference does not support"
        yield OptionFault("model", rule, shown_model(model), _INSTANCES)
