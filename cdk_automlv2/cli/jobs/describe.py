"""``automlv2 describe``: a job, an endpoint, or all that a stack holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from cdk_automlv2.cli import aws, constructs, grid, out, stopped, targets
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.completion import NAME
from cdk_automlv2.cli.constructs import ENDPOINT, JOB, RELEASE, Construct, NoStack
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import here, run, suggest, tool
from cdk_automlv2.cli.grid import Column
from cdk_automlv2.cli.jobs import everything, leaderboard
from cdk_automlv2.cli.releases import find, records
from cdk_automlv2.cli.targets import Target
from cdk_automlv2.cli.times import duration, moment, now, took
from cdk_automlv2.cli.watch.phases import state_of
from cdk_automlv2.reports.texts import counted

_COLUMNS = (
    Column("id", folds=True),
    Column("kind", drop=3),
    Column("name", folds=True),
    Column("status", folds=True),
    Column("resource", drop=5),
)
_ALL = (
    Column("kind", drop=2),
    Column("name", folds=True),
    Column("status", folds=True, least=10),
    Column("created", drop=3),
)


@click.command()
@click.argument("name", metavar="[STACK[/ID] | NAME]", required=False, type=NAME)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@aws.options
def describe(client: Client, name: str | None, as_json: bool) -> None:
    """Show a job or an endpoint, or what a stack holds; without a name all jobs and endpoints."""
    if name is None:
        _show_all(list(everything.all_of(client)), as_json)
        return
    found = _find(client, name)
    if isinstance(found, Mapping):
        _show_release(found, as_json)
        return
    if isinstance(found, Target):
        trouble = stopped.trouble(client, found.described) if found.kind == ENDPOINT else ""
        if as_json:
            out.as_json({**_document(found), "trouble": trouble or None})
        else:
            _show(found, [("trouble", trouble)] if trouble else [])
        return
    rows = [_row(client, item) for item in found]
    if as_json:
        out.as_json({"schema-version": out.SCHEMA, "stack": name, "constructs": rows})
    elif out.is_terminal():
        grid.show(out.console(), _COLUMNS, [list(row.values()) for row in rows])
    else:
        out.rows([column.title for column in _COLUMNS], ([*row.values()] for row in rows))


def _show_all(found: Sequence[everything.Item], as_json: bool) -> None:
    if as_json:
        out.as_json({"schema-version": out.SCHEMA, "items": [vars(item) for item in found]})
        return
    cells = [[item.kind, item.name, item.status, moment(item.created)] for item in found]
    if not out.is_terminal():
        out.rows([column.title for column in _ALL], cells)
    elif found:
        grid.show(out.console(), _ALL, cells)
    if not found:
        out.remark(f"there is no AutoML job and no endpoint {here()}")
        suggest(tool("cdk", "deploy"))


def _show_release(release: Mapping[str, Any], as_json: bool) -> None:
    """Show how far a release is, and what serves."""
    if as_json:
        named = {name: release[name] for name in ("stack", "id")}
        out.document(kind=RELEASE, name=release["endpoint"], **named, description=release)
        return
    shown = {True: "yes", False: "no"}
    facts = [
        (name, shown[value] if isinstance(value, bool) else value)
        for name, value in release.items()
        if value is not None and name != "gates"
    ]
    for gate in release["gates"] or []:
        words = f"{gate.get('Gate', '')}: {gate.get('Verdict', '')} {gate.get('Reason', '')}"
        facts.append(("gate", words.strip()))
    if out.is_terminal():
        grid.pairs(out.console(), facts)
    else:
        out.rows(out.FACTS, facts)


def _release(client: Client, name: str) -> Mapping[str, Any] | None:
    """Return the newest release of a construct; nothing if the name stands for something else."""
    stack, _, wanted = name.partition("/")
    found = constructs.meant(constructs.of_stack(client, stack), wanted, constructs.SHOWN)
    if [item.kind for item in found] != [RELEASE]:
        return None
    return newest(client, found[0].name)


def newest(client: Client, name: str) -> Mapping[str, Any] | None:
    """Return the newest release of a construct, as its record has it."""
    place = find.one(client, name)
    head = records.head(client, place)
    record = records.release(client, place, head["generation"]) if head else None
    return records.shown(record, place, head["serving"]) if head and record else None


def _find(client: Client, name: str) -> Target | Mapping[str, Any] | Sequence[Construct]:
    """Return the target or release of a name, or the constructs of the stack that it names."""
    if "/" in name:
        if (release := _release(client, name)) is not None:
            return release
        return targets.one(client, name, (_kind_of(client, name),))
    for kind in (JOB, ENDPOINT):
        if (described := targets.describe(client, kind, name)) is not None:
            return Target(kind, name, described)
    try:
        known = constructs.of_stack(client, name)
    except NoStack as error:
        words = "no job, no endpoint and no stack named"
        raise NoStack(name, error.near, words) from error
    found = constructs.meant(known, "", constructs.SHOWN)
    if not found:
        raise Failure(f"stack {name} has nothing of AutoML", run("describe"))
    return found


def _kind_of(client: Client, name: str) -> str:
    """Return whether a construct is a job or an endpoint; an endpoint if it is above both."""
    stack, _, wanted = name.partition("/")
    known = constructs.of_stack(client, stack)
    found = {item.kind for item in constructs.meant(known, wanted, (JOB, ENDPOINT))}
    return JOB if found == {JOB} else ENDPOINT


def _row(client: Client, item: Construct) -> dict[str, str]:
    return {
        "id": item.id,
        "kind": item.kind,
        "name": item.physical_id,
        "status": _status(client, item),
        "resource": item.status,
    }


def _status(client: Client, item: Construct) -> str:
    """Return how it is with what a construct stands for, as SageMaker says."""
    if item.kind == RELEASE and item.physical_id:
        release = newest(client, item.name)
        return f"release {release['release']} {release['state']}" if release else ""
    if item.kind not in (JOB, ENDPOINT) or not item.physical_id:
        return ""
    found = targets.described(client, item)
    if found is None:
        return "deleted"
    if item.kind == ENDPOINT:
        trouble = stopped.trouble(client, found)
        return f"{found['EndpointStatus']}{f' (but {trouble})' if trouble else ''}"
    return state_of(found)


def _document(target: Target) -> dict[str, Any]:
    """Return a target as ``--json`` shows it; docs/command.md lists the members."""
    construct = target.construct
    described = {k: v for k, v in target.described.items() if k != "ResponseMetadata"}
    return {
        "schema-version": out.SCHEMA,
        "kind": target.kind,
        "name": target.name,
        "stack": construct.stack if construct else None,
        "id": construct.id if construct else None,
        "description": described,
    }


def _show(target: Target, also: list[tuple[str, str]]) -> None:
    facts = [("name", target.name), *also]
    if target.construct:
        facts.append(("construct", target.construct.name))
    more = facts_of_job if target.kind == JOB else _of_endpoint
    facts += [(name, value) for name, value in more(target.described) if value]
    if out.is_terminal():
        grid.pairs(out.console(), facts)
    else:
        out.rows(out.FACTS, facts)


def facts_of_job(job: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is known of a job by what SageMaker says of it, names before values."""
    ended = job.get("EndTime")
    resolved = job.get("ResolvedAttributes") or {}
    limit = (resolved.get("CompletionCriteria") or {}).get("MaxAutoMLJobRuntimeInSeconds")
    objective = job.get("AutoMLJobObjective") or resolved.get("AutoMLJobObjective") or {}
    best = job.get("BestCandidate") or {}
    made = job.get("AutoMLJobArtifacts") or {}
    seconds = ((ended or now()) - job["CreationTime"]).total_seconds()
    return [
        ("status", state_of(job)),
        ("failure", job.get("FailureReason", "")),
        *(
            ("warning", item.get("PartialFailureMessage", ""))
            for item in job.get("PartialFailureReasons") or []
        ),
        ("problem", job.get("AutoMLProblemTypeConfigName", "")),
        ("objective", objective.get("MetricName", "")),
        ("best candidate", best.get("CandidateName", "")),
        ("value", leaderboard.number(leaderboard.value_of(best)) if best else ""),
        ("started", moment(job["CreationTime"])),
        ("ended", moment(ended)),
        ("took", took(seconds)) if ended else ("elapsed", duration(seconds)),
        ("cap", duration(limit) if limit else ""),
        *(("input", _input(channel)) for channel in job.get("AutoMLJobInputDataConfig") or []),
        ("output", (job.get("OutputDataConfig") or {}).get("S3OutputPath", "")),
        ("data exploration", made.get("DataExplorationNotebookLocation", "")),
        ("candidate definitions", made.get("CandidateDefinitionNotebookLocation", "")),
        ("role", job.get("RoleArn", "")),
    ]


def _input(channel: Mapping[str, Any]) -> str:
    source = (channel.get("DataSource") or {}).get("S3DataSource") or {}
    return f"{source.get('S3Uri', '')} ({channel.get('ChannelType', 'training')})"


def _of_endpoint(endpoint: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("status", endpoint["EndpointStatus"]),
        ("failure", endpoint.get("FailureReason", "")),
        ("configuration", endpoint.get("EndpointConfigName", "")),
        *(("variant", _variant(item)) for item in endpoint.get("ProductionVariants") or []),
        *(("shadow", _variant(item)) for item in endpoint.get("ShadowProductionVariants") or []),
        ("created", moment(endpoint.get("CreationTime"))),
        ("changed", moment(endpoint.get("LastModifiedTime"))),
    ]


def _variant(variant: Mapping[str, Any]) -> str:
    parts = [variant["VariantName"]]
    if (count := variant.get("CurrentInstanceCount")) is not None:
        wanted = variant.get("DesiredInstanceCount", count)
        parts.append(f"{count} of {counted(wanted, 'instance')}")
    if serverless := variant.get("CurrentServerlessConfig"):
        parts.append(f"serverless, {serverless['MemorySizeInMB']} MB")
    if (weight := variant.get("CurrentWeight")) is not None:
        parts.append(f"weight {weight:g}")
    return ", ".join(parts)
