"""From an operation's name to what carries it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cdk_automlv2._core import service_model
from cdk_automlv2.local.sagemaker import protocol
from cdk_automlv2.local.sagemaker.autoscaling.operations import OPERATIONS as AUTOSCALING
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.operations import (
    capacities,
    endpoints,
    jobs,
    model_groups,
    model_packages,
    models,
    tagging,
    transforms,
)
from cdk_automlv2.local.sagemaker.state import Record, State

Operation = Callable[[State, Caller, Record], Record]

OPERATIONS: dict[str, Operation] = {
    "AddTags": tagging.add_tags,
    "CreateAutoMLJobV2": jobs.create_auto_ml_job_v2,
    "CreateEndpoint": endpoints.create_endpoint,
    "CreateEndpointConfig": models.create_endpoint_config,
    "CreateModel": models.create_model,
    "CreateModelPackage": model_packages.create_model_package,
    "CreateModelPackageGroup": model_groups.create_model_package_group,
    "CreateTransformJob": transforms.create_transform_job,
    "DeleteEndpoint": endpoints.delete_endpoint,
    "DeleteEndpointConfig": models.delete_endpoint_config,
    "DeleteModel": models.delete_model,
    "DeleteModelPackage": model_packages.delete_model_package,
    "DeleteModelPackageGroup": model_groups.delete_model_package_group,
    "DeleteModelPackageGroupPolicy": model_groups.delete_model_package_group_policy,
    "DeleteTags": tagging.delete_tags,
    "DescribeAutoMLJob": jobs.describe_auto_ml_job,
    "DescribeAutoMLJobV2": jobs.describe_auto_ml_job_v2,
    "DescribeEndpoint": endpoints.describe_endpoint,
    "DescribeEndpointConfig": models.describe_endpoint_config,
    "DescribeModel": models.describe_model,
    "DescribeModelPackage": model_packages.describe_model_package,
    "DescribeModelPackageGroup": model_groups.describe_model_package_group,
    "DescribeTransformJob": transforms.describe_transform_job,
    "GetModelPackageGroupPolicy": model_groups.get_model_package_group_policy,
    "ListAutoMLJobs": jobs.list_auto_ml_jobs,
    "ListCandidatesForAutoMLJob": jobs.list_candidates_for_auto_ml_job,
    "ListEndpointConfigs": models.list_endpoint_configs,
    "ListEndpoints": endpoints.list_endpoints,
    "ListModelPackageGroups": model_groups.list_model_package_groups,
    "ListModelPackages": model_packages.list_model_packages,
    "ListModels": models.list_models,
    "ListTags": tagging.list_tags,
    "ListTransformJobs": transforms.list_transform_jobs,
    "PutModelPackageGroupPolicy": model_groups.put_model_package_group_policy,
    "StopAutoMLJob": jobs.stop_auto_ml_job,
    "StopTransformJob": transforms.stop_transform_job,
    "UpdateEndpoint": endpoints.update_endpoint,
    "UpdateEndpointWeightsAndCapacities": capacities.update_endpoint_weights_and_capacities,
    "UpdateModelPackage": model_packages.update_model_package,
}


_OF_SERVICE = {
    service_model.SAGEMAKER: ("the local SageMaker", OPERATIONS),
    "application-autoscaling": ("the local Application Auto Scaling", AUTOSCALING),
}


def control(state: State, headers: Any, body: bytes) -> bytes:
    """Carry out one request of the control plane and return the answer's body.

    Raises:
        ServiceError: What the service refuses, and what this one does not know.
    """
    service, operation = protocol.operation_of(headers.get("x-amz-target", ""))
    name, table = _OF_SERVICE[service]
    if operation not in table:
        known = operation in service_model.operations(service)
        words = f"{name} does not have" if known else "there is no operation"
        raise ServiceError("UnknownOperationException", f"{words} {operation}")
    caller = Caller.from_headers(headers)
    state.rates.admit(operation)
    state.faults.raise_if_planned(operation)
    request = protocol.parse(operation, body, service)
    return protocol.serialise(operation, table[operation](state, caller, request), service)
