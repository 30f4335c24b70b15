"""A job and its candidates, as the API describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cdk_automlv2.reports.facts import VALIDATION, Candidate, Facts
from cdk_automlv2.reports.texts import clean, duration, moment, number

_CONFIG = "AutoMLProblemTypeConfig"
_SETTINGS = (
    *("AutoMLJobObjective", "DataSplitConfig", "OutputDataConfig", "RoleArn", "SecurityConfig"),
    *("ModelDeployConfig", "AutoMLComputeConfig"),
)


def facts_of(job: Mapping[str, Any], candidates: Sequence[Mapping[str, Any]]) -> Facts:
    """Return what description and candidates say.

    Args:
        job: As DescribeAutoMLJobV2 returns it.
        candidates: As ListCandidatesForAutoMLJob returns them, all pages.
    """
    config_name, config = next(iter((job.get(_CONFIG) or {"": {}}).items()))
    resolved = job.get("ResolvedAttributes") or {}
    kind = clean(job.get("AutoMLProblemTypeConfigName") or config_name.removesuffix("JobConfig"))
    best = job.get("BestCandidate") or {}
    facts = Facts(
        job=clean(job.get("AutoMLJobName", "")),
        kind=kind,
        problem=_problem(kind, config, resolved),
        target=_target(config),
        status=_status(job),
        best=clean(best.get("CandidateName", "")),
        settings=_settings(job, config),
        data=_data(job),
    )
    objective = resolved.get("AutoMLJobObjective") or job.get("AutoMLJobObjective") or {}
    final = _first_objective([best, *candidates])
    facts.metric = clean(final.get("MetricName") or objective.get("MetricName") or "")
    facts.minimize = final.get("Type") == "Minimize"
    facts.candidates = _ranked(_candidates(candidates or ([best] if best else [])), facts.minimize)
    for reason in job.get("PartialFailureReasons") or []:
        facts.warnings.append(f"A part of the job failed: {clean(reason.values())}")
    if job.get("FailureReason"):
        facts.warnings.append(f"The job failed: {clean(job['FailureReason'])}")
    for name, uri in (job.get("AutoMLJobArtifacts") or {}).items():
        facts.files.append((clean(name.removesuffix("Location")), clean(uri)))
    return facts


def _first_objective(candidates: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    for candidate in candidates:
        objective: Mapping[str, Any] = candidate.get("FinalAutoMLJobObjectiveMetric") or {}
        if objective:
            return objective
    return {}


def _candidates(listed: Sequence[Mapping[str, Any]]) -> list[Candidate]:
    known = [item for item in listed if item.get("CandidateName")]
    began = [str(item.get("CreationTime", "")) for item in known]
    order = sorted(range(len(known)), key=lambda place: (began[place], place))
    places = {position: place for place, position in enumerate(order, start=1)}
    return [_candidate(item, places[position]) for position, item in enumerate(known)]


def _candidate(item: Mapping[str, Any], order: int) -> Candidate:
    final = item.get("FinalAutoMLJobObjectiveMetric") or {}
    metrics = {}
    for metric in (item.get("CandidateProperties") or {}).get("CandidateMetrics") or []:
        name, value = (
            metric.get("StandardMetricName") or metric.get("MetricName"),
            number(metric.get("Value")),
        )
        if name and value is not None:
            metrics[clean(name), clean(metric.get("Set", VALIDATION))] = value
    began, ended = item.get("CreationTime"), item.get("EndTime")
    return Candidate(
        name=clean(item["CandidateName"]),
        order=order,
        status=clean(item.get("CandidateStatus", "")),
        value=number(final.get("Value")),
        metrics=metrics,
        seconds=(ended - began).total_seconds() if began and ended else None,
        reason=clean(item.get("FailureReason", "")),
    )


def _ranked(candidates: list[Candidate], minimize: bool) -> list[Candidate]:
    sign = 1 if minimize else -1

    def place(item: Candidate) -> tuple[bool, float, int]:
        return item.value is None, sign * (item.value or 0.0), item.order

    return sorted(candidates, key=place)


def _problem(kind: str, config: Mapping[str, Any], resolved: Mapping[str, Any]) -> str:
    attributes = resolved.get("AutoMLProblemTypeResolvedAttributes") or {}
    found = (attributes.get("TabularResolvedAttributes") or {}).get("ProblemType")
    return clean(found or config.get("ProblemType") or kind)


def _target(config: Mapping[str, Any]) -> str:
    series = config.get("TimeSeriesConfig") or {}
    names = (config.get("TargetAttributeName"), config.get("TargetLabelColumn"))
    return clean(next((name for name in (*names, series.get("TargetAttributeName")) if name), ""))


def _status(job: Mapping[str, Any]) -> str:
    status, phase = job.get("AutoMLJobStatus", ""), job.get("AutoMLJobSecondaryStatus", "")
    return clean(status if phase in ("", status) else f"{status} ({phase})")


def _settings(job: Mapping[str, Any], config: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = list(_flat("", config))
    for name in _SETTINGS:
        found += _flat(name, job.get(name) or {})
    return found


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    """Return a value's leaves with their paths; lists on one line."""
    if isinstance(value, Mapping):
        parts = ((f"{name}.{key}" if name else str(key), item) for key, item in value.items())
        return [leaf for path, item in parts for leaf in _flat(path, item)]
    if isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
        return [
            leaf for place, item in enumerate(value) for leaf in _flat(f"{name}[{place}]", item)
        ]
    shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
    return [(clean(name), clean(shown))]


def _data(job: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for channel in job.get("AutoMLJobInputDataConfig") or []:
        source = (channel.get("DataSource") or {}).get("S3DataSource") or {}
        kind = clean(channel.get("ChannelType", "training"))
        words = f"{source.get('S3Uri', '')} ({source.get('S3DataType', '')})"
        extras = [channel.get(name) for name in ("ContentType", "CompressionType")]
        known = [str(item) for item in extras if item and item != "None"]
        found.append((f"{kind} data", clean(", ".join([words, *known]))))
    return found


def lineage_of(job: Mapping[str, Any], tags: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return where a job comes from: times, ARN, and what its tags say."""
    found = [("Job ARN", clean(job.get("AutoMLJobArn", "")))]
    began, ended = job.get("CreationTime"), job.get("EndTime")
    found.append(("Started", moment(began) if began else "–"))
    if ended:
        found.append(("Ended", moment(ended)))
    if began and ended:
        found.append(("Took", duration((ended - began).total_seconds())))
    found += [(clean(key), clean(value)) for key, value in sorted(tags.items())]
    return [(name, value) for name, value in found if value]
