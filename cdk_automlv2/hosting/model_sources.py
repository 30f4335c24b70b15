"""Models that no job of the app has made: of a lock file, or of the model registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Self

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_automlv2._core.annotations import KNOWN_AT_SYNTH
from cdk_automlv2._core.closed_sets import ProcessingUnit, ResponseKey
from cdk_automlv2._core.options import checked
from cdk_automlv2._core.tag_rules import Tags
from cdk_automlv2.hosting.imports import ModelImports
from cdk_automlv2.job.locked import Lock, LockedCandidate
from cdk_automlv2.job.output import AutoMLOutput
from cdk_automlv2.job.packaged import PACKAGE_RULES, PackagedCandidate
from cdk_automlv2.job.security import VpcConfig
from cdk_automlv2.problem_configs import ProblemConfig


class ModelSources(ModelImports):
    """The ways to make a model of what was trained elsewhere."""

    @classmethod
    @checked()
    def from_lock(
        cls,
        scope: Construct,
        id: str,
        lock: str,
        *,
        artifacts: AutoMLOutput | None = None,
        images: Annotated[dict[str, str] | None, KNOWN_AT_SYNTH] = None,
        processing_unit: ProcessingUnit | None = None,
        inference_response_keys: Sequence[ResponseKey] | None = None,
        role: iam.IRole | str | None = None,
        vpc_config: VpcConfig | dict[str, list[str]] | None = None,
        enable_network_isolation: bool | cdk.IResolvable | None = None,
        tags: Tags | None = None,
    ) -> Self:
        """Return a model of exactly what a lock file says, whatever became of its job.

        The function compares each artifact with the digest in the file before the model is made;
        another one fails the deployment.

        Args:
            scope: Parent of the construct.
            id: Its id.
            lock: Path of a file that ``automlv2 lock`` has written.
            artifacts: Where the artifacts are copied to; needed in another account or Region,
                whose bucket must let this stack's function read them. Default: they stay.
            images: Images to use in place of those of the file, by their URIs; needed in another
                Region for images that are not AWS's Deep Learning Containers. Default: those of
                the file, or the same Deep Learning Containers of this Region.
            processing_unit: CPU or GPU. Default: CPU, where it makes a difference.
            inference_response_keys: See ``AutoMLModel``. Default: those of the release that was
                locked.
            role: See ``AutoMLModel``.
            vpc_config: See ``AutoMLModel``.
            enable_network_isolation: See ``AutoMLModel``.
            tags: See ``AutoMLModel``.

        Raises:
            OptionsError: If the file is none, or serves not here.
        """
        read = Lock.read(lock)
        locked = LockedCandidate(scope, f"{id}Lock", read, processing_unit, artifacts, images or {})
        return cls._of(
            scope,
            id,
            job=locked,
            processing_unit=processing_unit or "CPU",
            inference_response_keys=inference_response_keys or read.response_keys,
            role=role,
            vpc_config=vpc_config,
            enable_network_isolation=enable_network_isolation,
            tags=tags,
        )

    @classmethod
    @checked(*PACKAGE_RULES)
    def from_model_package(
        cls,
        scope: Construct,
        id: str,
        model_package_arn: str,
        *,
        containers_digest: str | None = None,
        artifacts: AutoMLOutput | s3.IBucket | None = None,
        problem_config: ProblemConfig | None = None,
        inference_response_keys: Sequence[ResponseKey] | None = None,
        role: iam.IRole | str | None = None,
        vpc_config: VpcConfig | dict[str, list[str]] | None = None,
        enable_network_isolation: bool | cdk.IResolvable | None = None,
        tags: Tags | None = None,
    ) -> Self:
        """Return a model of an approved version of the model registry.

        The function compares the version's containers (images, artifacts, environments), which can
        be changed after the approval, with their digest before the model is made. A version that
        is not approved, or has other containers, fails the deployment, and the former model serves
        on. What is decided about the version later changes nothing that serves.

        Args:
            scope: Parent of the construct.
            id: Its id.
            model_package_arn: ARN of the version, in this Region; may be a token. The group of
                another account needs a policy that lets this account describe its versions.
            containers_digest: What its containers must have; a failed deployment says what they
                have. Default: what was noted in the version when this library registered it.
            artifacts: Where its artifacts lie, which the containers are granted to read: an
                ``AutoMLOutput`` or a bucket. Needed unless ``role`` is an ARN or a name.
            problem_config: What the model predicts: decides how long endpoints are waited for, and
                what is checked of them. Default: not known.
            inference_response_keys: See ``AutoMLModel``. Default: as it was registered.
            role: See ``AutoMLModel``.
            vpc_config: See ``AutoMLModel``.
            enable_network_isolation: See ``AutoMLModel``.
            tags: See ``AutoMLModel``.

        Raises:
            OptionsError: With every invalid option.

        Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeModelPackage.html
        """
        packaged = PackagedCandidate(
            scope, f"{id}Package", model_package_arn, containers_digest, artifacts, problem_config
        )
        return cls._of(
            scope,
            id,
            job=packaged,
            inference_response_keys=inference_response_keys,
            role=role,
            vpc_config=vpc_config,
            enable_network_isolation=enable_network_isolation,
            tags=tags,
        )

    @classmethod
    def _of(cls, scope: Construct, id: str, **options: Any) -> Self:
        make: Callable[..., Self] = cls
        return make(scope, id, **options)
