"""``Custom::AutoMLWait``: one link of the chain that waits longer than CloudFormation's hour.

Each link waits for the same job, endpoint or transform and answers early once it has settled. A
link that is not the last answers when its time is up, and the next one goes on; only the last says
"timed out".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from automlv2_handlers.domain import verdicts
from automlv2_handlers.domain.verdicts import RETRAIN, Verdict
from automlv2_handlers.errors import LifecycleError
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import LOOKED, Context, Done, Outcome, Pending
from automlv2_handlers.resources import endpoint_configs as configs
from automlv2_handlers.resources import looks
from automlv2_handlers.resources.kind import Kind


def physical_id(event: LifecycleEvent) -> str:
    """Return the link's own name; it never changes, so a link is never replaced."""
    return event.physical_id or f"wait-{event.logical_id}"


def step(event: LifecycleEvent, context: Context) -> Outcome:
    """Look once."""
    if event.request_type == "Delete":
        return Done(physical_id(event))
    if event.properties["Target"] == "Endpoint":
        return _endpoint(event, context)
    if event.properties["Target"] == "Transform":
        return _transform(event, context)
    return _job(event, context)


def _job(event: LifecycleEvent, context: Context) -> Outcome:
    name = event.properties["AutoMLJobName"]
    job = context.gateway.find("describe_auto_ml_job_v2", AutoMLJobName=name)
    if job is None:
        return _unseen_job(event, name, context)
    context.progress[LOOKED] = True
    match verdicts.of_job(job):
        case Verdict.GOOD:
            return _completed(event, job)
        case Verdict.BAD:
            raise LifecycleError(verdicts.job_ended(job))
    where = f"{job['AutoMLJobStatus']} ({job['AutoMLJobSecondaryStatus']})"
    remedy = "it keeps running until the stack rolls back; raise timeout, or fit(wait=False)"
    return _not_yet(event, context, f"AutoML job {name!r} was still {where}", remedy)


def _unseen_job(event: LifecycleEvent, name: str, context: Context) -> Outcome:
    """Wait for a job that is not seen; one that has been seen does not go, as AWS deletes none."""
    if context.progress.get(LOOKED):
        return _not_yet(event, context, f"AutoML job {name!r} was not to be seen", "deploy again")
    missing = f"AutoML job {name!r} does not exist in this account and Region"
    return looks.not_visible_yet(physical_id(event), LifecycleError(missing), context)


def _completed(event: LifecycleEvent, job: Mapping[str, Any]) -> Done:
    name = job["AutoMLJobName"]
    data = {
        "AutoMLJobName": name,
        "AutoMLJobArn": job["AutoMLJobArn"],
        "AutoMLJobStatus": job["AutoMLJobStatus"],
        "AutoMLJobSecondaryStatus": job["AutoMLJobSecondaryStatus"],
    }
    best = job.get("BestCandidate")
    if best is None:
        if event.properties.get("CandidateRequired") == "false":
            return Done(physical_id(event), data)
        raise LifecycleError(
            f"AutoML job {name!r} ended as {job['AutoMLJobSecondaryStatus']} without a candidate; "
            f"raise max_total_job_runtime_in_seconds, or {RETRAIN}"
        )
    metric = best.get("FinalAutoMLJobObjectiveMetric") or {}
    data |= {
        "BestCandidateName": best["CandidateName"],
        "ObjectiveMetricName": str(metric.get("MetricName", "")),
        "ObjectiveMetricValue": str(metric.get("Value", "")),
    }
    return Done(physical_id(event), data)


def _endpoint(event: LifecycleEvent, context: Context) -> Outcome:
    name, config = event.properties["EndpointName"], event.properties["EndpointConfigName"]
    endpoint = context.gateway.find("describe_endpoint", EndpointName=name)
    if endpoint is None and configs.is_stopped(config, context):
        return Done(physical_id(event), {"EndpointName": name})
    if endpoint is None:
        gone = LifecycleError(f"endpoint {name!r} was deleted while it was being deployed")
        return looks.not_visible_yet(physical_id(event), gone, context)
    looks.seen(context)
    context.progress[LOOKED] = True
    verdict = verdicts.of_endpoint(endpoint, config)
    if verdict is Verdict.GOOD:
        return Done(physical_id(event), {"EndpointName": name})
    if looks.has_ended(context, badly=verdict is Verdict.BAD):
        raise LifecycleError(verdicts.endpoint_ended(endpoint, was_updated=True))
    state = f"endpoint {name!r} was still {endpoint['EndpointStatus']}"
    return _not_yet(event, context, state, "raise its timeout")


def _transform(event: LifecycleEvent, context: Context) -> Outcome:
    name = event.properties.get("TransformJobName")
    if not name:
        return Done(physical_id(event), {"TransformJobName": ""})
    job = context.gateway.find("describe_transform_job", TransformJobName=name)
    if job is None:
        missing = LifecycleError(f"transform job {name!r} does not exist")
        return looks.not_visible_yet(physical_id(event), missing, context)
    context.progress[LOOKED] = True
    match verdicts.of_transform(job):
        case Verdict.GOOD:
            return Done(physical_id(event), {"TransformJobName": name})
        case Verdict.BAD:
            raise LifecycleError(verdicts.transform_ended(job))
    state = f"transform job {name!r} was still {job['TransformJobStatus']}"
    return _not_yet(event, context, state, "raise timeout, or wait=False")


def _not_yet(event: LifecycleEvent, context: Context, state: str, remedy: str) -> Outcome:
    if context.age < patience(event):
        return Pending(physical_id(event), state)
    following = hand_over(event, context.progress)
    if following:
        return following
    minutes = int(event.properties["TimeoutSeconds"]) // 60
    raise LifecycleError(f"{state} after {minutes} min; {remedy}")


def patience(event: LifecycleEvent) -> float:
    """Return the seconds that this link of the chain waits."""
    return float(event.properties["LinkSeconds"])


def hand_over(event: LifecycleEvent, _progress: Mapping[str, Any]) -> Done | None:
    """Let the next link go on; the last one has none."""
    return Done(physical_id(event)) if event.properties["Last"] == "false" else None


KIND: Final = Kind(
    type="Custom::AutoMLWait",
    step=step,
    physical_id=physical_id,
    only_waits=True,
    patience=patience,
    hand_over=hand_over,
)
