"""All that is known of a job: what SageMaker says, its artifacts, and an endpoint if asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cdk_automlv2.reports.facts import IMAGE, SERIES, TABLE, TEXT, Facts
from cdk_automlv2.reports.reading import warnings
from cdk_automlv2.reports.reading.back_tests import Columns, back_tests_of
from cdk_automlv2.reports.reading.endpoint import Endpoint
from cdk_automlv2.reports.reading.explanations import examples_of, importance_of
from cdk_automlv2.reports.reading.exploration import findings_of
from cdk_automlv2.reports.reading.held_out import HeldOut, ask
from cdk_automlv2.reports.reading.job import facts_of, lineage_of
from cdk_automlv2.reports.reading.quality import quality_of
from cdk_automlv2.reports.reading.store import Store, reason_of
from cdk_automlv2.reports.texts import clean

Client = Callable[[str], Any]
"""Returns the client of a service, by name."""


def read(
    client: Client,
    job: Mapping[str, Any],
    *,
    endpoint: str | None = None,
    held_out: HeldOut | None = None,
    lineage: Mapping[str, str] | None = None,
) -> Facts:
    """Return the facts of a job.

    Args:
        client: Makes clients.
        job: As DescribeAutoMLJobV2 returns it.
        endpoint: One that is asked with the held-out rows.
        held_out: Rows that the job has not seen.
        lineage: What else is known of where the job comes from.
    """
    notes: list[str] = []
    facts = facts_of(job, _candidates(client, job, notes))
    tags = {**(lineage or {}), **_tags(client, job, notes)}
    facts.lineage = lineage_of(job, tags)
    facts.notes = notes
    store = Store(client("s3"), notes.append)
    _read_artifacts(store, job, facts)
    if endpoint and held_out:
        ask(facts, job, Endpoint.of(client, endpoint), held_out)
    facts.warnings += warnings.of(facts)
    return facts


def _candidates(client: Client, job: Mapping[str, Any], notes: list[str]) -> list[Any]:
    found: list[Any] = []
    request = {"AutoMLJobName": job["AutoMLJobName"]}
    try:
        while True:
            page = client("sagemaker").list_candidates_for_auto_ml_job(**request)
            found += page["Candidates"]
            if not page.get("NextToken"):
                return found
            request["NextToken"] = page["NextToken"]
    except Exception as error:
        notes.append(f"The candidates cannot be listed: {reason_of(error)}")
    return found


def _tags(client: Client, job: Mapping[str, Any], notes: list[str]) -> dict[str, str]:
    try:
        listed = client("sagemaker").list_tags(ResourceArn=job["AutoMLJobArn"])["Tags"]
    except Exception as error:
        notes.append(f"The tags of the job cannot be read: {reason_of(error)}")
        return {}
    return {tag["Key"]: tag["Value"] for tag in listed}


def _read_artifacts(store: Store, job: Mapping[str, Any], facts: Facts) -> None:
    best = job.get("BestCandidate") or {}
    locations = (best.get("CandidateProperties") or {}).get("CandidateArtifactLocations") or {}
    facts.files += [(clean(name), clean(uri)) for name, uri in locations.items()]
    if uri := locations.get("ModelInsights"):
        quality = quality_of(store, uri)
        if quality is not None:
            facts.quality.append(quality)
    if (uri := locations.get("Explainability")) and facts.kind != SERIES:
        _read_explanations(store, uri, job, facts)
    columns = Columns.of(job)
    if (uri := locations.get("BacktestResults")) and columns:
        back_tests = back_tests_of(store, uri, columns)
        if back_tests is not None:
            facts.back_tests.append(back_tests)
    notebook = (job.get("AutoMLJobArtifacts") or {}).get("DataExplorationNotebookLocation")
    if notebook:
        facts.findings = findings_of(store, notebook)


def _read_explanations(store: Store, uri: str, job: Mapping[str, Any], facts: Facts) -> None:
    if facts.kind == TABLE:
        facts.importance = importance_of(store, uri)
    if facts.kind in (TEXT, IMAGE):
        matrix = facts.quality[0].matrix if facts.quality else None
        folders = [
            ((channel.get("DataSource") or {}).get("S3DataSource") or {}).get("S3Uri", "")
            for channel in job.get("AutoMLJobInputDataConfig") or []
        ]
        examples = examples_of(store, uri, matrix.labels if matrix else [], folders)
        if examples is not None:
            facts.examples.append(examples)
