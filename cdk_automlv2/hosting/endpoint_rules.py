"""Rules between the options of an endpoint, each named after the options it judges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cdk_automlv2._core import service_model
from cdk_automlv2._core.options import Rule
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting.async_inference import AsyncInference
from cdk_automlv2.hosting.data_capture import DataCapture
from cdk_automlv2.hosting.deployment import MOST_ALARMS, Deployment
from cdk_automlv2.hosting.interface import ASYNCHRONOUS, VARIANT_NAME
from cdk_automlv2.hosting.option_rules import ENDPOINT_RULES
from cdk_automlv2.hosting.serverless import shown_model
from cdk_automlv2.hosting.variants import (
    SHADOW_NAME,
    InstanceVariant,
    ServerlessVariant,
    Variant,
    name_faults,
)

Variants = Sequence[Variant] | None


def single_rule(model: Any, instance_type: str | None, variants: Variants) -> Iterator[OptionFault]:
    """A model and an instance type, or variants that have their own."""
    if variants is None:
        fix = "or give variants"
        if model is None:
            yield OptionFault("model", "must be an AutoMLModel", None, fix)
        if instance_type is None:
            yield OptionFault("instance_type", "must be a str", None, fix)


def variants_rule(
    variants: Variants,
    model: Any,
    instance_type: str | None,
    initial_instance_count: int,
    volume_size: int | None,
    model_data_download_timeout: int | None,
    container_startup_health_check_timeout: int | None,
) -> Iterator[OptionFault]:
    """What variants say themselves is not said beside them; names differ; few enough."""
    if variants is None:
        return
    beside = {
        "model": model,
        "instance_type": instance_type,
        "initial_instance_count": None if initial_instance_count == 1 else initial_instance_count,
        "volume_size": volume_size,
        "model_data_download_timeout": model_data_download_timeout,
        "container_startup_health_check_timeout": container_startup_health_check_timeout,
    }
    for option, value in beside.items():
        if value is not None:
            fix = f"give the variants their {option}"
            shown = shown_model(value) if option == "model" else value
            yield OptionFault(option, "must not be given beside variants", shown, fix)
    shape = service_model.shape_at("CreateEndpointConfig", "ProductionVariants")
    most = shape.metadata["max"]
    if len(variants) > most:
        yield OptionFault("variants", f"must be {most} or less", len(variants))
    yield from name_faults(list(variants))
    if len(variants) > 1 and any(isinstance(item, ServerlessVariant) for item in variants):
        rule = "must be one variant alone if it is a ServerlessVariant"
        yield OptionFault("variants", rule, f"{len(variants)} variants")


def weights_rule(variants: Variants) -> Iterator[OptionFault]:
    """Weights of which one at least is not zero."""
    given = [getattr(variant, "initial_variant_weight", None) for variant in variants or []]
    if given and all(weight == 0 for weight in given):
        rule = "must have a variant whose initial_variant_weight is not 0, which gets the traffic"
        yield OptionFault("variants", rule, given)


def shadow_rule(
    shadow_variant: InstanceVariant | None, variants: Variants
) -> Iterator[OptionFault]:
    """A shadow of one variant on instances."""
    if shadow_variant is None:
        return
    production = list(variants or [])
    if len(production) > 1:
        rule = "must be beside exactly 1 production variant"
        yield OptionFault("shadow_variant", rule, f"beside {len(production)}")
    if any(isinstance(variant, ServerlessVariant) for variant in production):
        rule = "must be beside a variant on instances"
        yield OptionFault("shadow_variant", rule, "beside a ServerlessVariant")
    name = (production[0].variant_name if production else None) or VARIANT_NAME
    if (shadow_variant.variant_name or SHADOW_NAME) == name:
        rule = "must be another name than that of the production variant"
        yield OptionFault("shadow_variant.variant_name", rule, name)


def capture_rule(data_capture: DataCapture | None, variants: Variants) -> Iterator[OptionFault]:
    """Capture where there are instances."""
    if data_capture is None:
        return
    if any(isinstance(variant, ServerlessVariant) for variant in variants or []):
        rule = "must not be given for a ServerlessVariant, as SageMaker captures on instances only"
        yield OptionFault("data_capture", rule, "a DataCapture", "use an InstanceVariant")


def asynchronous_rule(
    async_inference: AsyncInference | None,
    variants: Variants,
    shadow_variant: InstanceVariant | None,
    data_capture: DataCapture | None,
) -> Iterator[OptionFault]:
    """Asynchronous inference on instances, with nothing that AWS does not say goes with it."""
    if async_inference is None:
        return
    if any(isinstance(variant, ServerlessVariant) for variant in variants or []):
        rule = "must not be given for a ServerlessVariant, as SageMaker queues for instances only"
        fix = "use an InstanceVariant"
        yield OptionFault("async_inference", rule, "an AsyncInference", fix)
    for option, value in (("shadow_variant", shadow_variant), ("data_capture", data_capture)):
        if value is not None:
            rule = "must not be given beside async_inference, whose requests SageMaker keeps in S3"
            yield OptionFault(option, rule, f"of type {type(value).__name__}")


def rolling_rule(
    deployment: Deployment | None,
    variants: Variants,
    shadow_variant: InstanceVariant | None,
) -> Iterator[OptionFault]:
    """Batches of one variant on instances."""
    if deployment is None or deployment.strategy != "rolling":
        return
    production = list(variants or [])
    if any(isinstance(variant, ServerlessVariant) for variant in production):
        rule = "must not be rolling for a ServerlessVariant, which has no batches"
        yield OptionFault("deployment", rule, "rolling", "use canary or linear")
    elif len(production) > 1 or shadow_variant is not None:
        rule = "must not be rolling where there are several variants"
        yield OptionFault("deployment", rule, "rolling", "use canary or linear")


def alarms_rule(deployment: Deployment | None, variants: Variants) -> Iterator[OptionFault]:
    """Few enough alarms, those that are made for each variant included."""
    if deployment is None:
        return
    kinds = sum(limit is not None for limit in (deployment.errors, deployment.latency))
    count = len(deployment.alarms) + kinds * len(variants or [None])
    if count > MOST_ALARMS:
        rule = f"must have {MOST_ALARMS} alarms or less, those made for each variant included"
        yield OptionFault("deployment", rule, count)


def age_rule(age: Any, kind: str) -> Iterator[OptionFault]:
    """An age of requests where there is a queue."""
    if age is not None and kind != ASYNCHRONOUS:
        rule = "must not be given: only asynchronous endpoints have a queue"
        yield OptionFault("age", rule, f"for an endpoint that is {kind}")


RULES: tuple[Rule, ...] = (
    *ENDPOINT_RULES,
    single_rule,
    variants_rule,
    weights_rule,
    shadow_rule,
    capture_rule,
    asynchronous_rule,
    rolling_rule,
    alarms_rule,
)
