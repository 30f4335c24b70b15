"""Jobs that exist already, as constructs."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_automlv2._core.imports import arn_rules, name_of, name_rules, one_of_rules
from cdk_automlv2._core.options import checked
from cdk_automlv2.job.attached import AttachedAutoMLJob
from cdk_automlv2.job.base import AutoMLJobBase
from cdk_automlv2.job.interface import IAutoMLJob
from cdk_automlv2.job.option_rules import ATTACHED_RULES
from cdk_automlv2.job.output import AutoMLOutput, given_output
from cdk_automlv2.problem_configs import ProblemConfig

JOB_NAME_RULES = name_rules(
    "auto_ml_job_name", "CreateAutoMLJobV2", "AutoMLJobName", "AutoMLJobV2.from_auto_ml_job_arn"
)
_JOB_ARN_RULES = arn_rules("auto_ml_job_arn", "automl-job", "AutoMLJobV2.from_auto_ml_job_name")
_ONE_OF_RULES = one_of_rules("auto_ml_job_name", "auto_ml_job_arn")


class JobImports(AutoMLJobBase):
    """The ways to name a job that exists already."""

    @classmethod
    @checked(*ATTACHED_RULES, *JOB_NAME_RULES)
    def from_auto_ml_job_name(
        cls,
        scope: Construct,
        id: str,
        auto_ml_job_name: str,
        *,
        output_path: str | None = None,
        output: AutoMLOutput | s3.IBucket | None = None,
        output_kms_key: kms.IKey | str | None = None,
        timeout: cdk.Duration | None = None,
    ) -> IAutoMLJob:
        """Return a job that exists already, in this account and Region.

        The deployment waits for it if it still runs; deleting the stack does not stop it.

        Args:
            scope: Parent of the construct.
            id: Its id.
            auto_ml_job_name: The job's name; may be a token.
            output_path: Where the job wrote, so that a model of it can be granted to read it.
            output: The same as an ``AutoMLOutput`` or a bucket, whose key goes with it.
            output_kms_key: Key that the job wrote with; whoever reads the output may use it.
            timeout: Longest wait; 1 minute to 18 days. Default: 12 hours.

        Raises:
            OptionsError: With every invalid option.
        """
        where = given_output(output_path, output, output_kms_key)
        return AttachedAutoMLJob(scope, id, auto_ml_job_name, output=where, timeout=timeout)

    @classmethod
    @checked(*_JOB_ARN_RULES)
    def from_auto_ml_job_arn(cls, scope: Construct, id: str, auto_ml_job_arn: str) -> IAutoMLJob:
        """Return a job that exists already, by its ARN.

        Args:
            scope: Parent of the construct.
            id: Its id.
            auto_ml_job_arn: The job's ARN, in this account and Region; may be a token.

        Raises:
            OptionsError: If that is no ARN of such a job.
        """
        return AttachedAutoMLJob(scope, id, name_of(scope, None, auto_ml_job_arn))

    @classmethod
    @checked(*ATTACHED_RULES, *JOB_NAME_RULES, *_JOB_ARN_RULES, *_ONE_OF_RULES)
    def from_auto_ml_job_attributes(
        cls,
        scope: Construct,
        id: str,
        *,
        auto_ml_job_name: str | None = None,
        auto_ml_job_arn: str | None = None,
        output_path: str | None = None,
        output: AutoMLOutput | s3.IBucket | None = None,
        output_kms_key: kms.IKey | str | None = None,
        problem_config: ProblemConfig | None = None,
        role: iam.IRole | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        timeout: cdk.Duration | None = None,
    ) -> IAutoMLJob:
        """Return a job that exists already, with all that is known of it.

        Args:
            scope: Parent of the construct.
            id: Its id.
            auto_ml_job_name: The job's name; may be a token.
            auto_ml_job_arn: Its ARN instead.
            output_path: Where the job wrote, so that a model of it can be granted to read it.
            output: The same as an ``AutoMLOutput`` or a bucket, whose key goes with it.
            output_kms_key: Key that the job wrote with; whoever reads the output may use it.
            problem_config: What it predicts: decides how its models are served, and what is
                checked of them. Default: not known.
            role: Role that it runs as. Default: not known.
            security_groups: Those of its containers, if it is in a VPC. Default: not known.
            timeout: Longest wait; 1 minute to 18 days. Default: 12 hours.

        Raises:
            OptionsError: With every invalid option.
        """
        return AttachedAutoMLJob(
            scope,
            id,
            name_of(scope, auto_ml_job_name, auto_ml_job_arn),
            output=given_output(output_path, output, output_kms_key),
            timeout=timeout,
            problem_config=problem_config,
            role=role,
            security_groups=security_groups,
        )
