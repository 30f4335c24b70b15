"""What a status of SageMaker means for whoever waits: one table, and the words for its bad ends.

A status that is not in the table is new: it is waited for.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final


class Verdict(Enum):
    """What a status means for whoever waits."""

    MOVING = "wait"
    GOOD = "what was waited for is there"
    BAD = "it will not come"


ENDPOINT: Final[Mapping[str, Verdict]] = {
    "Creating": Verdict.MOVING,
    "Deleting": Verdict.MOVING,
    "RollingBack": Verdict.MOVING,
    "SystemUpdating": Verdict.MOVING,
    "Updating": Verdict.MOVING,
    "InService": Verdict.GOOD,
    "Failed": Verdict.BAD,
    "OutOfService": Verdict.BAD,
    "UpdateRollbackFailed": Verdict.BAD,
}
JOB: Final[Mapping[str, Verdict]] = {
    "InProgress": Verdict.MOVING,
    "Stopping": Verdict.MOVING,
    "Completed": Verdict.GOOD,
    "Failed": Verdict.BAD,
    "Stopped": Verdict.BAD,
}
TRANSFORM: Final[Mapping[str, Verdict]] = JOB
"""Transform jobs have the statuses of AutoML jobs."""

RETRAIN: Final = 'set revision="..." to train again'


def of_endpoint(endpoint: Mapping[str, Any], config: str) -> Verdict:
    """Return what an endpoint's state means for whoever waits for it to serve ``config``."""
    verdict = ENDPOINT.get(endpoint["EndpointStatus"], Verdict.MOVING)
    if verdict is Verdict.GOOD and endpoint["EndpointConfigName"] != config:
        return Verdict.BAD
    return verdict


def of_job(job: Mapping[str, Any]) -> Verdict:
    """Return what a job's state means for whoever waits for its end."""
    return JOB.get(job["AutoMLJobStatus"], Verdict.MOVING)


def is_moving(endpoint: Mapping[str, Any]) -> bool:
    """Whether an endpoint is on its way, so that SageMaker neither updates nor deletes it."""
    return ENDPOINT.get(endpoint["EndpointStatus"], Verdict.MOVING) is Verdict.MOVING


def can_only_be_deleted(endpoint: Mapping[str, Any]) -> bool:
    """Whether an endpoint serves nothing, and SageMaker takes no update of it."""
    return endpoint["EndpointStatus"] in ("Failed", "OutOfService")


def endpoint_ended(endpoint: Mapping[str, Any], *, was_updated: bool) -> str:
    """Return how an endpoint that does not serve what was wanted has ended, and why."""
    name, status = endpoint["EndpointName"], endpoint["EndpointStatus"]
    reason = endpoint.get("FailureReason") or "SageMaker gave no reason; see the endpoint's log"
    if status == "InService" and was_updated:
        return f"endpoint {name!r} was rolled back to its former configuration: {reason}"
    return f"endpoint {name!r} ended as {status}: {reason}"


def job_ended(job: Mapping[str, Any]) -> str:
    """Return how a job without a result has ended, and why."""
    name, status = job["AutoMLJobName"], job["AutoMLJobStatus"]
    if status == "Stopped":
        return f"AutoML job {name!r} was stopped before its end; {RETRAIN}"
    reason = job.get("FailureReason") or "SageMaker gave no reason"
    return f"AutoML job {name!r} {status.lower()}: {reason}"


def of_transform(job: Mapping[str, Any]) -> Verdict:
    """Return what a transform job's state means for whoever waits for its end."""
    return TRANSFORM.get(job["TransformJobStatus"], Verdict.MOVING)


def transform_ended(job: Mapping[str, Any]) -> str:
    """Return how a transform job that did not complete has ended, and why, in one line."""
    name, status = job["TransformJobName"], job["TransformJobStatus"]
    if status == "Stopped":
        return f"transform job {name!r} was stopped before its end"
    reason = " ".join(str(job.get("FailureReason") or "SageMaker gave no reason").split())
    where = "the containers' words are in the log group /aws/sagemaker/TransformJobs"
    return f"transform job {name!r} {status.lower()}: {reason}; {where}"
