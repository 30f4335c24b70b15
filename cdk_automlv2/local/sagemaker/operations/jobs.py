"""AutoML jobs: created, walked through the documented statuses, trained, stopped, listed."""

from __future__ import annotations

import threading
from typing import Any

from cdk_automlv2.local.sagemaker.caller import ACCOUNT, Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError, validation
from cdk_automlv2.local.sagemaker.faults import JOB_HANGS
from cdk_automlv2.local.sagemaker.state import Record, State, arn_of
from cdk_automlv2.local.sagemaker.trainer import Result, Trainer

_BEFORE = (("Starting", 30), ("AnalyzingData", 90), ("FeatureEngineering", 60))
_AFTER = (("GeneratingExplainabilityReport", 60), ("GeneratingModelInsightsReport", 60))
_FOREVER_SECONDS = 30 * 24 * 3600


def create_auto_ml_job_v2(state: State, caller: Caller, request: Record) -> Record:
    """Start a job."""
    name = request["AutoMLJobName"]
    arn = arn_of("automl-job", name, caller.region)
    state.require_create(caller, "CreateAutoMLJobV2", arn, request)
    state.iam.require_pass_role(caller, request["RoleArn"])
    kind = next(iter(request["AutoMLProblemTypeConfig"]))
    _require_licence(request["AutoMLProblemTypeConfig"])
    now = state.clock.now()
    job: Record = {
        **{key: value for key, value in request.items() if key != "Tags"},
        "AutoMLJobArn": arn,
        "AutoMLProblemTypeConfigName": kind.removesuffix("JobConfig"),
        "AutoMLJobStatus": "InProgress",
        "AutoMLJobSecondaryStatus": "Starting",
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    with state.lock:
        if name.lower() in state.jobs:
            raise ServiceError("ResourceInUse", f"AutoMLJob with name {name} already exists.")
        state.jobs[name.lower()] = job
        state.candidates[name.lower()] = []
        stop = state.stops[name.lower()] = threading.Event()
        state.keep_tags(arn, request)
    run = _Run(state, caller.region, job, stop)
    threading.Thread(target=run.walk, name=f"job-{name}", daemon=True).start()
    return {"AutoMLJobArn": arn}


def _require_licence(config: Record) -> None:
    language = config.get("TextGenerationJobConfig", {})
    accepted = language.get("ModelAccessConfig", {}).get("AcceptEula")
    if language.get("BaseModelName", "").startswith("Llama2") and not accepted:
        raise validation(f"The EULA of {language['BaseModelName']} must be accepted.")


def describe_auto_ml_job_v2(state: State, caller: Caller, request: Record) -> Record:
    """Describe a job."""
    return dict(_find(state, caller, "DescribeAutoMLJobV2", request["AutoMLJobName"]))


def stop_auto_ml_job(state: State, caller: Caller, request: Record) -> Record:
    """Ask a job to stop; it takes a moment."""
    job = _find(state, caller, "StopAutoMLJob", request["AutoMLJobName"])
    with state.lock:
        if job["AutoMLJobStatus"] != "InProgress":
            raise validation(f"The job {job['AutoMLJobName']} is {job['AutoMLJobStatus']}.")
        job |= {"AutoMLJobStatus": "Stopping", "AutoMLJobSecondaryStatus": "Stopping"}
        state.stops[job["AutoMLJobName"].lower()].set()
    return {}


def list_auto_ml_jobs(state: State, caller: Caller, request: Record) -> Record:
    """List jobs, the newest first."""
    state.iam.require(caller, "sagemaker:ListAutoMLJobs", "*")
    part = request.get("NameContains", "").lower()
    wanted = request.get("StatusEquals")
    with state.lock:
        jobs = [
            job
            for job in state.jobs.values()
            if part in job["AutoMLJobName"].lower() and wanted in (None, job["AutoMLJobStatus"])
        ]
    return {"AutoMLJobSummaries": sorted(jobs, key=lambda job: job["CreationTime"], reverse=True)}


def list_candidates_for_auto_ml_job(state: State, caller: Caller, request: Record) -> Record:
    """List a job's candidates."""
    state.iam.require(caller, "sagemaker:ListCandidatesForAutoMLJob", "*")
    name = request["AutoMLJobName"]
    with state.lock:
        if name.lower() not in state.jobs:
            raise ServiceError("ResourceNotFound", f"AutoML job {name} does not exist.")
        found = [
            candidate
            for candidate in state.candidates[name.lower()]
            if request.get("StatusEquals") in (None, candidate["CandidateStatus"])
            and request.get("CandidateNameEquals") in (None, candidate["CandidateName"])
        ]
    keys: dict[str, Any] = {
        "CreationTime": lambda item: item["CreationTime"],
        "Status": lambda item: item["CandidateStatus"],
        "FinalObjectiveMetricValue": _value,
    }
    found.sort(
        key=keys[request.get("SortBy", "CreationTime")],
        reverse=request.get("SortOrder") == "Descending",
    )
    return {"Candidates": found[: request.get("MaxResults", len(found) or 1)]}


def _find(state: State, caller: Caller, action: str, name: str) -> Record:
    state.require(caller, action, arn_of("automl-job", name, caller.region))
    with state.lock:
        job = state.jobs.get(name.lower())
    if job is None:
        raise ServiceError("ResourceNotFound", f"AutoML job {name} does not exist.")
    return job


class _Run:
    """One job's walk from Starting to its end; runs in a thread of its own."""

    def __init__(self, state: State, region: str, job: Record, stop: threading.Event) -> None:
        self._state = state
        self._region = region
        self._job = job
        self._stop = stop
        self._name = job["AutoMLJobName"]

    def walk(self) -> None:
        try:
            self._walk()
        except Exception as error:
            self._end("Failed", "Failed", FailureReason=f"{type(error).__name__}: {error}"[:1024])

    def _walk(self) -> None:
        if not all(self._phase(status, seconds) for status, seconds in _BEFORE):
            self._stopped()
        elif self._only_definitions():
            self._end("Completed", "CandidateDefinitionsGenerated")
        elif self._state.faults.take(JOB_HANGS):
            self._state.clock.wait(_FOREVER_SECONDS, self._stop)
            self._stopped()
        else:
            self._status("ModelTuning")
            self._finish(self._train())

    def _only_definitions(self) -> bool:
        config = self._job["AutoMLProblemTypeConfig"].get("TabularJobConfig", {})
        return config.get("GenerateCandidateDefinitionsOnly") is True

    def _finish(self, result: Result) -> None:
        if self._stop.is_set():
            self._stopped()
        elif result.failure:
            self._end("Failed", "Failed", FailureReason=result.failure[:1024])
        elif all(self._phase(status, seconds) for status, seconds in _AFTER):
            self._end("Completed", "Completed", **result.attributes)
        else:
            self._stopped()

    def _train(self) -> Result:
        key = self._job.get("SecurityConfig", {}).get("VolumeKmsKeyId")
        if key:
            self._state.iam.require_grant(self._job["RoleArn"], self._region, key)
        environment = self._state.iam.role_environment(self._job["RoleArn"], self._region)
        return Trainer(self._job, environment, self._add, ACCOUNT, self._region).run(self._stop)

    def _add(self, candidate: Record) -> None:
        """Keep a candidate, the best so far shown in the job."""
        now = self._state.clock.now()
        candidate |= {"CreationTime": now, "LastModifiedTime": now, "EndTime": now}
        with self._state.lock:
            known = self._state.candidates[self._name.lower()]
            known.append(candidate)
            self._job["BestCandidate"] = max(known, key=_merit)

    def _phase(self, status: str, seconds: float) -> bool:
        self._status(status)
        return not self._state.clock.wait(seconds, self._stop)

    def _status(self, secondary: str) -> None:
        with self._state.lock:
            if self._job["AutoMLJobStatus"] == "InProgress":
                now = self._state.clock.now()
                self._job |= {"AutoMLJobSecondaryStatus": secondary, "LastModifiedTime": now}

    def _stopped(self) -> None:
        self._end("Stopped", "Stopped")

    def _end(self, status: str, secondary: str, **more: Any) -> None:
        now = self._state.clock.now()
        with self._state.lock:
            self._job |= {
                "AutoMLJobStatus": status,
                "AutoMLJobSecondaryStatus": secondary,
                "EndTime": now,
                "LastModifiedTime": now,
                **more,
            }


def _value(candidate: Record) -> float:
    return float(candidate.get("FinalAutoMLJobObjectiveMetric", {}).get("Value", 0))


def _merit(candidate: Record) -> float:
    kind = candidate.get("FinalAutoMLJobObjectiveMetric", {}).get("Type")
    return -_value(candidate) if kind == "Minimize" else _value(candidate)
