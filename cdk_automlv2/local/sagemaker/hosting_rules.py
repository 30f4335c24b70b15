"""Rules of models and variants that the service's model does not hold.

Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html,
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from cdk_automlv2.local.sagemaker.errors import validation
from cdk_automlv2.local.sagemaker.validation import NOT_NULL, Fault, fault, raise_if_any

MEMORY_SIZES = (1024, 2048, 3072, 4096, 5120, 6144)
MOST_ENVIRONMENT_BYTES = 32 * 1024
_OF_PACKAGE = {"ModelDataUrl", "ModelDataSource", "MultiModelConfig"}
RESOLVED = "_Containers"
"""Member of a model made from packages: their containers as they were then; not shown."""


def check_model(request: dict[str, Any]) -> None:
    """Refuse a model that cannot be.

    Raises:
        ServiceError: ``ValidationException``.
    """
    if ("Containers" in request) == ("PrimaryContainer" in request):
        raise validation("Exactly one of Containers and PrimaryContainer must be given.")
    if "ExecutionRoleArn" not in request:
        raise_if_any([fault(None, "executionRoleArn", NOT_NULL)])
    containers = containers_of(request)
    if not containers:
        raise validation("A model must have 1 container or more.")
    for number, container in enumerate(containers, start=1):
        if ("Image" in container) == ("ModelPackageName" in container):
            raise validation(f"Container {number} must have Image or ModelPackageName, not both.")
        if "ModelPackageName" in container and _OF_PACKAGE & container.keys():
            raise validation(f"Container {number} has ModelPackageName, which says the artifacts.")
    named = ["ContainerHostname" in container for container in containers]
    if any(named) and not all(named):
        raise validation("ContainerHostname must be given for all containers or for none.")
    _check_environments(containers)


def containers_of(model: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the containers of a model, in order; those of a package in its place."""
    if RESOLVED in model:
        return list(model[RESOLVED])
    single = [model["PrimaryContainer"]] if "PrimaryContainer" in model else []
    found: list[dict[str, Any]] = model.get("Containers", single)
    return found


def _check_environments(containers: list[dict[str, Any]]) -> None:
    variables = [item for one in containers for item in one.get("Environment", {}).items()]
    size = sum(len(key.encode()) + len(value.encode()) for key, value in variables)
    if size > MOST_ENVIRONMENT_BYTES:
        raise validation(
            f"The environments of all containers have {size} bytes; the limit is 32 KB."
        )


def check_variants(variants: list[dict[str, Any]]) -> None:
    """Refuse production variants that cannot be, each alone and all together.

    Raises:
        ServiceError: ``ValidationException``, with every fault of its kind.
    """
    raise_if_any(
        [
            found
            for number, variant in enumerate(variants, start=1)
            for found in _variant_faults(f"productionVariants.{number}.member", variant)
        ]
    )
    names = Counter(variant["VariantName"] for variant in variants)
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise validation(f"Duplicate variant names are not allowed: {', '.join(twice)}.")
    serverless = [variant for variant in variants if "ServerlessConfig" in variant]
    if serverless and len(variants) > 1:
        raise validation("A serverless endpoint has exactly one variant.")


def check_shadows(production: list[dict[str, Any]], shadows: list[dict[str, Any]]) -> None:
    """Refuse shadow variants that cannot be.

    Raises:
        ServiceError: ``ValidationException``.
    """
    if not shadows:
        return
    if len(production) != 1 or len(shadows) != 1:
        raise validation("Shadow variants need exactly one production and one shadow variant.")
    both = [*production, *shadows]
    if any("ServerlessConfig" in variant for variant in both):
        raise validation("Shadow variants are not supported for serverless endpoints.")
    if production[0]["VariantName"] == shadows[0]["VariantName"]:
        name = shadows[0]["VariantName"]
        raise validation(f"Duplicate variant names are not allowed: {name}.")


def check_asynchronous(config: dict[str, Any]) -> None:
    """Refuse asynchronous inference where SageMaker has none.

    Raises:
        ServiceError: ``ValidationException``.
    """
    variants = config["ProductionVariants"]
    if "AsyncInferenceConfig" in config and any("ServerlessConfig" in item for item in variants):
        raise validation("Asynchronous inference is not supported for serverless endpoints.")


def check_capture(config: dict[str, Any]) -> None:
    """Refuse data capture where SageMaker has none.

    Raises:
        ServiceError: ``ValidationException``.
    """
    variants = config["ProductionVariants"]
    if "DataCaptureConfig" in config and any("ServerlessConfig" in item for item in variants):
        raise validation("Data capture is not supported for serverless endpoints.")


def _variant_faults(place: str, variant: dict[str, Any]) -> list[Fault]:
    if "ServerlessConfig" in variant:
        return _serverless_faults(place, variant)
    wanted = {"modelName": "ModelName", "instanceType": "InstanceType"}
    return [
        fault(None, f"{place}.{shown}", NOT_NULL)
        for shown, name in wanted.items()
        if name not in variant
    ]


def _serverless_faults(place: str, variant: dict[str, Any]) -> list[Fault]:
    config = variant["ServerlessConfig"]
    faults = []
    if "ModelName" not in variant:
        faults.append(fault(None, f"{place}.modelName", NOT_NULL))
    for name in ("InstanceType", "InitialInstanceCount", "VolumeSizeInGB", "AcceleratorType"):
        if name in variant:
            shown = name[0].lower() + name[1:]
            rule = "Member must be null where serverlessConfig is given"
            faults.append(fault(variant[name], f"{place}.{shown}", rule))
    memory = config["MemorySizeInMB"]
    if memory not in MEMORY_SIZES:
        sizes = ", ".join(map(str, MEMORY_SIZES))
        rule = f"Member must satisfy enum value set: [{sizes}]"
        faults.append(fault(memory, f"{place}.serverlessConfig.memorySizeInMB", rule))
    provisioned, most = config.get("ProvisionedConcurrency", 0), config["MaxConcurrency"]
    if provisioned > most:
        where = f"{place}.serverlessConfig.provisionedConcurrency"
        rule = f"Member must have value less than or equal to maxConcurrency, {most}"
        faults.append(fault(provisioned, where, rule))
    return faults


def check_variant_of_model(variant: dict[str, Any], model: dict[str, Any]) -> None:
    """Refuse a serverless variant of a model that needs instances.

    Raises:
        ServiceError: ``ValidationException``.
    """
    if "ServerlessConfig" not in variant:
        return
    name = model["ModelName"]
    if len(containers_of(model)) > 1:
        raise validation(f"Serverless inference does not support inference pipelines: {name}.")
    if "VpcConfig" in model:
        raise validation(f"Serverless inference does not support a VPC configuration: {name}.")
    if model.get("EnableNetworkIsolation"):
        raise validation(f"Serverless inference does not support network isolation: {name}.")
