"""``AutoMLRelease``: train, judge and deploy, without a stack that waits for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Self

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_sagemaker as sagemaker_refs
from constructs import Construct

from cdk_automlv2._core.common_rules import removal_policy_rule
from cdk_automlv2._core.connections import OUTSIDE_VPC
from cdk_automlv2._core.identity import digest, identity, name_scope
from cdk_automlv2._core.names import base_name
from cdk_automlv2._core.options import checked, renamed
from cdk_automlv2._core.parts import Part, pass_on_dependencies, stand_for
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.retention import retain, stays
from cdk_automlv2._core.tag_rules import Tags
from cdk_automlv2.hosting.async_inference import AsyncInference
from cdk_automlv2.hosting.data_capture import DataCapture
from cdk_automlv2.hosting.deployment import Deployment
from cdk_automlv2.hosting.endpoint import AutoMLEndpoint
from cdk_automlv2.hosting.endpoint_rules import RULES as ENDPOINT_RULES
from cdk_automlv2.hosting.option_rules import MODEL_RULES
from cdk_automlv2.job.channels import DataChannel
from cdk_automlv2.job.option_rules import JOB_RULES
from cdk_automlv2.job.output import AutoMLOutput
from cdk_automlv2.job.security import VpcConfig
from cdk_automlv2.problem_configs import ProblemConfig
from cdk_automlv2.release.gates import FunctionGate, Gate
from cdk_automlv2.release.option_rules import RELEASE_RULES
from cdk_automlv2.release.parts import DetachedJob, ReleasedEndpoint, ReleasedModel
from cdk_automlv2.release.registration import ReleaseRegistration
from cdk_automlv2.release.stack_releases import StackReleases

_NAME_LENGTH = 63
_OWN_LENGTH = 13
"""Of the name; the function recognizes names of this form."""

_LEFT_OUT = (
    ("DefaultBucket",),
    ("BaseName", "ServiceTimeout"),
    ("BaseName", "MoreLinks", "Wait", "WaitSeconds"),
)
"""Properties of job, model and endpoint that mean nothing in a release, or are the release's."""


@jsii.implements(sagemaker_refs.IEndpointRef)
class AutoMLRelease(ReleaseRegistration):
    """A model that is trained, judged and deployed while no stack waits for it.

    The deployment starts a *release* and is done; the release trains, asks the gates, makes the
    model and moves the endpoint, for as long as that takes. A later deployment with other settings
    supersedes it, one with the same settings changes nothing, other gates judge the last candidate
    again without training. The former model serves until a new one has passed. The endpoint's name
    is known at once, so that grants, metrics and alarms do not wait for it.

    ``automlv2 status``, ``history``, ``wait``, ``retrain``, ``rollback`` and ``abort`` take the
    stack's name and the construct's path below it, ``Stack/Churn``.

    Deleting the construct ends the release that is under way and deletes endpoint, configurations
    and models; candidates in S3 stay, and so do data that you keep there.

    Args:
        problem_config: What to predict, and how.
        inputs: Channels to learn from, 1 or 2.
        instance_type: What the endpoint runs on, such as ``ml.m5.large``.
        gates: What a candidate must show before it serves, in this order; 10 at most. Default:
            any candidate serves.
        output_path: As for ``AutoMLJobV2``.
        output: As for ``AutoMLJobV2``.
        role: Role of jobs and models: an ``iam.IRole``, an ARN or a name. Default: a separate role
            for each.
        job_objective: As for ``AutoMLJobV2``.
        validation_fraction: As for ``AutoMLJobV2``.
        output_kms_key: As for ``AutoMLJobV2``.
        volume_kms_key: Key of the volumes of jobs and endpoint: a ``kms.IKey``, an ARN, an id, or
            ``alias/name``. Default: SageMaker's.
        encrypt_inter_container_traffic: As for ``AutoMLJobV2``.
        vpc_config: Network of jobs and models, as for ``AutoMLJobV2``.
        base_job_name: Prefix of generated job names. Default: the construct's id.
        revision: Any text of 256 characters or less; change it to force a new training job.
        inference_response_keys: As for ``AutoMLModel``.
        enable_network_isolation: As for ``AutoMLModel``.
        processing_unit: As for ``AutoMLModel``.
        initial_instance_count: As for ``AutoMLEndpoint``.
        data_capture: As for ``AutoMLEndpoint``.
        async_inference: As for ``AutoMLEndpoint``.
        deployment: As for ``AutoMLEndpoint``; an update that SageMaker takes back ends the release
            as rolled back.
        endpoint_name: The endpoint's name; another one makes another endpoint. Default: one that
            is made of the construct's path and stays the same.
        volume_size: As for ``AutoMLEndpoint``.
        model_data_download_timeout: As for ``AutoMLEndpoint``.
        container_startup_health_check_timeout: As for ``AutoMLEndpoint``.
        retain_all_variant_properties: As for ``AutoMLEndpoint``.
        tags: Tags of jobs, models, configurations and endpoint, 44 at most; those of
            ``Tags.of(...)`` are merged in and take precedence, those of the stack are merged in.
        notify: Topic that gets an event when a release has ended: in service, refused, undecided,
            failed or rolled back. Default: none.
        keep_history: Whether the table of this stack's releases outlives the stack; one release
            is enough to say so. Default: False.
        removal_policy: RETAIN keeps the endpoint, its configuration and its model when the
            construct or the stack is deleted; you continue to be charged. Default: DESTROY.

    Attributes:
        key: Path of the construct below its stack: what commands and events call it.

    Raises:
        OptionsError: With every invalid option.

    Example:
        >>> release = AutoMLRelease(
        ...     stack,
        ...     "ChurnRelease",
        ...     problem_config=AutoMLTabularConfig("churned"),
        ...     inputs=AutoMLDataChannel("S3Prefix", "s3://my-data/churn/train/"),
        ...     instance_type="ml.m5.large",
        ...     gates=[BetterThanDeployed(), SmokeTest(["-0.5,1,red"])],
        ... )
        >>> release.endpoint_name.startswith("churn-release-")
        True
    """

    _called = "AutoMLRelease"
    _outside_vpc = OUTSIDE_VPC

    @checked(*RELEASE_RULES, also=(*JOB_RULES, *MODEL_RULES, *ENDPOINT_RULES))
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        problem_config: ProblemConfig,
        inputs: DataChannel | Sequence[DataChannel],
        instance_type: str,
        gates: Sequence[Gate] | None = None,
        output_path: str | None = None,
        output: AutoMLOutput | s3.IBucket | None = None,
        role: iam.IRole | str | None = None,
        job_objective: dict[str, str] | None = None,
        validation_fraction: float | None = None,
        output_kms_key: kms.IKey | str | None = None,
        volume_kms_key: kms.IKey | str | None = None,
        encrypt_inter_container_traffic: bool | cdk.IResolvable | None = None,
        vpc_config: VpcConfig | dict[str, list[str]] | None = None,
        base_job_name: str | None = None,
        revision: str | None = None,
        inference_response_keys: Sequence[str] | None = None,
        enable_network_isolation: bool | cdk.IResolvable | None = None,
        processing_unit: str | None = None,
        initial_instance_count: int = 1,
        data_capture: DataCapture | None = None,
        async_inference: AsyncInference | None = None,
        deployment: Deployment | None = None,
        endpoint_name: str | None = None,
        volume_size: int | None = None,
        model_data_download_timeout: int | cdk.Duration | None = None,
        container_startup_health_check_timeout: int | cdk.Duration | None = None,
        retain_all_variant_properties: bool | cdk.IResolvable | None = None,
        tags: Tags | None = None,
        notify: sns.ITopic | None = None,
        keep_history: bool = False,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        super().__init__(scope, id)
        job = DetachedJob(
            self,
            "Job",
            problem_config=problem_config,
            inputs=inputs,
            output_path=output_path,
            output=output,
            role=role,
            job_objective=job_objective,
            validation_fraction=validation_fraction,
            output_kms_key=output_kms_key,
            volume_kms_key=volume_kms_key,
            encrypt_inter_container_traffic=encrypt_inter_container_traffic,
            vpc_config=vpc_config,
            tags=tags,
            base_job_name=base_job_name or base_name(id),
            revision=revision,
            wait=False,
        )
        self._assemble(
            job,
            base_name(id),
            gates,
            endpoint_name,
            {
                "inference_response_keys": inference_response_keys,
                "role": role,
                "vpc_config": vpc_config,
                "enable_network_isolation": enable_network_isolation,
                "processing_unit": processing_unit,
                "tags": tags,
            },
            {
                "instance_type": instance_type,
                "initial_instance_count": initial_instance_count,
                "data_capture": data_capture,
                "async_inference": async_inference,
                "deployment": deployment,
                "volume_size": volume_size,
                "volume_kms_key": volume_kms_key,
                "model_data_download_timeout": model_data_download_timeout,
                "container_startup_health_check_timeout": container_startup_health_check_timeout,
                "retain_all_variant_properties": retain_all_variant_properties,
                "tags": tags,
            },
        )
        self._settle(notify, removal_policy, keep_history=keep_history)

    @classmethod
    def of_job(
        cls,
        scope: Construct,
        id: str,
        job: DetachedJob,
        *,
        base: str,
        gates: Sequence[Gate] | None,
        endpoint_name: str | None,
        of_model: Mapping[str, Any],
        of_endpoint: Mapping[str, Any],
    ) -> Self:
        """Return the release of a job that has been declared already; ``AutoMLV2`` does so.

        Args:
            scope: Parent of the construct.
            id: Its id.
            job: The job, which becomes a part of it.
            base: Prefix of generated names.
            gates: As for ``AutoMLRelease``.
            endpoint_name: As for ``AutoMLRelease``.
            of_model: Options of ``AutoMLModel``.
            of_endpoint: Options of ``AutoMLEndpoint``.

        Raises:
            OptionsError: If the job is a part of another release.
        """
        made = cls.__new__(cls)
        ReleaseRegistration.__init__(made, scope, id)
        made._assemble(job, base, gates, endpoint_name, of_model, of_endpoint)
        return made

    def _assemble(
        self,
        job: DetachedJob,
        base: str,
        gates: Sequence[Gate] | None,
        endpoint_name: str | None,
        of_model: Mapping[str, Any],
        of_endpoint: Mapping[str, Any],
    ) -> None:
        """Make the one resource, and the job, the model and the endpoint parts of it."""
        provider = self._provider = AutoMLProvider.of(self)
        self._shared = StackReleases.of(provider)
        stack_path = provider.stack.node.path
        self.key = self.node.path.removeprefix(f"{stack_path}/") if stack_path else self.node.path
        own = digest(identity(self, provider.stack), _OWN_LENGTH)
        stem = f"-{name_scope(provider.stack)}{own}"
        generated = f"{base[: _NAME_LENGTH - len(stem)].rstrip('-')}{stem}"
        self._name = endpoint_name or generated
        self._parts: list[Part] = []
        self._resource = provider.resource(
            self,
            "Resource",
            "AutoMLRelease",
            BaseName=base,
            ReleaseMachineArn=self._shared.machine.attr_arn,
            TableName=self._shared.table.table_name,
            Key=self.key,
            Job=self._part(0),
            Model=self._part(1),
            Endpoint=self._part(2),
            Gates=[gate.to_request() for gate in gates or []] or None,
        )
        job.join(self._resource)
        self._job = job
        self._model = ReleasedModel(self, self._resource, job=job, **of_model)
        self._endpoint = ReleasedEndpoint(
            self, self._resource, self._name, model=self._model, **of_endpoint
        )
        self._publishes_as(self._endpoint)
        self._parts = [job.part, self._model.part, self._endpoint.part]
        self._grant(gates or [])
        for part in (job, self._model, self._endpoint):
            stand_for(part, self._resource)
            self._shared.before_rendering(partial(pass_on_dependencies, part, self._resource))

    def _settle(
        self,
        notify: sns.ITopic | None,
        removal_policy: cdk.RemovalPolicy | None,
        *,
        keep_history: bool,
    ) -> None:
        """Say what is told of releases, and what stays of them."""
        if keep_history:
            self._shared.keep_history()
        if notify is not None:
            self._notify(notify)
        if removal_policy is not None:
            self.apply_removal_policy(removal_policy)

    @checked(renamed(removal_policy_rule, removal_policy="policy"))
    def apply_removal_policy(self, policy: cdk.RemovalPolicy) -> None:
        """Keep or delete the endpoint, with its configuration and model, when the construct goes.

        Raises:
            OptionsError: If an endpoint cannot have that policy.
        """
        if stays(policy):
            retain(self._resource, policy)
            self._endpoint.apply_removal_policy(policy)

    @checked()
    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` send requests to the endpoint, which need not be there yet.

        Raises:
            OptionsError: If ``grantee`` cannot be granted anything.
        """
        return self._endpoint.grant_invoke(grantee)

    def grant_promotion(self, grantee: iam.IGrantable | str) -> None:
        """Let another account serve its candidates by a lock file; as for ``AutoMLJobV2``.

        Args:
            grantee: The account's number, or a principal.

        Raises:
            OptionsError: If it is none.
        """
        self._job.grant_promotion(grantee)

    @property
    def endpoint_name(self) -> str:  # type: ignore[override]
        """Name of the endpoint; known at synth."""
        return self._name

    @property
    def endpoint_arn(self) -> str:  # type: ignore[override]
        """ARN of the endpoint, which is there once the first release is in service."""
        return self._endpoint.endpoint_arn

    def _security_groups(self) -> list[ec2.ISecurityGroup]:
        return [*self._job._security_groups(), *self._model._security_groups()]

    @property
    def number(self) -> str:
        """Number of the release that the last deployment has started, as text; a token."""
        return cdk.Token.as_string(self._resource.get_att("Release"))

    @property
    def endpoint(self) -> AutoMLEndpoint:
        """The endpoint, as ``AutoMLV2.deploy`` returns it."""
        return self._endpoint

    def _grant(self, gates: Sequence[Gate]) -> None:
        """Let the function ask what the gates ask."""
        rights = self._provider.policy.for_user(self)
        for gate in gates:
            if isinstance(gate, FunctionGate):
                rights.invoke_function(gate.fn.function_arn)
        if any(gate.invokes_endpoint for gate in gates):
            rights.invoke_generated_endpoints(self._provider.name_pattern)
        rights.apply_before(self._resource)

    def _part(self, number: int) -> cdk.IResolvable:
        """Return the properties of a part, as they are once everything has been declared."""
        left_out = _LEFT_OUT[number]
        return cdk.Lazy.uncached_any(_Late(lambda: self._parts[number].properties(*left_out)))


@jsii.implements(cdk.IAnyProducer)
class _Late:
    """Asked by the CDK for the properties of a part."""

    def __init__(self, properties: Callable[[], dict[str, Any]]) -> None:
        self._properties = properties

    def produce(self, context: cdk.IResolveContext) -> Any:
        """Return them."""
        return self._properties()
