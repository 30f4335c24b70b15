"""The candidates of one job: listed when their trial starts, with times, and how they end."""

from __future__ import annotations

from typing import Any

from cdk_automlv2.local.sagemaker.state import Record, State
from cdk_automlv2.local.training.candidates import is_better

_IN_PROGRESS = "InProgress"


class JobCandidates:
    """Keeps what a training reports of candidates.

    Args:
        state: Holds candidates and jobs.
        job: The job's description; gets its best candidate.
    """

    def __init__(self, state: State, job: Record) -> None:
        self._state = state
        self._job = job
        self._known: list[Record] = state.candidates[job["AutoMLJobArn"]]

    def add(self, report: Record) -> None:
        """Keep what is reported of a candidate, the best so far shown in the job.

        Args:
            report: Members of a candidate, its name among them; a later report adds to an earlier.
        """
        now = self._state.clock.now()
        with self._state.lock:
            before = self._named(report["CandidateName"]) or {"CreationTime": now}
            kept = {**before, **report, "LastModifiedTime": now}
            parts = [item.get("CandidateProperties", {}) for item in (before, report)]
            if any(parts):
                kept["CandidateProperties"] = parts[0] | parts[1]
            if kept.get("CandidateStatus") != _IN_PROGRESS:
                kept.setdefault("EndTime", now)
            self._keep(kept)

    def end(self, status: str, reason: str = "") -> None:
        """End the candidates in progress as their job has ended.

        Args:
            status: Of the job.
            reason: Why it has failed.
        """
        with self._state.lock:
            undone = [item for item in self._known if item.get("CandidateStatus") == _IN_PROGRESS]
            for candidate in undone:
                ended: dict[str, Any] = {"CandidateStatus": status, "ObjectiveStatus": "Failed"}
                if reason:
                    ended["FailureReason"] = reason
                self.add({"CandidateName": candidate["CandidateName"], **ended})

    def _named(self, name: str) -> Record | None:
        return next((item for item in self._known if item["CandidateName"] == name), None)

    def _keep(self, candidate: Record) -> None:
        """Put a candidate in the place of what was known: answers under way keep the old one."""
        before = self._named(candidate["CandidateName"])
        if before is None:
            self._known.append(candidate)
        else:
            self._known[self._known.index(before)] = candidate
        if candidate.get("CandidateStatus") != "Completed":
            return
        best = self._job.get("BestCandidate")
        same = best is not None and best["CandidateName"] == candidate["CandidateName"]
        if best is None or same or is_better(candidate, best):
            self._job["BestCandidate"] = candidate
