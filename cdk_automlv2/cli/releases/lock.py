"""``automlv2 lock``: writes down exactly what a release serves, to be served elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from cdk_automlv2.cli import aws, out
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.completion import RELEASE_OR_JOB, Number
from cdk_automlv2.cli.failures import Failure, friendly_errors
from cdk_automlv2.cli.following import run
from cdk_automlv2.cli.releases import find, records
from cdk_automlv2.reports.texts import counted

SCHEMA = "1.0"
_PART_BYTES = 1 << 20


@click.command()
@click.argument("name", metavar="STACK/ID | JOB", type=RELEASE_OR_JOB)
@click.option(
    "--release", "number", type=Number(), help="Number of the release. Default: what serves."
)
@click.option("--job", "is_job", is_flag=True, help="The name is that of an AutoML job.")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("automlv2.lock"),
    show_default=True,
    help="File to write.",
)
@out.json_option
@aws.options
def lock(
    client: Client, name: str, number: int | None, is_job: bool, output: Path, as_json: bool
) -> None:
    """Write a lock file of the candidate that STACK/ID serves, or of a job's best one."""
    if is_job and number is not None:
        raise click.UsageError("--release goes without --job")
    with friendly_errors():
        source = {"job": name} if is_job else _of_release(client, name, number)
        locked = _locked(client, source)
        output.write_text(json.dumps(locked, indent=2) + "\n")
    units = locked["containers"].values()
    artifacts = {item["artifact"]["uri"] for unit in units for item in unit if item["artifact"]}
    candidate = locked["source"]["candidate"]
    if as_json:
        out.document(output=str(output), candidate=candidate, artifacts=sorted(artifacts))
        return
    out.data(f"{output}: candidate {candidate}, {counted(len(artifacts), 'artifact')}")


def _of_release(client: Client, name: str, number: int | None) -> dict[str, Any]:
    place = find.one(client, name)
    head = records.head(client, place)
    wanted = number or (head["serving"] if head else 0)
    record = records.release(client, place, wanted) if wanted else None
    if record is None or not record["candidate"]:
        what = f"release {number} has no candidate" if number else "no release is in service"
        raise Failure(f"{place.name}: {what}; nothing to lock", run("history", place.name))
    model = record["settings"]["properties"].get("Model") or {}
    keys = model.get("InferenceResponseKeys")
    return {
        "stack": place.stack,
        "id": place.key,
        "release": record["number"],
        "job": record["job"],
        **({"inference-response-keys": keys} if keys else {}),
    }


def _locked(client: Client, source: Mapping[str, Any]) -> dict[str, Any]:
    job = client("sagemaker").describe_auto_ml_job_v2(AutoMLJobName=source["job"])
    best = job.get("BestCandidate")
    if best is None:
        words = f"AutoML job {source['job']} has no best candidate to lock"
        raise Failure(words, run("describe", source["job"]))
    account, region = job["AutoMLJobArn"].split(":")[4], job["AutoMLJobArn"].split(":")[3]
    metric = best.get("FinalAutoMLJobObjectiveMetric") or {}
    by_unit = best.get("InferenceContainerDefinitions") or {"": best["InferenceContainers"]}
    known: dict[str, dict[str, Any]] = {}
    return {
        "schema-version": SCHEMA,
        "source": {
            "account": account,
            "region": region,
            **source,
            "candidate": best["CandidateName"],
            "metric": metric.get("MetricName"),
            "value": metric.get("Value"),
            "data-fingerprint": _fingerprint(client, job["AutoMLJobArn"]),
        },
        "containers": {
            unit: [_container(client, item, known) for item in items]
            for unit, items in by_unit.items()
        },
    }


def _container(
    client: Client, container: Mapping[str, Any], known: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    uri = container.get("ModelDataUrl")
    if uri and uri not in known:
        known[uri] = _artifact(client, uri)
    return {
        "image": container["Image"],
        "environment": container.get("Environment") or {},
        "artifact": known[uri] if uri else None,
    }


def _artifact(client: Client, uri: str) -> dict[str, Any]:
    """Return an artifact with the digest of its bytes."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    answer = client("s3").get_object(Bucket=bucket, Key=key)
    digest = hashlib.sha256()
    for piece in _pieces(answer["Body"]):
        digest.update(piece)
    return {
        "uri": uri,
        "sha256": digest.hexdigest(),
        "size": answer["ContentLength"],
        **({"kms-key": answer["SSEKMSKeyId"]} if "SSEKMSKeyId" in answer else {}),
    }


def _pieces(body: Any) -> Iterator[bytes]:
    while piece := body.read(_PART_BYTES):
        yield piece


def _fingerprint(client: Client, arn: str) -> str | None:
    tags = client("sagemaker").list_tags(ResourceArn=arn)["Tags"]
    found = {tag["Key"]: tag["Value"] for tag in tags}
    return found.get("cdk-automlv2:fingerprint")
