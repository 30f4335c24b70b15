"""AutoML jobs: created, walked through the documented statuses, trained, stopped, listed."""

from __future__ import annotations

import threading
from typing import Any

from cdk_automlv2.local.sagemaker.caller import ACCOUNT, Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError, validation
from cdk_automlv2.local.sagemaker.faults import JOB_HANGS
from cdk_automlv2.local.sagemaker.trainer import Result, Trainer
from cdk_automlv2.local.sagemaker.world import Thing, World, arn_of

_BEFORE = (("Starting", 30), ("AnalyzingData", 90), ("FeatureEngineering", 60))
_AFTER = (("GeneratingExplainabilityReport", 60), ("GeneratingModelInsightsReport", 60))
_FOREVER_SECONDS = 30 * 24 * 3600


def create_auto_ml_job_v2(world: World, caller: Caller, request: Thing) -> Thing:
    """Start a job."""
    name = request["AutoMLJobName"]
    arn = arn_of("automl-job", name, caller.region)
    world.require_create(caller, "CreateAutoMLJobV2", arn, request)
    world.iam.require_pass_role(caller, request["RoleArn"])
    kind = next(iter(request["AutoMLProblemTypeConfig"]))
    _require_licence(request["AutoMLProblemTypeConfig"])
    now = world.clock.now()
    job: Thing = {
        **{key: value for key, value in request.items() if key != "Tags"},
        "AutoMLJobArn": arn,
        "AutoMLProblemTypeConfigName": kind.removesuffix("JobConfig"),
        "AutoMLJobStatus": "InProgress",
        "AutoMLJobSecondaryStatus": "Starting",
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    with world.lock:
        if name.lower() in world.jobs:
            raise ServiceError("ResourceInUse", f"AutoMLJob with name {name} already exists.")
        world.jobs[name.lower()] = job
        world.candidates[name.lower()] = []
        stop = world.stops[name.lower()] = threading.Event()
        world.keep_tags(arn, request)
    run = _Run(world, caller.region, job, stop)
    threading.Thread(target=run.walk, name=f"job-{name}", daemon=True).start()
    return {"AutoMLJobArn": arn}


def _require_licence(config: Thing) -> None:
    language = config.get("TextGenerationJobConfig", {})
    accepted = language.get("ModelAccessConfig", {}).get("AcceptEula")
    if language.get("BaseModelName", "").startswith("Llama2") and not accepted:
        raise validation(f"The EULA of {language['BaseModelName']} must be accepted.")


def describe_auto_ml_job_v2(world: World, caller: Caller, request: Thing) -> Thing:
    """Describe a job."""
    return dict(_find(world, caller, "DescribeAutoMLJobV2", request["AutoMLJobName"]))


def stop_auto_ml_job(world: World, caller: Caller, request: Thing) -> Thing:
    """Ask a job to stop; it takes a moment."""
    job = _find(world, caller, "StopAutoMLJob", request["AutoMLJobName"])
    with world.lock:
        if job["AutoMLJobStatus"] != "InProgress":
            raise validation(f"The job {job['AutoMLJobName']} is {job['AutoMLJobStatus']}.")
        job |= {"AutoMLJobStatus": "Stopping", "AutoMLJobSecondaryStatus": "Stopping"}
        world.stops[job["AutoMLJobName"].lower()].set()
    return {}


def list_auto_ml_jobs(world: World, caller: Caller, request: Thing) -> Thing:
    """List jobs, the newest first."""
    world.iam.require(caller, "sagemaker:ListAutoMLJobs", "*")
    part = request.get("NameContains", "").lower()
    wanted = request.get("StatusEquals")
    with world.lock:
        jobs = [
            job
            for job in world.jobs.values()
            if part in job["AutoMLJobName"].lower() and wanted in (None, job["AutoMLJobStatus"])
        ]
    return {"AutoMLJobSummaries": sorted(jobs, key=lambda job: job["CreationTime"], reverse=True)}


def list_candidates_for_auto_ml_job(world: World, caller: Caller, request: Thing) -> Thing:
    """List a job's candidates."""
    world.iam.require(caller, "sagemaker:ListCandidatesForAutoMLJob", "*")
    name = request["AutoMLJobName"]
    with world.lock:
        if name.lower() not in world.jobs:
            raise ServiceError("ResourceNotFound", f"AutoML job {name} does not exist.")
        found = [
            candidate
            for candidate in world.candidates[name.lower()]
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


def _find(world: World, caller: Caller, action: str, name: str) -> Thing:
    world.iam.require(caller, f"sagemaker:{action}", arn_of("automl-job", name, caller.region))
    with world.lock:
        job = world.jobs.get(name.lower())
    if job is None:
        raise ServiceError("ResourceNotFound", f"AutoML job {name} does not exist.")
    return job


class _Run:
    """One job's walk from Starting to its end; runs in a thread of its own."""

    def __init__(self, world: World, region: str, job: Thing, stop: threading.Event) -> None:
        self._world = world
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
        elif self._world.faults.take(JOB_HANGS):
            self._world.clock.wait(_FOREVER_SECONDS, self._stop)
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
        environment = self._world.iam.role_environment(self._job["RoleArn"], self._region)
        return Trainer(self._job, environment, self._add, ACCOUNT, self._region).run(self._stop)

    def _add(self, candidate: Thing) -> None:
        """Keep a candidate, the best so far shown in the job."""
        now = self._world.clock.now()
        candidate |= {"CreationTime": now, "LastModifiedTime": now, "EndTime": now}
        with self._world.lock:
            known = self._world.candidates[self._name.lower()]
            known.append(candidate)
            self._job["BestCandidate"] = max(known, key=_merit)

    def _phase(self, status: str, seconds: float) -> bool:
        self._status(status)
        return not self._world.clock.wait(seconds, self._stop)

    def _status(self, secondary: str) -> None:
        with self._world.lock:
            if self._job["AutoMLJobStatus"] == "InProgress":
                now = self._world.clock.now()
                self._job |= {"AutoMLJobSecondaryStatus": secondary, "LastModifiedTime": now}

    def _stopped(self) -> None:
        self._end("Stopped", "Stopped")

    def _end(self, status: str, secondary: str, **more: Any) -> None:
        now = self._world.clock.now()
        with self._world.lock:
            self._job |= {
                "AutoMLJobStatus": status,
                "AutoMLJobSecondaryStatus": secondary,
                "EndTime": now,
                "LastModifiedTime": now,
                **more,
            }


def _value(candidate: Thing) -> float:
    return float(candidate.get("FinalAutoMLJobObjectiveMetric", {}).get("Value", 0))


def _merit(candidate: Thing) -> float:
    kind = candidate.get("FinalAutoMLJobObjectiveMetric", {}).get("Type")
    return -_value(candidate) if kind == "Minimize" else _value(candidate)
