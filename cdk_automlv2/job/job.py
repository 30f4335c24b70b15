"""``AutoMLJobV2``: one AutoML V2 job, started, waited for, and stopped on delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_automlv2._core.common_rules import removal_policy_rule
from cdk_automlv2._core.function_policy import FunctionRights
from cdk_automlv2._core.grants import RoleGrants, use_role
from cdk_automlv2._core.keys import optional_key_arn
from cdk_automlv2._core.names import base_name
from cdk_automlv2._core.options import checked, renamed
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.retention import stays
from cdk_automlv2._core.s3 import S3Location
from cdk_automlv2._core.tag_rules import Tags, tag_list
from cdk_automlv2._core.tags import LateTags
from cdk_automlv2._core.tokens import without_none
from cdk_automlv2.job.channel_notes import note_on_channels
from cdk_automlv2.job.channels import DataChannel
from cdk_automlv2.job.imports import JobImports
from cdk_automlv2.job.option_rules import (
    JOB_RULES,
    channel_list,
    default_timeout_seconds,
)
from cdk_automlv2.job.output import AutoMLOutput, job_output
from cdk_automlv2.job.security import VpcConfig, bind_vpc
from cdk_automlv2.problem_configs import ProblemConfig

if TYPE_CHECKING:
    from cdk_automlv2.automl import AutoMLV2


@jsii.implements(iam.IGrantable, cdk.ITaggableV2)
class AutoMLJobV2(JobImports):
    """An AutoML V2 job that CloudFormation starts, waits for, and stops on delete.

    Deleting the construct stops the job if it runs, unless it has been given
    ``apply_removal_policy(cdk.RemovalPolicy.RETAIN)``. Its record and its candidates stay, since
    AWS has no call to delete a job; the files of a ``LocalAutoMLDataChannel`` are deleted with it,
    data that you keep in S3 are not touched. A change of the training (data, problem, objective,
    output) trains a new job while the old one stays; a change back finds the old one again, as
    long as its data is the same. New data under the same prefix change nothing in the template:
    set another ``revision`` to train on them.

    Args:
        problem_config: What to predict, and how.
        inputs: Channels to learn from, 1 or 2: training, and validation where there are two. The
            role is granted to read them.
        output_path: ``s3://bucket/prefix`` for candidates and reports; 512 characters at most,
            not among the inputs, may hold tokens. Default: one private, encrypted, retained bucket
            for the stack.
        output: The same as an ``AutoMLOutput`` or a bucket, whose key goes with it.
        role: Role the job runs as: an ``iam.IRole``, which is granted what the job needs, or an
            ARN or a name, which is not. Default: a role of the job's own.
        job_objective: ``{"MetricName": "F1"}``; goes with the problem's ``problem_type``.
            Default: SageMaker chooses the metric.
        validation_fraction: Fraction of the training data held out for validation; above 0, below
            1; not with a validation channel. Default: 0.2.
        output_kms_key: Key of the output: a ``kms.IKey``, an ARN, an id, or ``alias/name``.
            Default: the bucket's own.
        volume_kms_key: Key of the training volumes, in the same forms. Default: SageMaker's.
        encrypt_inter_container_traffic: Whether to encrypt traffic between training containers.
            Default: False.
        vpc_config: ``{"SecurityGroupIds": [...], "Subnets": [...]}``, 1 to 5 and 1 to 16.
            Default: SageMaker's network.
        tags: Tags of the job, 44 at most; those of ``Tags.of(...)`` are merged in and take
            precedence, those of the stack are merged in.
        base_job_name: Prefix of generated job names, cut where the name would be over 32
            characters. Default: the construct's id.
        job_name: The job's whole name; 32 characters at most. AWS never frees a job name, so
            each new training needs a new one. Default: a name that changes with the training.
        revision: Any text of 256 characters or less; change it to force a new training job.
        timeout: Longest wait for the job; 1 minute to 18 days. Default: the problem's
            ``max_total_job_runtime_in_seconds`` and 30 minutes, or 12 hours where it is not set.
        wait: Whether the deployment waits for the job. Without, the stack is done once the job
            has started, and what needs its result is refused at synth. Default: True.

    Raises:
        OptionsError: With every invalid option.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateAutoMLJobV2.html

    Example:
        >>> job = AutoMLJobV2(
        ...     stack,
        ...     "ChurnJob",
        ...     problem_config=AutoMLTabularConfig("churned", max_candidates=10),
        ...     inputs=AutoMLDataChannel("S3Prefix", "s3://my-data/churn/train/"),
        ... )
        >>> output = cdk.CfnOutput(stack, "Winner", value=job.best_candidate_name)
    """

    _may_be_trained_again = True

    @checked(*JOB_RULES)
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        problem_config: ProblemConfig,
        inputs: DataChannel | Sequence[DataChannel],
        output_path: str | None = None,
        output: AutoMLOutput | s3.IBucket | None = None,
        role: iam.IRole | str | None = None,
        job_objective: dict[str, str] | None = None,
        validation_fraction: float | None = None,
        output_kms_key: kms.IKey | str | None = None,
        volume_kms_key: kms.IKey | str | None = None,
        encrypt_inter_container_traffic: bool | cdk.IResolvable | None = None,
        vpc_config: VpcConfig | dict[str, list[str]] | None = None,
        tags: Tags | None = None,
        base_job_name: str | None = None,
        job_name: str | None = None,
        revision: str | None = None,
        timeout: cdk.Duration | None = None,
        wait: bool = True,
    ) -> None:
        channels = channel_list(inputs)
        super().__init__(scope, id)
        self._provider = AutoMLProvider.of(scope)
        self.problem_config = problem_config
        self._output = job_output(self, output_path, output, output_kms_key)
        self._in_default_bucket = output_path is None and output is None
        network = self._network = bind_vpc(self, vpc_config)
        vpc = None if network is None else network.request
        security = _SecurityOptions(volume_kms_key, encrypt_inter_container_traffic, vpc)
        bound = [
            channel.bind(self, f"Input{number}", self._output)
            for number, channel in enumerate(channels, start=1)
        ]
        note_on_channels(self, channels)
        self._role = use_role(self, "Role", role, provider=self._provider, passes_itself=True)
        rights = self._grant([channel.location for channel in bound], security)
        resource = self._provider.resource(
            self,
            "Resource",
            "AutoMLJobV2",
            AutoMLJobInputDataConfig=[channel.request for channel in bound],
            DefaultBucket=self._output.bucket if self._in_default_bucket else None,
            OutputDataConfig=without_none(
                S3OutputPath=self._output.uri, KmsKeyId=optional_key_arn(output_kms_key)
            ),
            AutoMLProblemTypeConfig=problem_config.to_request_dict(),
            AutoMLJobObjective=job_objective,
            DataSplitConfig=(
                None if validation_fraction is None else {"ValidationFraction": validation_fraction}
            ),
            SecurityConfig=security.to_request() or None,
            RoleArn=self._role.arn,
            AutoMLJobName=job_name,
            BaseName=base_name(base_job_name or id),
            Revision=revision,
            Tags=tag_list(tags),
        )
        rights.apply_before(resource)
        if network is not None:
            network.apply_before(resource)
        self._role.pass_before(self._provider, resource)
        self._tags = LateTags(resource, tags, self._provider.stack)
        self._resource = resource
        self._uploads = [channel.upload for channel in bound if channel.upload is not None]
        for upload in self._uploads:
            self._provider.follow(upload, resource)
        self._settled = None
        if wait:
            _warn_if_short(self, timeout, problem_config)
            usual = default_timeout_seconds(problem_config)
            seconds = usual if timeout is None else int(timeout.to_seconds())
            self._settled = self._wait_for(resource.ref, seconds, resource)

    @classmethod
    @checked()
    def start_new(
        cls, auto_ml: AutoMLV2, inputs: str | DataChannel | Sequence[DataChannel]
    ) -> AutoMLJobV2:
        """Declare the job of an ``AutoMLV2``: the same as its ``fit``.

        Args:
            auto_ml: What to train.
            inputs: As for ``AutoMLV2.fit``.

        Raises:
            OptionsError: With every invalid option.
        """
        return auto_ml.fit(inputs)

    def describe(self) -> AutoMLJobV2:
        """Return the job itself: what the SDK finds in a description are its attributes here."""
        return self

    @checked()
    def wait(self, logs: bool = True) -> AutoMLJobV2:
        """Return the job, whose attributes make whatever uses them wait for it.

        Args:
            logs: Without effect: a deployment shows the events of its stack.

        Raises:
            OptionsError: If it was declared not to be waited for.
        """
        self._value("AutoMLJobStatus")
        return self

    @checked(renamed(removal_policy_rule, removal_policy="policy"))
    def apply_removal_policy(self, policy: cdk.RemovalPolicy) -> None:
        """Let the job run on, or stop it, when the construct or the stack goes.

        RETAIN lets a running job run on, with its role and uploaded folders; you continue to be
        charged until it ends. Without, it is stopped. Record and candidates stay either way.

        Raises:
            OptionsError: If a job cannot have that policy.
        """
        if stays(policy):
            for resource in (self._resource, *self._uploads):
                resource.apply_removal_policy(policy)
            self._role.retain()
            if self._network is not None:
                self._network.retain(policy)

    @property
    def job_name(self) -> str:
        """Name of the job; a token. Of a job waited for it is known once that has completed."""
        if self._settled is None:
            return self._shared("AutoMLJobName", self._resource.ref).token()
        return super().job_name

    @property
    def job_arn(self) -> str:
        """ARN of the job; a token. Of a job waited for it is known once that has completed."""
        if self._settled is None:
            name = "AutoMLJobArn"
            return self._shared(name, self._resource.get_att(name)).token()
        return super().job_arn

    @property
    def role(self) -> iam.IRole:
        """Role that the job runs as, however it was given; the job waits for what it is granted.

        Granting a role that was given as an ARN or a name adds a policy to it.
        """
        return self._role.role

    @property
    def data_fingerprint(self) -> str:
        """Digest of the job's settings and data, by which it is found again; a token.

        ``unknown`` where the data cannot be listed: such a job is found again by its stack's own
        rollback only.
        """
        name = "DataFingerprint"
        return self._shared(name, self._resource.get_att(name)).token()

    @property
    def source(self) -> cdk.CfnResource:
        """The resource whose condition decides whether the job exists."""
        return self._resource

    def _artifacts(self) -> S3Location:
        """Return where the candidates lie.

        A job found again may have written into the bucket of a stack that has been deleted since:
        its own bucket stays, and the new stack has another.
        """
        if not self._in_default_bucket:
            return super()._artifacts()
        name = "OutputBucket"
        bucket = self._shared(name, self._resource.get_att(name))
        location = self._require_output()
        own = cdk.Token.as_string(self._resource.get_att(name))
        return replace(location, uri=f"s3://{own}/{location.prefix}", bucket_name=bucket)

    @property
    def cdk_tag_manager(self) -> cdk.TagManager:
        """Collects the tags of ``Tags.of(job)``."""
        return self._tags.manager()

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The job's role, so that ``bucket.grant_read(job)`` works."""
        return self.role.grant_principal

    def _grant(self, inputs: list[S3Location], security: _SecurityOptions) -> FunctionRights:
        rights = self._provider.policy.for_user(self)
        self._role.allow_job()
        config = self.problem_config
        further = [] if config is None else [S3Location(uri) for uri in config.further_inputs]
        for location in [*inputs, *further]:
            rights.list_objects(location)
            self._role.allow_read(location)
        self._role.allow_write(self._require_output())
        if config is not None and config.reads_base_models:
            self._role.allow_read_base_models()
        security.grant(self._role, rights)
        return rights


class _SecurityOptions:
    """The three options that make up the API's ``SecurityConfig``."""

    def __init__(
        self,
        volume_kms_key: kms.IKey | str | None,
        encrypt_inter_container_traffic: bool | cdk.IResolvable | None,
        vpc_config: dict[str, list[str]] | None,
    ) -> None:
        self._key = volume_kms_key
        self._encrypt = encrypt_inter_container_traffic
        self._vpc = vpc_config

    def to_request(self) -> dict[str, Any]:
        return without_none(
            VolumeKmsKeyId=optional_key_arn(self._key),
            EnableInterContainerTrafficEncryption=self._encrypt,
            VpcConfig=self._vpc,
        )

    def grant(self, role: RoleGrants, rights: FunctionRights) -> None:
        if self._vpc is not None:
            role.allow_vpc()
        if self._key is not None:
            role.allow_volume_key(self._key)
            rights.use_volume_key(self._key)


def _warn_if_short(job: AutoMLJobV2, timeout: cdk.Duration | None, config: ProblemConfig) -> None:
    """Say at synth that the wait may be over before the job is, which then fails the deployment."""
    longest = config.longest_seconds
    if timeout is None or longest is None:
        return
    if timeout.to_seconds() < longest:
        cdk.Annotations.of(job).add_warning_v2(
            "cdk-automlv2:short-timeout",
            f"timeout is {timeout.to_human_string()}, shorter than "
            f"max_total_job_runtime_in_seconds ({longest} s): a job that takes longer fails the "
            "deployment",
        )
