"""The tables of the page: stacks, jobs, endpoints, releases and executions."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cdk_automlv2.cli import targets, times
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.constructs import ENDPOINT
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.jobs import leaderboard
from cdk_automlv2.cli.page.jobs import MOST
from cdk_automlv2.cli.page.shown import BAD, BUSY, GOOD, Row
from cdk_automlv2.cli.releases import find, records
from cdk_automlv2.cli.releases.find import Place
from cdk_automlv2.cli.times import duration, moment, took
from cdk_automlv2.cli.watch.snapshot import (
    EndpointState,
    JobState,
    ReleaseState,
    StackState,
    endpoint_state,
)

STACKS: Final = ("stack", "status", "changed", "reason")
JOBS: Final = ("job", "status", "phase", "candidates", "best", "time", "reason")
ENDPOINTS: Final = ("endpoint", "status", "capacity", "changed", "reason")
RELEASES: Final = ("construct", "state", "release", "since", "best", "serves", "reason")
EXECUTIONS: Final = ("execution", "status", "started", "time", "state machine")

_BOOTSTRAP: Final = "CDKToolkit"
_ENDS: Final[Mapping[str, str]] = {"RUNNING": BUSY, "SUCCEEDED": GOOD}

Stack = Mapping[str, Any]


def all_stacks(client: Client) -> list[Stack]:
    """Return the stacks, without that of the bootstrap."""
    pages = client("cloudformation").get_paginator("describe_stacks").paginate()
    found = [item for page in pages for item in page["Stacks"]]
    return [item for item in found if item["StackName"] != _BOOTSTRAP]


def stacks(found: Sequence[Stack]) -> Iterator[Row]:
    """Yield a row for each stack, the newest first."""
    for item in sorted(found, key=_changed, reverse=True):
        name, status = item["StackName"], item["StackStatus"]
        state = StackState(name, status, 0, 0)
        cells = [name, status, moment(_changed(item)), item.get("StackStatusReason") or ""]
        yield Row(item["StackId"], cells, tone(state))


def job(state: JobState) -> Row:
    """Return the row of a job."""
    count, most = len(state.finished), state.maximum
    objective = next((leaderboard.objective_of(item) for item in state.finished), {})
    values = [leaderboard.value_of(item) for item in leaderboard.ranked(state.finished)[:1]]
    best = f"{objective.get('MetricName', '')} {leaderboard.number(values[0])}" if values else ""
    cells = [
        *(state.name, state.status, state.phase),
        f"{count} of {most}" if most and not state.is_settled else str(len(state.candidates)),
        *(best, duration(state.elapsed(times.now())), state.failure),
    ]
    return Row(state.name, cells, tone(state))


def endpoints(client: Client) -> Iterator[Row]:
    """Yield a row for each endpoint, the newest first."""
    order = {"SortBy": "CreationTime", "SortOrder": "Descending"}
    answer = client("sagemaker").list_endpoints(MaxResults=MOST, **order)
    for item in answer["Endpoints"]:
        described = targets.describe(client, ENDPOINT, item["EndpointName"])
        if described is not None:  # It may have been deleted a moment ago.
            state = endpoint_state(described)
            capacity = "; ".join(map(_capacity, described.get("ProductionVariants") or []))
            changed = moment(described.get("LastModifiedTime"))
            cells = [state.name, state.status, capacity, changed, state.failure]
            yield Row(state.name, cells, tone(state))


def executions(client: Client) -> Iterator[Row]:
    """Yield a row for each of the newest executions."""
    states = client("stepfunctions")
    found = []
    for machine in states.list_state_machines()["stateMachines"]:
        answer = states.list_executions(stateMachineArn=machine["stateMachineArn"], maxResults=MOST)
        found += [(item, machine["name"]) for item in answer["executions"]]
    found.sort(key=lambda pair: pair[0]["startDate"], reverse=True)
    for item, machine_name in found[:MOST]:
        began, ended = item["startDate"], item.get("stopDate") or times.now()
        seconds = (ended - began).total_seconds()
        status = item["status"]
        cells = [item["name"], status, moment(began), took(seconds), machine_name]
        yield Row(item["executionArn"], cells, _ENDS.get(status, BAD))


class Releases:
    """Looks at the releases of an account; where they lie is looked up once for each update.

    Args:
        client: Makes clients.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._places: dict[tuple[str, str, str], list[Place]] = {}

    def rows(self, found: Sequence[Stack]) -> Iterator[Row]:
        """Yield a row for the newest and the serving release of each construct of the stacks."""
        for place in [place for item in found for place in self._of_stack(item)]:
            head = records.head(self._client, place)
            numbers = {head["generation"], head["serving"]} - {0} if head else set()
            for number in sorted(numbers, reverse=True):
                record = records.release(self._client, place, number)
                if head and record:
                    yield _release(records.shown(record, place, head["serving"]), place)

    def _of_stack(self, item: Stack) -> list[Place]:
        if item.get("ParentId") or item.get("RootId"):
            return []  # What encloses it is asked.
        key = (item["StackId"], item["StackStatus"], str(_changed(item)))
        if key not in self._places:
            try:
                self._places[key] = find.every(self._client, item["StackName"])
            except Failure:
                self._places[key] = []
        return self._places[key]


def tone(state: StackState | JobState | EndpointState | ReleaseState) -> str:
    """Return how it is with something."""
    if not state.is_settled:
        return BUSY
    return GOOD if state.is_good else BAD


def _release(shown: Mapping[str, Any], place: Place) -> Row:
    state = ReleaseState(place.key, shown["release"], shown["state"])
    best = f"{shown['metric']} {leaderboard.number(shown['value'])}" if shown["metric"] else ""
    since = moment(datetime.datetime.fromisoformat(shown["since"]))
    cells = [
        *(place.name, shown["state"], str(shown["release"]), since, best),
        *("yes" if shown["serving"] else "", shown["reason"] or ""),
    ]
    return Row(f"{place.name} {shown['release']}", cells, tone(state))


def _changed(item: Stack) -> datetime.datetime:
    found: datetime.datetime = item.get("LastUpdatedTime") or item["CreationTime"]
    return found


def _capacity(variant: Mapping[str, Any]) -> str:
    name = variant["VariantName"]
    if serverless := variant.get("CurrentServerlessConfig"):
        return f"{name}: serverless, {serverless['MemorySizeInMB']} MB"
    count = variant.get("CurrentInstanceCount", "")
    return f"{name}: {count} of {variant.get('DesiredInstanceCount', count)}"
