"""The states of jobs: those that have ended are asked for once."""

from __future__ import annotations

from typing import Final

from cdk_automlv2.cli import targets
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.constructs import JOB
from cdk_automlv2.cli.jobs.candidates import list_all
from cdk_automlv2.cli.watch.snapshot import JobState, job_state

MOST: Final = 50
"""Of jobs, endpoints and executions that are shown, the newest."""


class Jobs:
    """Looks at the jobs of an account.

    Args:
        client: Makes clients.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ended: dict[str, JobState] = {}

    def newest(self) -> list[JobState]:
        """Return the newest jobs first."""
        order = {"SortBy": "CreationTime", "SortOrder": "Descending"}
        answer = self._client("sagemaker").list_auto_ml_jobs(MaxResults=MOST, **order)
        names = [item["AutoMLJobName"] for item in answer["AutoMLJobSummaries"]]
        return [state for name in names if (state := self._state(name)) is not None]

    def _state(self, name: str) -> JobState | None:
        if name not in self._ended:
            described = targets.describe(self._client, JOB, name)
            if described is None:
                return None
            state = job_state(described, list_all(self._client, name))
            if not state.is_settled:
                return state
            self._ended[name] = state
        return self._ended[name]
