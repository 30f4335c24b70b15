"""The first step of a release: its job, and the winner of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from automlv2_handlers.domain import tags, verdicts
from automlv2_handlers.domain.names import digest, owner_stem
from automlv2_handlers.domain.release_states import ReleaseState
from automlv2_handlers.domain.verdicts import Verdict
from automlv2_handlers.errors import GatewayError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context, Done
from automlv2_handlers.releases import register
from automlv2_handlers.releases.look import EndError, Found, Go, Look, Stay
from automlv2_handlers.releases.records import APPROVAL, Release
from automlv2_handlers.resources import job as jobs
from automlv2_handlers.resources import known_jobs, looks

_STEP = "Train"


def step(look: Look) -> Found:
    """Start or find the job; once it has ended, take its best candidate."""
    release = look.release
    if release.trigger.kind == APPROVAL:
        register.check(look)
    if release.source:
        return Go(ReleaseState.DEPLOYING)
    event = _request(release)
    context = look.context(_STEP)
    if not release.job:
        return _begin(event, context)
    job = look.gateway.find("describe_auto_ml_job_v2", AutoMLJobName=release.job)
    if job is None:
        missing = EndError(ReleaseState.FAILED, f"AutoML job {release.job!r} does not exist")
        looks.not_visible_yet(release.job, missing, context)
        return Stay(f"AutoML job {release.job!r} to be seen")
    looks.seen(context)
    match verdicts.of_job(job):
        case Verdict.MOVING:
            phase = f"{job['AutoMLJobStatus']} ({job['AutoMLJobSecondaryStatus']})"
            return Stay(f"AutoML job {release.job!r}, now {phase}")
        case Verdict.BAD:
            raise EndError(ReleaseState.FAILED, verdicts.job_ended(job))
    return _trained(look, job)


def _request(release: Release) -> LifecycleEvent:
    return release.settings.request("Job", "Create", release.request_id)


def _begin(event: LifecycleEvent, context: Context) -> Found:
    outcome = jobs.KIND.step(event, context)
    if not isinstance(outcome, Done):
        return Stay(outcome.waiting_for)
    stop_others(event, context, outcome.physical_id)
    return Stay(f"AutoML job {outcome.physical_id!r}", {"job": outcome.physical_id})


def stop_others(event: LifecycleEvent, context: Context, kept: str) -> None:
    """Stop whatever else of the resource trains: nobody waits for it any more."""
    for name in known_jobs.running(owner_stem(event), context):
        if name == kept:
            continue
        with suppress(GatewayError):  # It may have ended meanwhile, or be no job of ours.
            known = known_jobs.look(name, context)
            if known is not None and tags.is_ours(event, known.tags):
                context.gateway.call("stop_auto_ml_job", AutoMLJobName=name)


def _trained(look: Look, job: Mapping[str, Any]) -> Found:
    best = job.get("BestCandidate")
    if best is None:
        where = job["AutoMLJobSecondaryStatus"]
        reason = f"AutoML job {look.release.job!r} ended as {where} without a candidate"
        raise EndError(ReleaseState.FAILED, reason)
    found = {
        "candidate": best["CandidateName"],
        "metric": best.get("FinalAutoMLJobObjectiveMetric") or {},
        "containers": _digests(best),
    }
    if _serves_already(look, found["candidate"]):
        return Go(ReleaseState.DEPLOYING, changes=found)
    return Go(ReleaseState.TRAINED, changes=found)


def _digests(candidate: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what tells the containers of a candidate from others; they are kept nowhere else."""
    listed = candidate.get("InferenceContainers") or []
    return tuple(digest(container) for container in listed)


def _serves_already(look: Look, candidate: str) -> bool:
    """Whether the very candidate serves by the same settings: no gate has to look at it again."""
    serving = look.store.release(look.head.serving)
    if serving is None or serving.settings.desired != look.release.settings.desired:
        return False
    same_gates = serving.settings.judged_by == look.release.settings.judged_by
    return same_gates and (serving.job, serving.candidate) == (look.release.job, candidate)
