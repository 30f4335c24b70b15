"""``AutoMLCandidates``: a job's candidates, read while the stack is deployed."""

from __future__ import annotations

from dataclasses import dataclass

from constructs import Construct

from cdk_automlv2._core.closed_sets import CandidateSortBy, CandidateStatus, SortOrder
from cdk_automlv2._core.display import Displayed, shown
from cdk_automlv2._core.options import checked, limits
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.sharing import SharedValue
from cdk_automlv2.job.attached import known_job
from cdk_automlv2.job.interface import IAutoMLJob


@shown
@dataclass(frozen=True)
class Candidate:
    """A job's winner; each attribute is a token.

    Attributes:
        candidate_name: Its name.
        objective_metric_name: Metric it was chosen by.
        objective_metric_value: Its value of that metric, a decimal number as text.

    Example:
        >>> automl = AutoMLV2(stack, "Churn", AutoMLTabularConfig("churned"))
        >>> job = automl.fit("s3://my-data/churn/train/")
        >>> best = automl.best_candidate()
        >>> output = cdk.CfnOutput(stack, "Best", value=best.objective_metric_value)
    """

    candidate_name: str
    objective_metric_name: str
    objective_metric_value: str


class AutoMLCandidates(Displayed, Construct):
    """The candidates of a job, as an attribute of the stack.

    Deleting the construct deletes nothing.

    Args:
        job: The job.
        status_equals: Completed, InProgress, Failed, Stopped or Stopping. Default: all.
        candidate_name: The one candidate of that name. Default: all.
        sort_order: Ascending or Descending. Default: Ascending.
        sort_by: CreationTime, Status or FinalObjectiveMetricValue. Default: CreationTime.
        max_results: Most candidates to list; 1 to 300. Default: all.

    Raises:
        OptionsError: With every invalid option.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListCandidatesForAutoMLJob.html

    Example:
        >>> candidates = AutoMLCandidates(stack, "All", job=job, sort_order="Descending")
        >>> output = cdk.CfnOutput(stack, "Candidates", value=candidates.candidates)
    """

    @checked(
        *limits(
            "ListCandidatesForAutoMLJob",
            status_equals="StatusEquals",
            candidate_name="CandidateNameEquals",
            sort_order="SortOrder",
            sort_by="SortBy",
            max_results="MaxResults",
        )
    )
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        job: IAutoMLJob,
        status_equals: CandidateStatus | None = None,
        candidate_name: str | None = None,
        sort_order: SortOrder | None = None,
        sort_by: CandidateSortBy | None = None,
        max_results: int | None = None,
    ) -> None:
        super().__init__(scope, id)
        known = known_job(self, job)
        provider = AutoMLProvider.of(scope)
        rights = provider.policy.for_user(self)
        output = known._output
        if output is not None:
            output = output.in_stack(provider.stack)
            rights.write_objects(output.below("candidates"))
        self._stack = provider.stack
        self._resource = provider.resource(
            self,
            "Resource",
            "AutoMLCandidates",
            follows=known.source,
            AutoMLJobName=known._use_in(provider),
            OutputPath=None if output is None else output.uri,
            StatusEquals=status_equals,
            CandidateNameEquals=candidate_name,
            SortOrder=sort_order,
            SortBy=sort_by,
            MaxResults=max_results,
        )
        rights.apply_before(self._resource)

    @property
    def candidates(self) -> str:
        """The candidates as JSON; a token.

        ``[{"CandidateName", "CandidateStatus", "MetricName", "Value"}, …]``; empty if the list is
        longer than the 3,000 bytes that an attribute may hold, and then in ``s3_uri``.
        """
        return self._attribute("Candidates")

    @property
    def count(self) -> str:
        """How many there are, a number as text; a token."""
        return self._attribute("Count")

    @property
    def s3_uri(self) -> str:
        """Where a list too long for an attribute lies, below the job's output path; a token."""
        return self._attribute("S3Uri")

    def _attribute(self, name: str) -> str:
        reference = self._resource.get_att(name)
        return SharedValue(self, self._stack, name, reference, self._resource, True).token()
