"""What a job offers, whether it was declared here or exists already."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_automlv2._core import wait_times, waiting
from cdk_automlv2._core.connections import InNetwork
from cdk_automlv2._core.display import Displayed
from cdk_automlv2._core.options import checked
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.s3 import S3Location
from cdk_automlv2._core.s3_grants import grant_read
from cdk_automlv2._core.sharing import SharedValue
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.job.promotion import grant_promotion, grantee_rule
from cdk_automlv2.problem_configs import ProblemConfig


@jsii.implements(ec2.IConnectable)
class AutoMLJobBase(Displayed, InNetwork, cdk.Resource):
    """Attributes and grants of a job; most are attributes of the last link of its wait.

    Attributes:
        problem_config: What it predicts; ``None`` if that is not known.
    """

    problem_config: ProblemConfig | None
    _called = "AutoMLJobV2"
    _output: S3Location | None
    """Where the job writes; ``None`` if that is not known."""

    _provider: AutoMLProvider
    _settled: cdk.CfnResource | None

    _may_be_trained_again = False
    """Whether a later deployment may make it another job."""

    @property
    def job_name(self) -> str:
        """Name of the job; a token. Of a job waited for it is known once that has completed."""
        return self.attribute("AutoMLJobName")

    @property
    def job_arn(self) -> str:
        """ARN of the job; a token. Of a job waited for it is known once that has completed."""
        return self.attribute("AutoMLJobArn")

    @property
    def auto_ml_job_name(self) -> str:
        """The same as ``job_name``, by the API's name."""
        return self.job_name

    @property
    def auto_ml_job_arn(self) -> str:
        """The same as ``job_arn``, by the API's name."""
        return self.job_arn

    @property
    def role(self) -> iam.IRole | None:
        """Role that the job runs as; ``None`` if that is not known."""
        return None

    @property
    def auto_ml_job_status(self) -> str:
        """``Completed``; a token. A job that ends otherwise fails the deployment."""
        return self.attribute("AutoMLJobStatus")

    @property
    def auto_ml_job_secondary_status(self) -> str:
        """Such as ``Completed`` or ``MaxAutoMLJobRuntimeReached``; a token."""
        return self.attribute("AutoMLJobSecondaryStatus")

    @property
    def best_candidate_name(self) -> str:
        """Name of the winner; a token."""
        return self._of_candidate("BestCandidateName")

    @property
    def objective_metric_name(self) -> str:
        """Metric that the candidates were ranked by, as the API spells it; a token."""
        return self._of_candidate("ObjectiveMetricName")

    @property
    def objective_metric_value(self) -> str:
        """The winner's value of that metric, a decimal number as text; a token."""
        return self._of_candidate("ObjectiveMetricValue")

    @checked()
    def attribute(self, name: str) -> str:
        """Return an attribute of the settled job, by the API's name; a token."""
        return self._value(name).token()

    @checked()
    def reference(self, name: str) -> cdk.IResolvable:
        """Return an attribute of the settled job as a token for properties of resources.

        Raises:
            OptionsError: If the deployment does not wait for the job.
        """
        return self._value(name).any_token()

    def _value(self, name: str) -> SharedValue:
        """Return an attribute of the settled job, for any stack.

        Raises:
            OptionsError: If the deployment does not wait for the job.
        """
        if self._settled is None:
            problem = OptionFault("wait", f"must be True where {name} of the job is used", False)
            raise OptionsError(f"AutoMLJobV2 {self.node.id!r}", (problem,))
        return self._shared(name, self._settled.get_att(name))

    @property
    def source(self) -> cdk.CfnResource | None:
        """The resource whose condition decides whether the job exists."""
        return self._settled

    def _is_made_by(self, provider: AutoMLProvider) -> bool:
        """Whether the job belongs to the stack of that provider."""
        return provider is self._provider

    def _use_in(self, provider: AutoMLProvider) -> cdk.IResolvable | str:
        """Return the name of the settled job, for the function of a stack.

        Raises:
            OptionsError: If the deployment does not wait for the job, or it is of another account,
                Region or stage.
        """
        return self._value("AutoMLJobName").in_stack(provider.stack)

    def _locked_properties(self, rights_of: Construct) -> dict[str, Any]:
        """Return what a model's resource says of containers that are known beforehand."""
        return {}

    def _shared(self, name: str, reference: cdk.IResolvable | str) -> SharedValue:
        may_be_empty = name.startswith("ObjectiveMetric")
        stack = self._provider.stack
        return SharedValue(self, stack, name, reference, self.source, may_be_empty)

    @checked()
    def grant_describe(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` describe the job and list its candidates.

        Raises:
            OptionsError: If ``grantee`` cannot be granted anything.
        """
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:ListCandidatesForAutoMLJob"],
            resource_arns=["*"],
        )
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["sagemaker:DescribeAutoMLJobV2"],
            resource_arns=[self.job_arn],
        )

    @checked()
    def grant_read_output(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` list and read what the job wrote, and use its keys.

        Raises:
            OptionsError: If it is not known where the job writes.
        """
        return grant_read(self._artifacts().in_any_stack(), grantee)

    @checked(grantee_rule)
    def grant_promotion(self, grantee: iam.IGrantable | str) -> None:
        """Let another account, or a principal of it, copy and serve the candidates by a lock file.

        Their bucket's policy, and those of its keys, let ``grantee`` list, read and decrypt them;
        whoever acts there needs the same rights in the own account. What is not of this app has to
        be granted by its owner, and synth says so.

        Args:
            grantee: The number of the account whose stacks use ``AutoMLModel.from_lock``, or a
                principal.

        Raises:
            OptionsError: If it is none, or it is not known where the job writes.
        """
        grant_promotion(self, self._require_output(), grantee)

    def _require_output(self) -> S3Location:
        """Return where the job writes.

        Raises:
            OptionsError: If that is not known, as for a job attached to without it.
        """
        if self._output is None:
            problem = OptionFault("output_path", "must be given where the artifacts are read", None)
            raise OptionsError(f"AutoMLJobV2 {self.node.id!r}", (problem,))
        return self._output

    def _artifacts(self) -> S3Location:
        """Return where the candidates lie, which is where the job wrote that made them.

        Raises:
            OptionsError: As ``_require_output``.
        """
        return self._require_output()

    def _require_candidate(self) -> None:
        """Refuse what needs a candidate, where the job makes none.

        Raises:
            OptionsError: If the job only generates candidate definitions.
        """
        if not self._makes_candidates:
            problem = OptionFault(
                "problem_config.generate_candidate_definitions_only",
                "must not be set where a candidate is used",
                True,
            )
            raise OptionsError(f"AutoMLJobV2 {self.node.id!r}", (problem,))

    @property
    def _makes_candidates(self) -> bool:
        """Whether the job trains, and does not only write notebooks."""
        return self.problem_config is None or self.problem_config.makes_candidates

    def _of_candidate(self, name: str) -> str:
        self._require_candidate()
        return self.attribute(name)

    def _wait_for(
        self, job_name: str, seconds: int, started: cdk.CfnResource | None = None
    ) -> cdk.CfnResource:
        waits = wait_times.links(seconds)
        waiting.warn_if_long(self, "the job", len(waits))
        target: dict[str, Any] = {"Target": "AutoMLJob", "AutoMLJobName": job_name}
        if not self._makes_candidates:
            target["CandidateRequired"] = False
        return waiting.chain(self._provider, self, waits, seconds, target, started)
