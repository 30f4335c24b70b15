"""What ``ModelDeployConfig`` asks of a job: an endpoint of its best candidate.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelDeployConfig.html
"""

from __future__ import annotations

import threading

from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.operations import endpoints, models
from cdk_automlv2.local.sagemaker.state import ENDPOINT, Record, State

_POLL_SECONDS = 15
_INSTANCE_TYPE = "ml.m5.12xlarge"
_GPU_INSTANCE_TYPE = "ml.g5.12xlarge"


def deploy(state: State, caller: Caller, job: Record, stop: threading.Event) -> str:
    """Serve a job's best candidate; returns the endpoint's name, or none if it did not come up.

    Raises:
        ServiceError: If the model, its configuration or the endpoint cannot be made.
    """
    name = job["ModelDeployConfig"].get("EndpointName") or f"automl-{job['AutoMLJobName']}"
    candidate = job["BestCandidate"]
    by_unit = candidate.get("InferenceContainerDefinitions", {})
    containers = candidate.get("InferenceContainers") or by_unit.get("CPU") or by_unit["GPU"]
    model = {"ModelName": name, "ExecutionRoleArn": job["RoleArn"], "Containers": containers}
    models.create_model(state, caller, model)
    kind = _GPU_INSTANCE_TYPE if set(by_unit) == {"GPU"} else _INSTANCE_TYPE
    variant = {"VariantName": name, "ModelName": name, "InstanceType": kind}
    config = {"EndpointConfigName": name, "ProductionVariants": [variant]}
    models.create_endpoint_config(state, caller, config)
    endpoint = {"EndpointName": name, "EndpointConfigName": name}
    arn = endpoints.create_endpoint(state, caller, endpoint)["EndpointArn"]
    while _status(state, arn) == "Creating":
        if state.clock.wait(_POLL_SECONDS, stop):
            return ""
    return name if _status(state, arn) == "InService" else ""


def _status(state: State, arn: str) -> str:
    with state.lock:
        endpoint = state.store_of(ENDPOINT).get(arn, {})
        return str(endpoint.get("EndpointStatus", ""))
