"""What the SDK's class answers about its jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from constructs import Construct

from cdk_automlv2._core.closed_sets import CandidateSortBy, CandidateStatus, SortOrder
from cdk_automlv2._core.display import Displayed
from cdk_automlv2._core.options import checked
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.job.base import AutoMLJobBase
from cdk_automlv2.job.candidates import AutoMLCandidates, Candidate
from cdk_automlv2.job.interface import IAutoMLJob
from cdk_automlv2.job.job import AutoMLJobV2


class JobQueries(Displayed, Construct):
    """Looks at the latest job, or at one that exists already."""

    _latest: IAutoMLJob | None

    @checked()
    def describe_auto_ml_job(self, job_name: str | None = None) -> IAutoMLJob:
        """Return the job; what a description holds are attributes of it.

        Args:
            job_name: Another job that exists already. Default: the latest one here.

        Raises:
            OptionsError: If there is none yet, or the name is a token.
        """
        if job_name is not None:
            return self._existing(job_name)
        if self._latest is None:
            fix = "call fit or attach first, or give the job_name of one that exists"
            problem = OptionFault("job", "must be there first", None, fix)
            raise OptionsError(f"AutoMLV2 {self.node.id!r}", (problem,))
        return self._latest

    def _existing(self, job_name: str) -> IAutoMLJob:
        """Return the construct of a job that exists: one, however often it is asked for.

        Raises:
            OptionsError: If the name is a token: the construct's id is made of it.
        """
        if is_token(job_name):
            fix = "use attach, or AutoMLJobV2.from_auto_ml_job_name"
            problem = OptionFault("job_name", "must be known at synth", "a token", fix)
            raise OptionsError(f"AutoMLV2 {self.node.id!r}", (problem,))
        own_id = f"Job-{job_name}"
        known = self.node.try_find_child(own_id)
        if isinstance(known, AutoMLJobBase):
            return known
        return AutoMLJobV2.from_auto_ml_job_name(self, own_id, job_name)

    @checked()
    def best_candidate(self, job_name: str | None = None) -> Candidate:
        """Return the winner of the job: name, metric and value, as tokens.

        Raises:
            OptionsError: As ``describe_auto_ml_job``, or if the job is not waited for.
        """
        job = self.describe_auto_ml_job(job_name)
        return Candidate(
            job.best_candidate_name, job.objective_metric_name, job.objective_metric_value
        )

    @checked()
    def list_candidates(
        self,
        job_name: str | None = None,
        status_equals: CandidateStatus | None = None,
        candidate_name: str | None = None,
        candidate_arn: str | None = None,
        sort_order: SortOrder | None = None,
        sort_by: CandidateSortBy | None = None,
        max_results: int | None = None,
        *,
        id: str = "Candidates",
    ) -> AutoMLCandidates:
        """Read the candidates while the stack is deployed; ``.candidates`` is the list.

        Args:
            job_name: Another job that exists already. Default: the latest one here.
            status_equals: Completed, InProgress, Failed, Stopped or Stopping.
            candidate_name: The one candidate of that name.
            candidate_arn: The same by an ARN that ends in the name.
            sort_order: Ascending or Descending.
            sort_by: CreationTime, Status or FinalObjectiveMetricValue.
            max_results: 1 to 300.
            id: Id of the construct; needed from the second call on.

        Raises:
            OptionsError: With every invalid option, or if there is no job, or none waited for.
        """
        if candidate_name is None and candidate_arn is not None:
            candidate_name = candidate_arn.rsplit("/", 1)[-1]
        return AutoMLCandidates(
            self,
            id,
            job=self.describe_auto_ml_job(job_name),
            status_equals=status_equals,
            candidate_name=candidate_name,
            sort_order=sort_order,
            sort_by=sort_by,
            max_results=max_results,
        )


def candidate_name(candidate: Candidate | Mapping[str, Any] | str | None) -> str | None:
    """Return the name of a candidate, however it was given."""
    if isinstance(candidate, Candidate):
        return candidate.candidate_name
    if isinstance(candidate, Mapping):
        return str(candidate["CandidateName"])
    return candidate
