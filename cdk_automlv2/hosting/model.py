"""``AutoMLModel``: a candidate's inference containers as a SageMaker model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk.interfaces import aws_sagemaker as sagemaker_refs
from constructs import Construct, IConstruct

from cdk_automlv2._core.annotations import KNOWN_AT_SYNTH
from cdk_automlv2._core.closed_sets import ProcessingUnit, ResponseKey
from cdk_automlv2._core.common_rules import removal_policy_rule
from cdk_automlv2._core.grants import RoleGrants, read_statements, use_role
from cdk_automlv2._core.identity import top_level_stack
from cdk_automlv2._core.nag import Acknowledgements
from cdk_automlv2._core.nag_reasons import ROLE
from cdk_automlv2._core.names import base_name
from cdk_automlv2._core.options import checked, renamed
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.retention import retain, stays
from cdk_automlv2._core.sharing import SharedValue, text_of
from cdk_automlv2._core.tag_rules import Tags, tag_list
from cdk_automlv2._core.tags import LateTags
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.hosting.model_sources import ModelSources
from cdk_automlv2.hosting.option_rules import MODEL_RULES
from cdk_automlv2.job.attached import JobByShape, known_job
from cdk_automlv2.job.base import AutoMLJobBase
from cdk_automlv2.job.interface import IAutoMLJob
from cdk_automlv2.job.security import VpcConfig, bind_vpc
from cdk_automlv2.problem_configs.serving import serving_of
from cdk_automlv2.release.gates import Gate
from cdk_automlv2.release.in_stack import in_stack_gates_rule, judge_before
from cdk_automlv2.release.model_registration import ModelRegistration
from cdk_automlv2.release.registered import register_model, registration_of


@jsii.implements(iam.IGrantable, cdk.ITaggableV2, sagemaker_refs.IModelRef)
class AutoMLModel(ModelSources):
    """The inference containers of a job's candidate, as a SageMaker model.

    Deleting the construct deletes the model; artifacts in S3 stay. Another candidate, or other
    options, make another model, and the old one is deleted after the endpoint has moved on.

    Args:
        job: The job whose candidate is served.
        candidate_name: The candidate. Default: the best one.
        inference_response_keys: Keys of a classifier's inference response, in order:
            predicted_label, probability, probabilities, labels; keys the candidate lacks fail the
            deployment and are named. Default: predicted_label.
        role: Role the containers run as: an ``iam.IRole``, which is granted to read the
            artifacts, or an ARN or a name, which is not. Default: a role of the model's own.
        vpc_config: ``{"SecurityGroupIds": [...], "Subnets": [...]}``. Default: none.
        enable_network_isolation: Whether to isolate the containers from the network. Default:
            False.
        processing_unit: CPU or GPU: which containers of an image or text candidate are used.
            Default: what the first endpoint of the model runs on; GPU for a language model.
        model_name: The model's name; 63 characters at most. A model cannot be changed, so that
            other content, such as each retraining, fails under the same name. Default: a name
            that changes with the content.
        name: The same as ``model_name``, as ``AutoMLV2.create_model`` has it.
        gates: What the candidate must show before there is a model of it; one that says no, or
            cannot tell, fails the deployment, and the former model serves on. Not ``LatencyGate``
            and ``SmokeTest``, for which ``AutoMLRelease`` has an endpoint to ask. Default: none.
        register_in: Model package group, its name, or a ``ModelRegistration``: the model becomes a
            version there, pending approval, and so does each later winner. Default: none.
        tags: Tags of the model, 44 at most; those of ``Tags.of(...)`` are merged in and take
            precedence, those of the stack are merged in.
        removal_policy: RETAIN keeps the model, and a role made for it, when the construct or the
            stack is deleted or the model is replaced. Default: DESTROY.

    Raises:
        OptionsError: With every invalid option.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html

    Example:
        >>> model = AutoMLModel(
        ...     stack, "ChurnModel", job=job, inference_response_keys=["predicted_label"]
        ... )
    """

    @checked(*MODEL_RULES, in_stack_gates_rule)
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        job: IAutoMLJob,
        candidate_name: str | None = None,
        inference_response_keys: Sequence[ResponseKey] | None = None,
        role: iam.IRole | str | None = None,
        vpc_config: VpcConfig | dict[str, list[str]] | None = None,
        enable_network_isolation: bool | cdk.IResolvable | None = None,
        processing_unit: ProcessingUnit | None = None,
        model_name: str | None = None,
        name: str | None = None,
        gates: Sequence[Gate] | None = None,
        register_in: (
            ModelRegistration
            | sagemaker.CfnModelPackageGroup
            | Annotated[str, KNOWN_AT_SYNTH]
            | None
        ) = None,
        tags: Tags | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        keys = _listed(inference_response_keys)
        model_name = name if model_name is None else model_name
        super().__init__(scope, id)
        known = self._known_job = known_job(self, job)
        known._require_candidate()
        provider = self._provider = AutoMLProvider.of(scope)
        self._stack = provider.stack
        self._role = use_role(self, "Role", role, provider=provider, passes_itself=False)
        self._role.allow_containers()
        self.job = job
        self.problem_config = job.problem_config
        units = serving_of(job.problem_config).units
        self.processing_unit: str = processing_unit or units[0]
        self._follows_endpoint = processing_unit is None and len(units) > 1
        artifacts = self._grant_artifacts(role)
        network = self._network = bind_vpc(self, vpc_config)
        self.has_vpc = network is not None
        self.is_isolated = enable_network_isolation is True
        if network is not None:
            self._role.allow_vpc()
        if model_name is not None:
            _warn_about_name(self, known)
        job_name = self._name_of_job()
        judged = judge_before(self, provider, gates, job_name, candidate_name, known.source)
        self._resource = provider.resource(
            self,
            "Resource",
            "AutoMLModel",
            follows=known.source,
            AutoMLJobName=job_name,
            CandidateName=candidate_name,
            **known._locked_properties(self),
            InferenceResponseKeys=keys,
            ExecutionRoleArn=self._role.arn,
            VpcConfig=None if network is None else network.request,
            EnableNetworkIsolation=enable_network_isolation,
            ProcessingUnit=self.processing_unit,
            ModelName=model_name,
            BaseName=base_name(id),
            Tags=tag_list(tags),
            ServiceTimeout=3600,
        )
        if judged is not None:
            self._resource.add_resource_dependency(judged)
        if network is not None:
            network.apply_before(self._resource)
        self._role.pass_before(provider, self._resource)
        self._register(registration_of(register_in), job_name, candidate_name)
        if isinstance(known, JobByShape):
            known.grant_read_output(self.role)
        if artifacts is not None:
            self._resource.node.add_dependency(artifacts)
        self._tags = LateTags(self._resource, tags, provider.stack)
        self._retained = False
        if removal_policy is not None and stays(removal_policy):
            self._retain(removal_policy)

    def _register(
        self,
        registration: ModelRegistration | None,
        job_name: cdk.IResolvable | str | None,
        candidate_name: str | None,
    ) -> None:
        """Make the version that stands for the model in the registry, where one is asked for."""
        self._package: cdk.CfnResource | None = None
        if registration is not None:
            candidate = {"AutoMLJobName": job_name, "CandidateName": candidate_name}
            self._package = register_model(
                self, self._provider, registration, self._resource, **candidate
            )

    @property
    def model_package_arn(self) -> str:
        """ARN of the model's version in the registry; a token.

        Raises:
            OptionsError: If the model has none.
        """
        if self._package is None:
            fault = OptionFault("register_in", "must be given where the version is used", None)
            raise OptionsError(f"AutoMLModel {self.node.id!r}", (fault,))
        return self._value("ModelPackageArn", self._package.ref).token()

    def _serve_on(self, unit: str) -> None:
        """Use the containers for its first endpoint's processors, where none were chosen."""
        if self._follows_endpoint:
            self._follows_endpoint = False
            if unit != self.processing_unit:
                self.processing_unit = unit
                self._resource.add_property_override("ProcessingUnit", unit)

    def _name_of_job(self) -> cdk.IResolvable | str | None:
        """Return the job's name, where it is known to the template."""
        return self._known_job._use_in(self._provider)

    def _grant_artifacts(self, role: iam.IRole | str | None) -> iam.Policy | None:
        """Let the containers read the artifacts; return the policy made for that, if one was.

        A role that was given may be the job's too. Where the artifacts lie is an attribute of the
        job, which waits for its role's policy: so that right has a policy of its own.
        """
        if isinstance(role, str) or isinstance(self._known_job, JobByShape):
            return None
        artifacts = self._known_job._artifacts()
        location = artifacts.in_stack(self._stack)
        if role is None or artifacts is self._known_job._output:
            self._role.allow_read(location)
            if role is None:
                self._follow_job(self.node.find_child("Role"))
            return None
        self._role.allow_decrypt(location)
        policy = iam.Policy(self, "Artifacts", statements=read_statements(location))
        role.attach_inline_policy(policy)
        Acknowledgements.of(self._stack).add(
            policy.node.default_child, ROLE, lambda: self._stack.resolve(policy.document)
        )
        self._follow_job(policy)
        return policy

    def _follow_job(self, construct: IConstruct) -> None:
        """Let what refers to the job exist only where the job does."""
        resource = construct.node.default_child
        source = self._known_job.source
        is_ours = self._known_job._is_made_by(self._provider)
        if isinstance(resource, cdk.CfnResource) and source and is_ours:
            self._provider.follow(resource, source)

    def _retain(self, policy: cdk.RemovalPolicy) -> None:
        """Keep the model, and a role made for it, whatever becomes of the stack."""
        self._retained = True
        retain(self._resource, policy)
        self._role.retain()
        if self._network is not None:
            self._network.retain(policy)

    @checked(renamed(removal_policy_rule, removal_policy="policy"))
    def apply_removal_policy(self, policy: cdk.RemovalPolicy) -> None:
        """Keep or delete the model when the construct or the stack goes.

        Raises:
            OptionsError: If a model cannot have that policy.
        """
        if stays(policy):
            self._retain(policy)

    @property
    def _source(self) -> cdk.CfnResource:
        """The resource whose condition decides whether the model exists."""
        return self._resource

    @property
    def cdk_tag_manager(self) -> cdk.TagManager:
        """Collects the tags of ``Tags.of(model)``."""
        return self._tags.manager()

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The role of the containers, so that ``bucket.grant_read(model)`` works."""
        return self.role.grant_principal

    @property
    def role(self) -> iam.IRole:
        """Role of the containers, however it was given; the model waits for what it is granted.

        Granting a role that was given as an ARN or a name adds a policy to it.
        """
        return self._role.role

    def _role_for(self, user: Construct) -> RoleGrants:
        return self._role.for_user(user)

    @property
    def model_name(self) -> str:  # type: ignore[override]
        """Name of the model; a token."""
        return self._value("ModelName", self._resource.ref).token()

    @property
    def model_arn(self) -> str:  # type: ignore[override]
        """ARN of the model; a token."""
        return self._value("ModelArn", self._resource.get_att("ModelArn")).token()

    def _serve_in(self, stack: cdk.Stack) -> str:
        """Return the model's name for an endpoint of that stack.

        Raises:
            OptionsError: If the model would be deleted before that endpoint has moved on.
        """
        own = top_level_stack(self._stack)
        if own is not top_level_stack(stack) and not self._retained:
            fault = OptionFault(
                "model",
                "must be in the stack of its endpoint: when its job is trained again, its own "
                "stack deletes it before the endpoint's stack has moved on",
                f"a model of {own.node.path}",
                "declare an AutoMLModel of the same job beside the endpoint, or keep this one "
                "with removal_policy=RETAIN",
            )
            raise OptionsError(self.node.path, (fault,))
        return text_of(self._value("ModelName", self._resource.ref).in_stack(stack))

    def _value(self, name: str, reference: cdk.IResolvable | str) -> SharedValue:
        return SharedValue(self, self._stack, name, reference, self._resource)


def _listed(keys: Sequence[str] | None) -> list[str] | None:
    """Return keys as a list; a token is left as it is."""
    if keys is None or is_token(keys):
        return cast("list[str] | None", keys)
    return list(keys)


def _warn_about_name(model: AutoMLModel, job: AutoMLJobBase) -> None:
    if job._may_be_trained_again:
        cdk.Annotations.of(model).add_warning_v2(
            "cdk-automlv2:fixed-model-name",
            "the model has a name that you gave, and SageMaker cannot change a model: each "
            "retraining, and each other change of the model, will fail and roll back; leave the "
            "name out, and it changes with the content",
        )
