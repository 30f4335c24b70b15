"""AutoML jobs: created, walked through the documented statuses, trained, stopped, listed."""

from __future__ import annotations

import threading
from typing import Any

from cdk_automlv2.local.sagemaker import request_rules
from cdk_automlv2.local.sagemaker.caller import Caller
from cdk_automlv2.local.sagemaker.errors import ServiceError, not_found, validation
from cdk_automlv2.local.sagemaker.faults import JOB_HANGS
from cdk_automlv2.local.sagemaker.job_candidates import JobCandidates
from cdk_automlv2.local.sagemaker.operations import one_click
from cdk_automlv2.local.sagemaker.operations.tagging import check_tags
from cdk_automlv2.local.sagemaker.paging import Listing
from cdk_automlv2.local.sagemaker.state import JOB, Record, State
from cdk_automlv2.local.sagemaker.trainer import Result, Trainer

_BEFORE = (("Starting", 30), ("AnalyzingData", 90), ("FeatureEngineering", 60))
_AFTER = (("GeneratingExplainabilityReport", 60), ("GeneratingModelInsightsReport", 60))
_FOREVER_SECONDS = 30 * 24 * 3600
_RESOLVED = ("AutoMLJobObjective", "CompletionCriteria", "AutoMLProblemTypeResolvedAttributes")


def create_auto_ml_job_v2(state: State, caller: Caller, request: Record) -> Record:
    """Start a job."""
    name = request["AutoMLJobName"]
    arn = caller.arn(JOB.name, name)
    state.require_create(caller, "CreateAutoMLJobV2", arn, request)
    check_tags(request.get("Tags", []))
    request_rules.check_job(request)
    state.iam.require_pass_role(caller, request["RoleArn"])
    kind = next(iter(request["AutoMLProblemTypeConfig"]))
    now = state.clock.now()
    job: Record = {
        **{key: value for key, value in request.items() if key != "Tags"},
        "AutoMLJobArn": arn,
        "AutoMLProblemTypeConfigName": kind.removesuffix("JobConfig"),
        "AutoMLJobStatus": "InProgress",
        "AutoMLJobSecondaryStatus": "Starting",
        "ResolvedAttributes": _asked_for(request),
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    with state.lock:
        if arn in state.jobs:
            raise ServiceError("ResourceInUse", f"AutoMLJob with name {name} already exists.")
        state.jobs[arn] = job
        state.candidates[arn] = []
        stop = state.stops[arn] = threading.Event()
        state.keep_tags(arn, request)
    run = _Run(state, caller, job, stop)
    threading.Thread(target=run.walk, name=f"job-{name}", daemon=True).start()
    return {"AutoMLJobArn": arn}


def _asked_for(request: Record) -> Record:
    """Return what is resolved before the data are looked at: what the request itself says."""
    config = next(iter(request["AutoMLProblemTypeConfig"].values()))
    resolved: Record = {"CompletionCriteria": config.get("CompletionCriteria", {})}
    if "AutoMLJobObjective" in request:
        resolved["AutoMLJobObjective"] = request["AutoMLJobObjective"]
    return resolved


def describe_auto_ml_job_v2(state: State, caller: Caller, request: Record) -> Record:
    """Describe a job."""
    return dict(state.find(caller, "DescribeAutoMLJobV2", JOB, request["AutoMLJobName"]))


def describe_auto_ml_job(state: State, caller: Caller, request: Record) -> Record:
    """Refuse: all jobs here are of V2, which the operation of V1 cannot describe."""
    job = state.find(caller, "DescribeAutoMLJob", JOB, request["AutoMLJobName"])
    raise validation(
        f"AutoML job {job['AutoMLJobName']} was created by CreateAutoMLJobV2 and cannot be "
        "described by DescribeAutoMLJob; use DescribeAutoMLJobV2."
    )


def stop_auto_ml_job(state: State, caller: Caller, request: Record) -> Record:
    """Ask a job to stop; it takes a moment."""
    job = state.find(caller, "StopAutoMLJob", JOB, request["AutoMLJobName"])
    with state.lock:
        if job["AutoMLJobStatus"] != "InProgress":
            raise validation(f"The job {job['AutoMLJobName']} is {job['AutoMLJobStatus']}.")
        job |= {"AutoMLJobStatus": "Stopping", "AutoMLJobSecondaryStatus": "Stopping"}
        state.stops[job["AutoMLJobArn"]].set()
    return {}


def list_auto_ml_jobs(state: State, caller: Caller, request: Record) -> Record:
    """List jobs."""
    state.require(caller, "ListAutoMLJobs", "*")
    return _JOBS.page(state.mine(caller, JOB), request)


def list_candidates_for_auto_ml_job(state: State, caller: Caller, request: Record) -> Record:
    """List a job's candidates."""
    state.require(caller, "ListCandidatesForAutoMLJob", "*")
    arn = caller.arn(JOB.name, request["AutoMLJobName"])
    with state.lock:
        if arn not in state.jobs:
            raise not_found(JOB.words, arn)
        found = list(state.candidates[arn])
    return _CANDIDATES.page(found, request)


def _value(candidate: Record) -> float:
    return float(candidate.get("FinalAutoMLJobObjectiveMetric", {}).get("Value", 0))


_JOBS = Listing("AutoMLJobSummaries", "AutoMLJobName", status="AutoMLJobStatus", sort_by="Name")
_CANDIDATES = Listing(
    "Candidates",
    "CandidateName",
    status="CandidateStatus",
    descending=False,
    keys={"FinalObjectiveMetricValue": _value},
)


class _Run:
    """One job's walk from Starting to its end; runs in a thread of its own."""

    def __init__(self, state: State, caller: Caller, job: Record, stop: threading.Event) -> None:
        self._state = state
        self._caller = caller
        self._job = job
        self._stop = stop
        self._candidates = JobCandidates(state, job)

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
            self._complete(self._resolved(result.attributes))
        else:
            self._stopped()

    def _complete(self, attributes: Record) -> None:
        """End the job, with an endpoint where one was asked for; without, it completes too."""
        if "ModelDeployConfig" not in self._job:
            self._end("Completed", "Completed", **attributes)
            return
        self._status("DeployingModel")
        try:
            name = one_click.deploy(self._state, self._caller, self._job, self._stop)
        except ServiceError:
            name = ""
        if self._stop.is_set():
            self._stopped()
            return
        deployed = {"ModelDeployResult": {"EndpointName": name}} if name else {}
        secondary = "Completed" if name else "ModelDeploymentError"
        self._end("Completed", secondary, **attributes, **deployed)

    def _resolved(self, attributes: Record) -> Record:
        found = {**self._job["ResolvedAttributes"], **attributes.get("ResolvedAttributes", {})}
        return {**attributes, "ResolvedAttributes": {k: found[k] for k in _RESOLVED if k in found}}

    def _train(self) -> Result:
        region = self._caller.region
        key = self._job.get("SecurityConfig", {}).get("VolumeKmsKeyId")
        if key:
            self._state.iam.require_grant(self._job["RoleArn"], region, key)
        environment = self._state.iam.role_environment(self._job["RoleArn"], region)
        add, account = self._candidates.add, self._caller.account
        trainer = Trainer(self._job, environment, add, account, region)
        return trainer.run(self._stop)

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
        self._candidates.end(status, more.get("FailureReason", ""))
        now = self._state.clock.now()
        with self._state.lock:
            self._job |= {
                "AutoMLJobStatus": status,
                "AutoMLJobSecondaryStatus": secondary,
                "EndTime": now,
                "LastModifiedTime": now,
                **more,
            }
