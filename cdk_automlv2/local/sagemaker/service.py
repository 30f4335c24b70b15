"""From an operation's name to what carries it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cdk_automlv2._core import service_model
from cdk_automlv2.local.sagemaker import protocol
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.operations import endpoints, jobs, models, tagging
from cdk_automlv2.local.sagemaker.state import Record, State

Operation = Callable[[State, Caller, Record], Record]

OPERATIONS: dict[str, Operation] = {
    "AddTags": tagging.add_tags,
    "CreateAutoMLJobV2": jobs.create_auto_ml_job_v2,
    "CreateEndpoint": endpoints.create_endpoint,
    "CreateEndpointConfig": models.create_endpoint_config,
    "CreateModel": models.create_model,
    "DeleteEndpoint": endpoints.delete_endpoint,
    "DeleteEndpointConfig": models.delete_endpoint_config,
    "DeleteModel": models.delete_model,
    "DeleteTags": tagging.delete_tags,
    "DescribeAutoMLJob": jobs.describe_auto_ml_job,
    "DescribeAutoMLJobV2": jobs.describe_auto_ml_job_v2,
    "DescribeEndpoint": endpoints.describe_endpoint,
    "DescribeEndpointConfig": models.describe_endpoint_config,
    "DescribeModel": models.describe_model,
    "ListAutoMLJobs": jobs.list_auto_ml_jobs,
    "ListCandidatesForAutoMLJob": jobs.list_candidates_for_auto_ml_job,
    "ListEndpointConfigs": models.list_endpoint_configs,
    "ListEndpoints": endpoints.list_endpoints,
    "ListModels": models.list_models,
    "ListTags": tagging.list_tags,
    "StopAutoMLJob": jobs.stop_auto_ml_job,
    "UpdateEndpoint": endpoints.update_endpoint,
}


def control(state: State, headers: Any, body: bytes) -> bytes:
    """Carry out one request of the control plane and return the answer's body.

    Raises:
        ServiceError: What the service refuses, and what this one does not know.
    """
    operation = protocol.operation_of(headers.get("x-amz-target", ""))
    if operation not in OPERATIONS:
        known = operation in service_model.operations()
        words = "the local SageMaker does not have" if known else "there is no operation"
        raise ServiceError("UnknownOperationException", f"{words} {operation}")
    caller = Caller.from_headers(headers)
    state.rates.admit(operation)
    state.faults.raise_if_planned(operation)
    request = protocol.parse(operation, body)
    return protocol.serialise(operation, OPERATIONS[operation](state, caller, request))
