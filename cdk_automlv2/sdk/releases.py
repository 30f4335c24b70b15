"""What the SDK's class does after ``fit(wait=False)``: one release instead of three resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_iam as iam

from cdk_automlv2._core.names import base_name
from cdk_automlv2._core.tag_rules import Tags
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.hosting.endpoint import AutoMLEndpoint
from cdk_automlv2.job.base import AutoMLJobBase
from cdk_automlv2.problem_configs import ProblemConfig
from cdk_automlv2.release.gates import Gate
from cdk_automlv2.release.parts import DetachedJob
from cdk_automlv2.release.release import AutoMLRelease
from cdk_automlv2.sdk.job_queries import JobQueries


class JobReleases(JobQueries):
    """Makes releases of jobs that no deployment waits for.

    Attributes:
        endpoint: The endpoint that ``deploy`` or a file declared last; ``None`` without one.
    """

    endpoint: AutoMLEndpoint | None = None

    _base_name: str
    _role: iam.IRole | str | None
    _tags: Tags | None
    _job_options: dict[str, Any]
    problem_config: ProblemConfig | None
    _has_job_name = False
    _release: AutoMLRelease | None = None

    @property
    def release(self) -> AutoMLRelease:
        """The release that ``deploy`` has declared last, after ``fit(wait=False)``.

        Raises:
            OptionsError: If there is none.
        """
        if self._release is None:
            fix = "call fit(wait=False), then deploy"
            fault = OptionFault("release", "must be declared first", None, fix)
            raise OptionsError(f"AutoMLV2 {self.node.id!r}", (fault,))
        return self._release

    def _started(self, job: AutoMLJobBase, *, has_name: bool) -> None:
        self._latest, self._has_job_name = job, has_name

    def _release_of(
        self,
        id: str,
        job: DetachedJob,
        gates: Sequence[Gate] | None,
        endpoint_name: str | None,
        of_model: Mapping[str, Any],
        of_endpoint: Mapping[str, Any],
    ) -> AutoMLEndpoint:
        """Declare the release of a job; return its endpoint."""
        self._release = AutoMLRelease.of_job(
            self,
            id,
            job,
            base=base_name(self._base_name),
            gates=gates,
            endpoint_name=endpoint_name,
            of_model={"role": self._role, "tags": self._tags, **of_model},
            of_endpoint=of_endpoint,
        )
        self.endpoint = released = self._release.endpoint
        return released

    def _rule_context(self) -> dict[str, Any]:
        """Return what was said before, for rules between it and the options of a method."""
        return {
            "latest": self._latest,
            "problem_config": self.problem_config,
            "validation_fraction": self._job_options.get("validation_fraction"),
            "detached": isinstance(self._latest, DetachedJob),
            "has_job_name": self._has_job_name,
        }
