"""What a job is busy with, in three words instead of twenty statuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

PREPARE: Final = "prepare data"
TRAIN: Final = "train"
REPORT: Final = "reports"
DEPLOY: Final = "deploy"
ORDER: Final = (PREPARE, TRAIN, REPORT, DEPLOY)

_PHASES: Final[Mapping[str, str]] = {
    "Starting": PREPARE,
    "AnalyzingData": PREPARE,
    "FeatureEngineering": PREPARE,
    "PreTraining": PREPARE,
    "ModelTuning": TRAIN,
    "TrainingModels": TRAIN,
    "MaxCandidatesReached": TRAIN,
    "MaxAutoMLJobRuntimeReached": TRAIN,
    "GeneratingExplainabilityReport": REPORT,
    "GeneratingModelInsightsReport": REPORT,
    "DeployingModel": DEPLOY,
}


def state_of(job: Mapping[str, Any]) -> str:
    """Return the status of a job as SageMaker describes it, with its phase where that says more."""
    status, phase = job["AutoMLJobStatus"], job["AutoMLJobSecondaryStatus"]
    return str(status) if status == phase else f"{status} ({phase})"


def phase_of(secondary: str) -> str:
    """Return the phase of a secondary status; empty for an end, and for one not known."""
    return _PHASES.get(secondary, "")
