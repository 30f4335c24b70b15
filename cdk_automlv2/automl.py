"""``AutoMLV2``: the SageMaker SDK's class of that name, as a construct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_automlv2._core.annotations import KNOWN_AT_SYNTH
from cdk_automlv2._core.identity import is_in_stack_of
from cdk_automlv2._core.options import checked
from cdk_automlv2._core.tag_rules import Tags
from cdk_automlv2.job.imports import JOB_NAME_RULES
from cdk_automlv2.job.interface import IAutoMLJob
from cdk_automlv2.job.job import AutoMLJobV2
from cdk_automlv2.job.option_rules import ATTACHED_RULES, SETTINGS_RULES
from cdk_automlv2.job.output import AutoMLOutput
from cdk_automlv2.problem_configs import ProblemConfig
from cdk_automlv2.release.parts import DetachedJob
from cdk_automlv2.sdk.from_v1 import v1_rule, v2_options
from cdk_automlv2.sdk.option_rules import (
    AUTO_ML_RULES,
    FIT_RULES,
    Inputs,
    at_run_time_only,
    channels_of,
)
from cdk_automlv2.sdk.serving import CandidateServing, Vpc
from cdk_automlv2.specs.from_spec import DeclaredBySpec

Output = AutoMLOutput | s3.IBucket


class AutoMLV2(CandidateServing, DeclaredBySpec):
    """An AutoML V2 experiment: problem, jobs and endpoints.

    ``fit`` declares the job, ``deploy`` the model and the endpoint; nothing is created before.
    For what each of them removes on delete, see ``AutoMLJobV2``, ``AutoMLModel`` and
    ``AutoMLEndpoint``.

    Args:
        problem_config: What to predict, and how.
        base_job_name: Prefix of generated job names. Default: the construct's id.
        output_path: ``s3://bucket/prefix``. Default: one private bucket for the stack.
        job_objective: ``{"MetricName": "F1"}``. Default: SageMaker chooses.
        validation_fraction: Fraction of the training data held out for validation; above 0, below
            1. Default: 0.2.
        auto_generate_endpoint_name: Whether ``fit`` deploys the best candidate at once, to an
            endpoint named by this library. Where the SDK leaves that endpoint to nobody, here it
            belongs to the stack. Default: False.
        endpoint_name: Its name, with ``auto_generate_endpoint_name=False``. Default: none.
        output_kms_key: Key of the output: a ``kms.IKey``, an ARN, an id, or ``alias/name``.
            Default: the bucket's own.
        role: Role of jobs and models: an ``iam.IRole``, an ARN or a name. Default: a separate role
            for each.
        volume_kms_key: Key of the training volumes, in the same forms. Default: SageMaker's.
        encrypt_inter_container_traffic: Whether to encrypt traffic between training containers.
            Default: False.
        vpc_config: ``VpcConfig``, or the API's dict. Default: SageMaker's network.
        tags: Tags of job, model, configuration and endpoint.
        sagemaker_session: Must be None; not available at synth time; see ``cdk_automlv2.runtime``.
        output: As for ``AutoMLJobV2``.

    Raises:
        OptionsError: With every invalid option.

    Example:
        >>> automl = AutoMLV2(stack, "Churn", AutoMLTabularConfig("churned"))
        >>> job = automl.fit("s3://my-data/churn/train/")
        >>> endpoint = automl.deploy(1, "ml.m5.large")
    """

    @checked(*AUTO_ML_RULES, also=SETTINGS_RULES)
    def __init__(
        self,
        scope: Construct,
        id: str,
        problem_config: ProblemConfig,
        base_job_name: str | None = None,
        output_path: str | None = None,
        job_objective: dict[str, str] | None = None,
        validation_fraction: float | None = None,
        auto_generate_endpoint_name: bool | None = None,
        endpoint_name: str | None = None,
        output_kms_key: kms.IKey | str | None = None,
        role: iam.IRole | str | None = None,
        volume_kms_key: kms.IKey | str | None = None,
        encrypt_inter_container_traffic: bool | None = None,
        vpc_config: Vpc | None = None,
        tags: Tags | None = None,
        sagemaker_session: None = None,
        *,
        output: Output | None = None,
    ) -> None:
        super().__init__(scope, id)
        is_in_stack_of(self, scope)
        self.problem_config: ProblemConfig | None = problem_config
        self._base_name = base_job_name or id
        self._one_click = auto_generate_endpoint_name is True or endpoint_name is not None
        self._endpoint_name = endpoint_name
        self._role = role
        self._vpc_config = vpc_config
        self._tags = tags
        self._job_options: dict[str, Any] = {
            "output_path": output_path,
            "output": output,
            "job_objective": job_objective,
            "validation_fraction": validation_fraction,
            "output_kms_key": output_kms_key,
            "volume_kms_key": volume_kms_key,
            "encrypt_inter_container_traffic": encrypt_inter_container_traffic,
        }
        self._latest: IAutoMLJob | None = None

    @classmethod
    @checked(v1_rule)
    def from_auto_ml(
        cls, scope: Construct, id: str, auto_ml: Annotated[Mapping[str, Any], KNOWN_AT_SYNTH]
    ) -> AutoMLV2:
        """Return the V2 form of a V1 job.

        Args:
            scope: Parent of the construct.
            id: Its id.
            auto_ml: A CreateAutoMLJob request or a DescribeAutoMLJob answer, as boto3 has them.

        Raises:
            OptionsError: With every invalid option.
        """
        return cls(scope, id, **v2_options(auto_ml))

    @classmethod
    @checked(*at_run_time_only("sagemaker_session"), *JOB_NAME_RULES, also=ATTACHED_RULES)
    def attach(
        cls,
        scope: Construct,
        id: str,
        auto_ml_job_name: str,
        *,
        problem_config: ProblemConfig | None = None,
        output_path: str | None = None,
        output: Output | None = None,
        output_kms_key: kms.IKey | str | None = None,
        timeout: cdk.Duration | None = None,
        sagemaker_session: None = None,
    ) -> AutoMLV2:
        """Return an AutoMLV2 of a job that exists already, to deploy its candidates.

        Args:
            scope: Parent of the construct.
            id: Its id.
            auto_ml_job_name: The job's name; may be a token.
            problem_config: What it predicts; needed for ``fit``, and where a default depends on it.
            output_path: Where it wrote; needed where a role is made to read its artifacts.
            output: As for ``AutoMLJobV2``.
            output_kms_key: Key that it wrote with; whoever reads the artifacts may use it.
            timeout: Longest wait for it; 1 minute to 18 days. Default: 12 hours.
            sagemaker_session: Must be None; not available at synth time.

        Raises:
            OptionsError: With every invalid option.
        """
        made = cls.__new__(cls)
        Construct.__init__(made, scope, id)
        where: dict[str, Any] = {
            "output_path": output_path,
            "output": output,
            "output_kms_key": output_kms_key,
        }
        job = AutoMLJobV2.from_auto_ml_job_attributes(
            made,
            "Attached",
            auto_ml_job_name=auto_ml_job_name,
            problem_config=problem_config,
            timeout=timeout,
            **where,
        )
        made._base_name = id
        made._one_click = False
        made._endpoint_name = made._role = made._vpc_config = made._tags = None
        made.problem_config = problem_config
        made._job_options = {}
        made._latest = job
        return made

    @checked(*FIT_RULES, also=SETTINGS_RULES, context=lambda self: self._rule_context())
    def fit(
        self,
        inputs: Inputs,
        wait: bool = True,
        logs: bool = True,
        job_name: str | None = None,
        *,
        id: str = "Job",
        revision: str | None = None,
        timeout: cdk.Duration | None = None,
    ) -> AutoMLJobV2:
        """Declare the job that learns from ``inputs``, and return it.

        Args:
            inputs: ``s3://…``, a path, a channel, or one training and one validation channel.
            wait: Whether the deployment waits for the job. Default: True.
            logs: Without effect: a deployment shows the events of its stack.
            job_name: The job's whole name. Default: one that changes with the training.
            id: Id of the construct; needed from the second call on.
            revision: Any text; change it to force a new training job.
            timeout: As for ``AutoMLJobV2``.

        Raises:
            OptionsError: With every invalid option, or if the problem is not known.
        """
        assert self.problem_config is not None
        kind = AutoMLJobV2 if wait else DetachedJob
        job = kind(
            self,
            id,
            problem_config=self.problem_config,
            inputs=channels_of(inputs),
            base_job_name=self._base_name,
            role=self._role,
            vpc_config=self._vpc_config,
            tags=self._tags,
            job_name=job_name,
            revision=revision,
            timeout=timeout,
            wait=wait,
            **self._job_options,
        )
        self._started(job, has_name=job_name is not None)
        if self._one_click:
            instance_type = self.problem_config.serving.one_click_instance_type
            self.deploy(1, instance_type, endpoint_name=self._endpoint_name, id=f"{id}Endpoint")
        return job
