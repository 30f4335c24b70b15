"""What a changed property of a job calls for; a property without a row is an error.

A new row is needed for every property that the construct renders: a test compares both.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final


class Change(Enum):
    """How a change of one property is carried out."""

    TRAINS = "a new job is trained; the old one stays until the new one is good"
    IN_PLACE = "the job is kept and changed"
    NEXT_JOB = "the job is kept; the next one uses the new value"


JOB: Final[Mapping[str, Change]] = {
    "AutoMLComputeConfig": Change.TRAINS,
    "AutoMLJobInputDataConfig": Change.TRAINS,
    "AutoMLJobName": Change.TRAINS,
    "AutoMLJobObjective": Change.TRAINS,
    "AutoMLProblemTypeConfig": Change.TRAINS,
    "BaseName": Change.NEXT_JOB,
    "DataSplitConfig": Change.TRAINS,
    "DefaultBucket": Change.NEXT_JOB,
    "ModelDeployConfig": Change.TRAINS,
    "NameScope": Change.NEXT_JOB,
    "OutputDataConfig": Change.TRAINS,
    "Revision": Change.TRAINS,
    "RoleArn": Change.NEXT_JOB,
    "SecurityConfig": Change.TRAINS,
    "ServiceTimeout": Change.NEXT_JOB,
    "ServiceToken": Change.NEXT_JOB,
    "StateMachineArn": Change.NEXT_JOB,
    "Tags": Change.IN_PLACE,
}


MODEL_CONTENT: Final = (
    "Artifacts",
    "AutoMLJobName",
    "CandidateName",
    "Containers",
    "EnableNetworkIsolation",
    "ExecutionRoleArn",
    "InferenceResponseKeys",
    "ModelName",
    "ProcessingUnit",
    "VpcConfig",
)
"""Properties whose change is another model."""

PACKAGE_CONTENT: Final = ("ContainersDigest", "ModelPackage")
"""The same of a model from the registry; no other has them."""

ENDPOINT_NAME: Final = "EndpointName"
"""Property whose change is another endpoint."""

NOT_SERVED: Final = frozenset(
    {
        *("BaseName", "MoreLinks", "NameScope", "RetainAllVariantProperties", "Retained"),
        *("Scaling", "ServiceTimeout", "ServiceToken", "StateMachineArn", "Stops", "Tags"),
        *("Wait", "WaitSeconds"),
    }
)
"""Properties of an endpoint whose change moves it to no other configuration."""


NOT_RUN: Final = frozenset(
    {
        *("Key", "MoreLinks", "NamePrefix", "NameScope", "Once", "ServiceTimeout", "ServiceToken"),
        *("StateMachineArn", "Tags", "TransformMachineArn", "Triggered", "Wait", "WaitSeconds"),
    }
)
"""Properties of a batch transform whose change alone begins no other run."""


def training_part(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that decide what is trained.

    The name of the stack's own bucket, which CloudFormation makes up, is left out of them: a stack
    deleted and deployed again has another one, and learns nothing else by that.

    Raises:
        KeyError: If a property has no row.
    """
    bucket = properties.get("DefaultBucket")
    chosen = {key: value for key, value in properties.items() if JOB[key] is Change.TRAINS}
    made: dict[str, Any] = _without(f"s3://{bucket}/", chosen) if bucket else chosen
    return made


def _without(place: str, value: Any) -> Any:
    match value:
        case list():
            return [_without(place, item) for item in value]
        case Mapping():
            return {key: _without(place, item) for key, item in value.items()}
    return f"s3:///{value.removeprefix(place)}" if str(value).startswith(place) else value
