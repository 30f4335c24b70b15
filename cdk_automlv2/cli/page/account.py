"""What there is in one account of the local cloud, as the page asks for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from cdk_automlv2.cli import targets, times
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.page import log_lines, one_job, tables
from cdk_automlv2.cli.page.jobs import Jobs
from cdk_automlv2.cli.page.shown import plain, table
from cdk_automlv2.cli.times import moment
from cdk_automlv2.local import LocalCloud

_SAME_SECONDS: Final = 1.0
"""How long a look is good for: tabs that ask meanwhile are shown the same."""


class Account:
    """Looks at one account.

    Args:
        client: Makes clients of it.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._jobs = Jobs(client)
        self._releases = tables.Releases(client)
        self._lock = threading.Lock()
        self._seen: tuple[float, Mapping[str, Any]] = (float("-inf"), {})

    def overview(self) -> Mapping[str, Any]:
        """Return all tables, and the names that the form offers."""
        with self._lock:
            at, found = self._seen
            if time.monotonic() - at > _SAME_SECONDS:
                found = plain(self._look())
                self._seen = (time.monotonic(), found)
            return found

    def _look(self) -> Mapping[str, Any]:
        stacks = tables.all_stacks(self.client)
        endpoints = table(tables.ENDPOINTS, lambda: tables.endpoints(self.client))
        return {
            "at": moment(times.now()),
            "tables": {
                "stacks": table(tables.STACKS, lambda: tables.stacks(stacks)),
                "jobs": table(tables.JOBS, lambda: map(tables.job, self._jobs.newest())),
                "endpoints": endpoints,
                "releases": table(tables.RELEASES, lambda: self._releases.rows(stacks)),
                "executions": table(tables.EXECUTIONS, lambda: tables.executions(self.client)),
            },
            "endpoints": [row.id for row in endpoints.rows],
            "groups": log_lines.groups(self.client),
        }

    def job(self, name: str) -> Mapping[str, Any]:
        """Return a job: what is known of it, how far it is, its leaderboard."""
        target = targets.job(self.client, name)
        found: Mapping[str, Any] = plain(one_job.shown(self.client, target))
        return found

    def logs(self, group: str) -> Mapping[str, Any]:
        """Return the last lines of a log group, or of all."""
        return {"lines": plain(log_lines.last(self.client, group))}


def accounts_of(cloud: LocalCloud) -> dict[str, Account]:
    """Return the accounts of a cloud by their numbers."""
    return {number: Account(_clients(cloud, number)) for number in cloud.keys.accounts}


def _clients(cloud: LocalCloud, account: str) -> Client:
    made: dict[str, Any] = {}
    lock = threading.Lock()  # boto3 makes clients in one thread at a time.

    def client(service: str) -> Any:
        with lock:
            if service not in made:
                made[service] = cloud.client(service, account)
            return made[service]

    return client
