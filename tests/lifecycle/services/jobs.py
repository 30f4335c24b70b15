"""AutoML jobs and their candidates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .account import PLACE
from .errors import client_error, invalid
from .naming import Naming

CONTAINER = {
    "Image": "1.dkr.ecr/autogluon",
    "ModelDataUrl": "s3://out/model.tar.gz",
    "Environment": {"SAGEMAKER_INFERENCE_SUPPORTED": "predicted_label,probability"},
}
_STOP_SECONDS = 60


class Jobs(Naming):
    """The operations on AutoML jobs.

    Attributes:
        job_seconds: How long a job takes.
        job_end: How the jobs that are started from now on will end.
        best_candidate: What they will have found.
        jobs: Every job, by its name in lower case; none ever goes.
        winners_differ: Whether each job's winner is an artifact of its own.
        candidate_names: What the list of candidates shows.
    """

    def __init__(self) -> None:
        super().__init__()
        self.job_seconds = 600.0
        self.job_end: dict[str, Any] = {"AutoMLJobStatus": "Completed"}
        self.best_candidate: dict[str, Any] | None = candidate("best")
        self.jobs: dict[str, dict[str, Any]] = {}
        self.winners_differ = False
        self.candidate_names = ["best", "second"]

    def _create_auto_ml_job_v2(self, AutoMLJobName: str, **request: Any) -> dict[str, Any]:  # noqa: N803
        if AutoMLJobName.lower() in self.jobs:
            words = f"Cannot create already existing AutoML job {AutoMLJobName}"
            raise client_error("CreateAutoMLJobV2", "ResourceInUse", words)
        arn = f"{PLACE}:automl-job/{AutoMLJobName.lower()}"
        self.jobs[AutoMLJobName.lower()] = {
            "AutoMLJobName": AutoMLJobName,
            "AutoMLJobArn": arn,
            "Request": request,
            "Created": self.now,
            "End": dict(self.job_end),
            "BestCandidate": self._winner_of(AutoMLJobName),
        }
        self.made_at[arn] = self.now
        self.tag_at_creation(arn, request)
        return {"AutoMLJobArn": arn}

    def _winner_of(self, name: str) -> dict[str, Any] | None:
        best = self.best_candidate
        if best is None or not self.winners_differ:
            return best
        artifact = {"ModelDataUrl": f"s3://out/{name}/model.tar.gz"}
        return best | {"InferenceContainers": [CONTAINER | artifact]}

    def _describe_auto_ml_job_v2(self, AutoMLJobName: str) -> dict[str, Any]:  # noqa: N803
        job = self.jobs.get(AutoMLJobName.lower())
        if job is None or self.now - job["Created"] < self.lags.describes:
            words = f"AutoML job {AutoMLJobName} does not exist"
            raise client_error("DescribeAutoMLJobV2", "ResourceNotFound", words)
        shown = {key: job[key] for key in ("AutoMLJobName", "AutoMLJobArn")}
        shown |= {key: job["Request"][key] for key in _SHOWN if key in job["Request"]}
        shown["CreationTime"] = datetime.fromtimestamp(job["Created"], UTC)
        if "Stopped" in job:
            ended = self.now - job["Stopped"] >= _STOP_SECONDS
            status = "Stopped" if ended else "Stopping"
            return {**shown, "AutoMLJobStatus": status, "AutoMLJobSecondaryStatus": status}
        if self.now - job["Created"] < self.job_seconds:
            status = {"AutoMLJobStatus": "InProgress", "AutoMLJobSecondaryStatus": "ModelTuning"}
            return {**shown, **status}
        end = {"AutoMLJobSecondaryStatus": job["End"]["AutoMLJobStatus"], **job["End"]}
        best = job["BestCandidate"] if end["AutoMLJobStatus"] == "Completed" else None
        return {**shown, **end, **({"BestCandidate": best} if best else {})}

    def _stop_auto_ml_job(self, AutoMLJobName: str) -> dict[str, Any]:  # noqa: N803
        status = self._describe_auto_ml_job_v2(AutoMLJobName)["AutoMLJobStatus"]
        if status != "InProgress":
            words = f"The job cannot be stopped, as its status is {status}"
            raise invalid("StopAutoMLJob", words)
        self.jobs[AutoMLJobName.lower()]["Stopped"] = self.now
        return {}

    def _list_candidates_for_auto_ml_job(self, **request: Any) -> dict[str, Any]:
        wanted = request.get("CandidateNameEquals")
        winner = self.jobs.get(request["AutoMLJobName"].lower(), {}).get("BestCandidate") or {}
        known = [
            winner if name == winner.get("CandidateName") else candidate(name)
            for name in self.candidate_names
        ]
        found = [item for item in known if wanted in (None, item["CandidateName"])]
        start = int(request.get("NextToken", 0))
        page = {"Candidates": found[start : start + self.page]}
        more = start + self.page < len(found)
        return page | ({"NextToken": str(start + self.page)} if more else {})

    def _list_auto_ml_jobs(self, **request: Any) -> dict[str, Any]:
        seen = [j for j in self.jobs.values() if self.now - j["Created"] >= self.lags.lists]
        shown = [self._described(job["AutoMLJobName"]) for job in seen]
        status = request.get("StatusEquals")
        found = [job for job in shown if job and status in (None, job["AutoMLJobStatus"])]
        return self.page_of(found, "AutoMLJobSummaries", "AutoMLJobName", request)

    def _described(self, name: str) -> dict[str, Any]:
        lag, self.lags.describes = self.lags.describes, 0.0
        try:
            return self._describe_auto_ml_job_v2(name)
        finally:
            self.lags.describes = lag


_SHOWN = (
    *("AutoMLJobInputDataConfig", "AutoMLJobObjective", "AutoMLProblemTypeConfig"),
    *("DataSplitConfig", "OutputDataConfig", "RoleArn", "SecurityConfig"),
)
"""What a description repeats of the request."""


def candidate(name: str, **more: Any) -> dict[str, Any]:
    """Return a candidate that has done well."""
    return {
        "CandidateName": name,
        "CandidateStatus": "Completed",
        "FinalAutoMLJobObjectiveMetric": {"MetricName": "F1", "Value": 0.97},
        "InferenceContainers": [CONTAINER],
        **more,
    }
