"""``IAutoMLJob``: what models, candidates and users may ask of a job, wherever it comes from."""

from __future__ import annotations

from typing import Protocol

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from cdk_automlv2._core.display import interface
from cdk_automlv2.problem_configs import ProblemConfig


@interface
class IAutoMLJob(Protocol):
    """What others may ask of a job, made here or imported; matched by shape.

    Example:
        >>> job = AutoMLJobV2.from_auto_ml_job_name(stack, "Old", "churn-2024")
        >>> grant = job.grant_describe(iam.User(stack, "Analyst"))
    """

    @property
    def job_name(self) -> str:
        """Name of the job."""

    @property
    def job_arn(self) -> str:
        """ARN of the job."""

    @property
    def best_candidate_name(self) -> str:
        """Name of the winner."""

    @property
    def objective_metric_name(self) -> str:
        """Metric that the candidates were ranked by."""

    @property
    def objective_metric_value(self) -> str:
        """The winner's value of that metric, a decimal number as text."""

    @property
    def problem_config(self) -> ProblemConfig | None:
        """What it predicts; ``None`` if that is not known."""

    @property
    def role(self) -> iam.IRole | None:
        """Role that it runs as; ``None`` if that is not known."""

    @property
    def connections(self) -> ec2.Connections:
        """Ways to and from its containers in a VPC; an object that has none need not have it."""

    def grant_describe(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` describe the job and list its candidates."""

    def grant_read_output(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` list and read what the job wrote, and use its keys."""
