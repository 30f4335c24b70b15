"""Jobs that exist already, known by their name."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_automlv2._core import wait_times
from cdk_automlv2._core.connections import ImportedConnected, connections_of
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.s3 import S3Location
from cdk_automlv2.job.base import AutoMLJobBase
from cdk_automlv2.job.interface import IAutoMLJob
from cdk_automlv2.problem_configs import ProblemConfig


class AttachedAutoMLJob(ImportedConnected, AutoMLJobBase):
    """A job that exists already; see ``AutoMLJobV2.from_auto_ml_job_name``.

    Args:
        name: Its name; may be a token.
        output: Where it wrote, if that is known.
        timeout: Longest wait for it. Default: 12 hours.
        problem_config: What it predicts, if that is known.
        role: Role that it runs as, if that is known.
        security_groups: Those of its containers, if they are known.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        name: str,
        *,
        output: S3Location | None = None,
        timeout: cdk.Duration | None = None,
        problem_config: ProblemConfig | None = None,
        role: iam.IRole | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
    ) -> None:
        super().__init__(scope, id)
        self._provider = AutoMLProvider.of(scope)
        self.problem_config = problem_config
        self._output = output
        self._given_role = role
        self._given_groups = security_groups
        usual = wait_times.DEFAULT_TIMEOUT_SECONDS
        seconds = usual if timeout is None else int(timeout.to_seconds())
        self._settled = self._wait_for(name, seconds)

    @property
    def role(self) -> iam.IRole | None:
        """Role that the job runs as; ``None`` if that is not known."""
        return self._given_role


class JobByShape(AttachedAutoMLJob):
    """An object that has what ``IAutoMLJob`` asks for: its job is used by name.

    Args:
        job: The object.
    """

    def __init__(self, scope: Construct, id: str, job: IAutoMLJob) -> None:
        super().__init__(scope, id, job.job_name, problem_config=job.problem_config)
        self._job = job

    @property
    def role(self) -> iam.IRole | None:
        """Role that the job runs as; ``None`` if that is not known."""
        return self._job.role

    def grant_read_output(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` read what the job wrote; the object alone knows where that is."""
        return self._job.grant_read_output(grantee)

    def _security_groups(self) -> Sequence[ec2.ISecurityGroup]:
        return connections_of(self._job)


def known_job(scope: Construct, job: IAutoMLJob) -> AutoMLJobBase:
    """Return a job as constructs use it; one of another class is attached to below ``scope``."""
    return job if isinstance(job, AutoMLJobBase) else JobByShape(scope, "Job", job)
