"""Looks at what is watched, again and again."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from botocore.exceptions import ClientError

from cdk_automlv2.cli import constructs, stopped, targets, times
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.constructs import ENDPOINT, JOB, RELEASE, Construct
from cdk_automlv2.cli.failures import Failure, is_missing
from cdk_automlv2.cli.following import run
from cdk_automlv2.cli.jobs.candidates import list_all
from cdk_automlv2.cli.releases import find, records
from cdk_automlv2.cli.watch.snapshot import (
    GONE,
    EndpointState,
    JobState,
    ReleaseState,
    Snapshot,
    StackState,
    endpoint_state,
    job_state,
)

_KINDS: Final = (JOB, ENDPOINT, RELEASE)
_PLANNED: Final = "REVIEW_IN_PROGRESS"
"""Of a stack that a change set is to make: it has no template yet."""

_LISTS: Final[Mapping[str, tuple[str, str, str]]] = {
    JOB: ("list_auto_ml_jobs", "AutoMLJobSummaries", "AutoMLJobName"),
    ENDPOINT: ("list_endpoints", "Endpoints", "EndpointName"),
}


@dataclass
class Watched:
    """What a name stands for.

    Attributes:
        client: Makes clients.
        stack: The stack's name; empty where a job or endpoint is watched by name.
        wanted: The part of the stack that is watched; empty for all of it.
        target: What is watched by name.
        stack_id: Its ARN, by which it is found after it was deleted.
        is_deleted: Whether it has been seen while it was deleted.
    """

    client: Client
    stack: str = ""
    wanted: str = ""
    target: targets.Target | None = None
    stack_id: str = ""
    is_deleted: bool = False

    @classmethod
    def find(cls, client: Client, name: str) -> Watched:
        """Return what a name stands for.

        Raises:
            Failure: If there is nothing of that name.
        """
        if "/" not in name:
            for kind in (JOB, ENDPOINT):
                if (described := targets.describe(client, kind, name)) is not None:
                    return cls(client, target=targets.Target(kind, name, described))
        stack, _, wanted = name.partition("/")
        found = cls(client, stack=stack, wanted=wanted)
        found.look()
        return found

    def look(self) -> Snapshot:
        """Return how it is now.

        Raises:
            Failure: If the stack, or the part of it, is not there.
        """
        now = times.now()
        if self.target is not None:
            return self._at_target(self.target, now)
        described = self._describe_stack()
        if described is None:
            return Snapshot(now, StackState(self.stack, GONE, 0, 0, is_deletion=self.is_deleted))
        return self._at_stack(described, now)

    def _at_target(self, target: targets.Target, now: datetime.datetime) -> Snapshot:
        described = targets.describe(self.client, target.kind, target.name)
        if described is None:
            raise Failure(f"{target.name} was deleted", run("describe"))
        if target.kind == ENDPOINT:
            return Snapshot(now, endpoints=(endpoint_state(described),))
        return Snapshot(now, jobs=(self._job(described, ""),))

    def _describe_stack(self) -> Mapping[str, Any] | None:
        """Return the stack; nothing if it has been deleted while it was watched."""
        try:
            name = self.stack_id or self.stack
            found: Mapping[str, Any] = self.client("cloudformation").describe_stacks(
                StackName=name
            )["Stacks"][0]
        except ClientError as error:
            if not is_missing(error):
                raise
            if self.stack_id:
                return None
            raise constructs.NoStack.of(self.client, self.stack) from error
        self.stack_id = found["StackId"]
        return found

    def _at_stack(self, stack: Mapping[str, Any], now: datetime.datetime) -> Snapshot:
        status = stack["StackStatus"]
        since = stack.get("LastUpdatedTime") or stack.get("CreationTime")
        self.is_deleted = self.is_deleted or status.startswith("DELETE")
        reason = stack.get("StackStatusReason") or ""
        state = StackState(self.stack, status, 0, 0, reason, since, self.is_deleted)
        if status in (GONE, _PLANNED):
            return Snapshot(now, state)
        try:
            known = constructs.of_stack(self.client, self.stack)
            resources = constructs.resources_of(self.client, self.stack)
        except Failure:  # It was deleted a moment ago.
            return Snapshot(now, replace(state, status=GONE))
        found = constructs.meant(known, self.wanted, _KINDS)
        if self.wanted and not found:
            there = constructs.listed(constructs.meant(known, "", _KINDS))
            words = f"there is nothing to watch at {self.stack}/{self.wanted}"
            raise Failure(
                f"{words}; there are {there}" if there else words, run("watch", self.stack)
            )
        template = constructs.template_of(self.client, self.stack).get("Resources", {})
        certain = {name for name, item in template.items() if "Condition" not in item}
        total = len(certain | resources.keys())
        done = sum(item["ResourceStatus"].endswith("_COMPLETE") for item in resources.values())
        return Snapshot(
            now,
            replace(state, done=min(done, total), total=total),
            tuple(self._jobs(found, since)),
            tuple(self._endpoints(found, since)),
            tuple(self._releases(found)),
        )

    def _jobs(self, found: Sequence[Construct], since: datetime.datetime | None) -> list[JobState]:
        described = self._described(found, JOB, since)
        return [self._job(answer, item.id) for item, answer in described]

    def _job(self, described: Mapping[str, Any], id: str) -> JobState:
        candidates = list_all(self.client, described["AutoMLJobName"])
        return job_state(described, candidates, id)

    def _endpoints(
        self, found: Sequence[Construct], since: datetime.datetime | None
    ) -> list[EndpointState]:
        described = self._described(found, ENDPOINT, since)
        return [endpoint_state(answer, item.id) for item, answer in described]

    def _described(
        self, found: Sequence[Construct], kind: str, since: datetime.datetime | None
    ) -> list[tuple[Construct, Mapping[str, Any]]]:
        answers = []
        for item in found:
            if item.kind == kind:
                name = item.physical_id or self._made(item, kind, since)
                described = targets.describe(self.client, kind, name) if name else None
                described = described or stopped.description(self.client, item)
                if described is not None:
                    answers.append((item, described))
        return answers

    def _made(self, item: Construct, kind: str, since: datetime.datetime | None) -> str:
        """Return the name of what a resource has made that has not answered yet.

        CloudFormation knows it when the resource is complete. Generated names hold the scope of
        the stack, and before it the construct's own name, as far as there is room.
        """
        scope, base = item.properties.get("NameScope"), str(item.properties.get("BaseName", ""))
        if not isinstance(scope, str) or not scope:
            return ""
        operation, answer, member = _LISTS[kind]
        pages = self.client("sagemaker").get_paginator(operation)
        for page in pages.paginate(NameContains=f"-{scope}"):
            for made in page[answer]:
                before = str(made[member]).partition(f"-{scope}")[0]
                if base.startswith(before) and (since is None or made["CreationTime"] >= since):
                    return str(made[member])
        return ""

    def _releases(self, found: Sequence[Construct]) -> list[ReleaseState]:
        states = []
        for item in found:
            if item.kind != RELEASE or not item.physical_id:
                continue
            place = find.one(self.client, item.name)
            head = records.head(self.client, place)
            record = records.release(self.client, place, head["generation"]) if head else None
            if record is not None:
                reason = record["reason"] or ""
                number, state = record["number"], record["state"]
                job = self._job_of(record, item)
                states.append(ReleaseState(item.id, number, state, reason, job))
        return states

    def _job_of(self, record: records.Record, item: Construct) -> JobState | None:
        """Return the job of a release; nothing before it has one, and of a release without."""
        described = targets.describe(self.client, JOB, record["job"]) if record["job"] else None
        return self._job(described, item.id) if described is not None else None
