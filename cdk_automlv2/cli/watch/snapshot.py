"""How it is with a stack, its jobs, endpoints and releases at one moment."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cdk_automlv2.cli import stopped
from cdk_automlv2.cli.jobs import leaderboard
from cdk_automlv2.cli.jobs.leaderboard import Candidate
from cdk_automlv2.cli.releases.states import exit_status
from cdk_automlv2.cli.watch.phases import TRAIN, phase_of

_JOB_ENDS: Final = frozenset({"Completed", "Failed", "Stopped"})
_ENDPOINT_MOVES: Final = frozenset(
    {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}
)
_GOOD_STACKS: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
GONE: Final = "DELETE_COMPLETE"


@dataclass(frozen=True)
class StackState:
    """A stack.

    Attributes:
        name: Its name.
        status: As CloudFormation has it.
        done: How many of its resources are complete.
        total: How many it has.
        reason: Why it is so, if CloudFormation says.
        since: When this operation began.
        is_deletion: Whether it is watched while it is deleted, so that its end is good.
    """

    name: str
    status: str
    done: int
    total: int
    reason: str = ""
    since: datetime.datetime | None = None
    is_deletion: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether nothing is in progress."""
        return not self.status.endswith("_IN_PROGRESS")

    @property
    def is_good(self) -> bool:
        """Whether the last operation did what it should."""
        return self.status in _GOOD_STACKS or (self.is_deletion and self.status == GONE)


@dataclass(frozen=True)
class JobState:
    """A job.

    Attributes:
        id: Path of its construct; empty where the job was asked for by name.
        name: As SageMaker has it.
        status: Such as ``InProgress``.
        secondary: Such as ``ModelTuning``.
        began: When it was made.
        ended: When it ended.
        cap: Seconds after which it is stopped.
        maximum: Of candidates.
        failure: Why it has failed.
        best: Name of its best candidate.
        candidates: In the order in which they were made.
    """

    id: str
    name: str
    status: str
    secondary: str
    began: datetime.datetime
    ended: datetime.datetime | None = None
    cap: int | None = None
    maximum: int | None = None
    failure: str = ""
    best: str = ""
    candidates: tuple[Candidate, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether it has ended."""
        return self.status in _JOB_ENDS

    @property
    def is_good(self) -> bool:
        """Whether it has ended well."""
        return self.status == "Completed"

    @property
    def phase(self) -> str:
        """What it is busy with."""
        return phase_of(self.secondary)

    @property
    def finished(self) -> list[Candidate]:
        """The candidates that have a value, in the order in which they ended."""
        known = [item for item in self.candidates if leaderboard.value_of(item) is not None]
        return sorted(known, key=lambda item: item.get("EndTime") or self.began)

    @property
    def failed(self) -> int:
        """How many candidates have failed."""
        return sum(item.get("CandidateStatus") == "Failed" for item in self.candidates)

    def elapsed(self, now: datetime.datetime) -> float:
        """Return the seconds that it has taken."""
        return max(0.0, ((self.ended or now) - self.began).total_seconds())

    def left(self, now: datetime.datetime) -> float | None:
        """Return an estimate of the seconds of training left; nothing where there is none.

        The candidates that have ended say how many end in an hour; nothing of AWS says more.
        """
        done = self.finished
        if self.phase != TRAIN or not done or not self.maximum or len(done) >= self.maximum:
            return None
        first = min((item.get("CreationTime") or self.began) for item in self.candidates)
        last = max((item.get("EndTime") or now) for item in done)
        each = max(0.0, (last - first).total_seconds()) / len(done)
        estimate = each * (self.maximum - len(done)) - (now - last).total_seconds()
        bound = (self.cap - self.elapsed(now)) if self.cap else estimate
        return max(0.0, min(estimate, bound))


@dataclass(frozen=True)
class EndpointState:
    """An endpoint.

    Attributes:
        id: Path of its construct; empty where it was asked for by name.
        name: As SageMaker has it.
        status: Such as ``Creating``.
        failure: Why it has failed.
        began: When it was made.
    """

    id: str
    name: str
    status: str
    failure: str = ""
    began: datetime.datetime | None = None

    @property
    def is_settled(self) -> bool:
        """Whether it does not move."""
        return self.status not in _ENDPOINT_MOVES

    @property
    def is_good(self) -> bool:
        """Whether it serves, or is missing on purpose."""
        return self.status == "InService" or self.status.startswith(stopped.STATUS)


@dataclass(frozen=True)
class ReleaseState:
    """The newest release of a construct.

    Attributes:
        id: Path of the construct.
        number: Of the release.
        state: As docs/releases.md lists them.
        reason: Why, if it has failed or was refused.
        job: The one that it trains by; its end is not the release's.
    """

    id: str
    number: int
    state: str
    reason: str = ""
    job: JobState | None = None

    @property
    def is_settled(self) -> bool:
        """Whether it has ended."""
        return exit_status(self.state) is not None

    @property
    def is_good(self) -> bool:
        """Whether it serves."""
        return exit_status(self.state) == 0


State = StackState | JobState | EndpointState | ReleaseState


@dataclass(frozen=True)
class Snapshot:
    """All that is watched, at one moment.

    Attributes:
        at: When.
        stack: The stack, where one is watched.
        jobs: Its jobs.
        endpoints: Its endpoints.
        releases: Its releases.
    """

    at: datetime.datetime
    stack: StackState | None = None
    jobs: tuple[JobState, ...] = ()
    endpoints: tuple[EndpointState, ...] = ()
    releases: tuple[ReleaseState, ...] = ()

    @property
    def states(self) -> list[State]:
        """All of them, the stack first."""
        above: Sequence[State] = [self.stack] if self.stack else []
        return [*above, *self.jobs, *self.endpoints, *self.releases]

    @property
    def training(self) -> list[JobState]:
        """The jobs, those of releases too."""
        return [*self.jobs, *(item.job for item in self.releases if item.job)]

    @property
    def is_settled(self) -> bool:
        """Whether nothing changes any more by itself."""
        return all(item.is_settled for item in self.states)

    @property
    def exit_status(self) -> int:
        """What `--exit-status` ends with: 0 only if all has ended well."""
        bad = [item for item in self.states if not item.is_good]
        codes = [exit_status(item.state) for item in bad if isinstance(item, ReleaseState)]
        known = [code for code in codes if code]
        if len(known) == len(bad) and known:
            return known[0]
        return 1 if bad else 0


def job_state(
    described: Mapping[str, Any], candidates: Sequence[Candidate], id: str = ""
) -> JobState:
    """Return the state of a job by what SageMaker says of it."""
    resolved = described.get("ResolvedAttributes") or {}
    [config] = (described.get("AutoMLProblemTypeConfig") or {"": {}}).values()
    criteria = {
        **(config.get("CompletionCriteria") or {}),
        **(resolved.get("CompletionCriteria") or {}),
    }
    return JobState(
        id=id,
        name=described["AutoMLJobName"],
        status=described["AutoMLJobStatus"],
        secondary=described["AutoMLJobSecondaryStatus"],
        began=described["CreationTime"],
        ended=described.get("EndTime"),
        cap=criteria.get("MaxAutoMLJobRuntimeInSeconds"),
        maximum=criteria.get("MaxCandidates"),
        failure=described.get("FailureReason") or "",
        best=(described.get("BestCandidate") or {}).get("CandidateName", ""),
        candidates=tuple(
            sorted(
                candidates, key=lambda item: item.get("CreationTime") or described["CreationTime"]
            )
        ),
    )


def endpoint_state(described: Mapping[str, Any], id: str = "") -> EndpointState:
    """Return the state of an endpoint by what SageMaker says of it."""
    return EndpointState(
        id=id,
        name=described["EndpointName"],
        status=described["EndpointStatus"],
        failure=described.get("FailureReason") or "",
        began=described.get("CreationTime"),
    )
