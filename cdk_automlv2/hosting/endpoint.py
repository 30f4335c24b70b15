"""``AutoMLEndpoint``: models that answer requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk.interfaces import aws_sagemaker as sagemaker_refs
from constructs import Construct

from cdk_automlv2._core import wait_times, waiting
from cdk_automlv2._core.annotations import KNOWN_AT_SYNTH
from cdk_automlv2._core.common_rules import removal_policy_rule
from cdk_automlv2._core.keys import optional_key_arn
from cdk_automlv2._core.names import base_name
from cdk_automlv2._core.options import checked, renamed
from cdk_automlv2._core.provider import AutoMLProvider
from cdk_automlv2._core.retention import retain, stays
from cdk_automlv2._core.sharing import SharedValue
from cdk_automlv2._core.tag_rules import Tags, tag_list
from cdk_automlv2._core.tags import LateTags
from cdk_automlv2.hosting import alarms, scaling_rules
from cdk_automlv2.hosting.async_inference import AsyncInference
from cdk_automlv2.hosting.base import ASYNC, INVOKE, STREAM
from cdk_automlv2.hosting.data_capture import DataCapture
from cdk_automlv2.hosting.deployment import Deployment, errors_rule
from cdk_automlv2.hosting.endpoint_rules import RULES, age_rule
from cdk_automlv2.hosting.fleet import Fleet, follow_all
from cdk_automlv2.hosting.guardrails import Guardrails
from cdk_automlv2.hosting.interface import (
    ASYNCHRONOUS,
    REAL_TIME,
    SERVERLESS,
    VARIANT_NAME,
    IAutoMLModel,
)
from cdk_automlv2.hosting.scaling import ScalableInstanceCount, ScalableProvisionedConcurrency
from cdk_automlv2.hosting.scaling_of import EndpointScaling
from cdk_automlv2.hosting.stops import EndpointStops
from cdk_automlv2.hosting.variants import (
    InstanceVariant,
    ServerlessVariant,
)


@jsii.implements(cdk.ITaggableV2, sagemaker_refs.IEndpointRef)
class AutoMLEndpoint(EndpointStops):
    """An endpoint that serves a model, or several.

    Deleting the construct deletes the endpoint and its configuration, and waits until both are
    gone. Another model or other capacity updates the endpoint in place; its name stays. An update
    that SageMaker rolls back fails the deployment, with the reason.

    Args:
        model: The model to serve, unless ``variants`` have their own.
        instance_type: Such as ``ml.m5.large``; x86_64 only, as AutoML's images are.
        initial_instance_count: Instances; 1 or more. Another number is set in place; one that you
            have set elsewhere stays until this one changes. Default: 1.
        variants: Instead of the former: one or more models, each an ``InstanceVariant``, that
            share the traffic by their weights, or one ``ServerlessVariant``. Other weights alone
            are set without a new fleet.
        shadow_variant: A model that gets copies of the requests, and whose answers are dropped;
            its instances are paid in full. Default: none.
        data_capture: Keeps requests and answers in S3. Default: nothing is kept.
        async_inference: Makes the endpoint asynchronous: requests are queued, and answered in S3.
            Default: it answers in real time.
        deployment: How updates go, and which alarms take them back. Default: all traffic moves to
            new instances at once, and nothing is watched.
        endpoint_name: The endpoint's name; 63 characters at most, lower case; another one makes
            another endpoint. Default: a name that stays the same.
        volume_size: Storage of an instance; GB, 1 to 512. Default: the instance type's.
        volume_kms_key: Key of that storage, and of the copy of the image that a serverless variant
            keeps: a ``kms.IKey``, an ARN, an id, or ``alias/name``.
            Default: SageMaker's.
        model_data_download_timeout: Longest time to fetch the model; seconds or a ``cdk.Duration``,
            60 to 3600 s. Default: SageMaker decides; 3600 for a language model.
        container_startup_health_check_timeout: Longest time for the containers to come up; seconds
            or a ``cdk.Duration``, 60 to 3600 s. Default: SageMaker decides; 3600 for a language
            model.
        retain_all_variant_properties: Whether an update keeps the weights that the endpoint has by
            then, as it keeps the number of instances. Default: False.
        timeout: Longest wait for the endpoint; 1 minute to 18 days; more than 55 minutes add wait
            resources. Default: 55 minutes, and 2.5 hours for a language model, on top of the
            longest time of ``deployment``.
        wait: Whether the deployment waits until the endpoint is in service. Default: True.
        tags: Tags of endpoint and configuration, 44 at most; those of ``Tags.of(...)`` are merged
            in and take precedence, those of the stack are merged in.
        removal_policy: RETAIN keeps the endpoint, its configuration and its model when the
            construct or the stack is deleted; you continue to be charged. Default: DESTROY.

    Raises:
        OptionsError: With every invalid option.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html

    Example:
        >>> endpoint = AutoMLEndpoint(
        ...     stack, "ChurnEndpoint", model=model, instance_type="ml.m5.large"
        ... )
        >>> alarm = endpoint.metric_invocation_5xx_errors().create_alarm(
        ...     stack, "Errors", threshold=1, evaluation_periods=1
        ... )
    """

    @checked(*RULES)
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        model: IAutoMLModel | None = None,
        instance_type: str | None = None,
        initial_instance_count: int = 1,
        variants: Sequence[InstanceVariant | ServerlessVariant] | None = None,
        shadow_variant: InstanceVariant | None = None,
        data_capture: DataCapture | None = None,
        async_inference: AsyncInference | None = None,
        deployment: Deployment | None = None,
        endpoint_name: str | None = None,
        volume_size: int | None = None,
        volume_kms_key: kms.IKey | str | None = None,
        model_data_download_timeout: int | cdk.Duration | None = None,
        container_startup_health_check_timeout: int | cdk.Duration | None = None,
        retain_all_variant_properties: bool | cdk.IResolvable | None = None,
        timeout: cdk.Duration | None = None,
        wait: bool = True,
        tags: Tags | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        if variants is None:
            variants = [
                InstanceVariant.of_checked(
                    model=model,
                    instance_type=instance_type,
                    initial_instance_count=initial_instance_count,
                    volume_size=volume_size,
                    model_data_download_timeout=model_data_download_timeout,
                    container_startup_health_check_timeout=container_startup_health_check_timeout,
                )
            ]
        super().__init__(scope, id)
        provider = self._provider = AutoMLProvider.of(scope)
        self._stack = provider.stack
        fleet = Fleet.of(self, variants, shadow_variant)
        rights = provider.policy.for_user(self)
        grants = fleet.grants(self)
        grants.use_volume_key(volume_kms_key, rights)
        grants.capture(data_capture)
        self._async_inference = async_inference
        self._kind = SERVERLESS if fleet.is_serverless else REAL_TIME
        self._captures = data_capture is not None
        self._variant_names = fleet.variant_names
        self._variants_with_metrics = fleet.all_names
        if async_inference is not None:
            self._kind = ASYNCHRONOUS
            async_inference.bind(grants.roles)
            self._invocations = (ASYNC,)
        else:
            self._invocations = (INVOKE, STREAM) if fleet.streams else (INVOKE,)
        self._models = fleet.models
        self._variant_name = variants[0].variant_name or VARIANT_NAME
        if removal_policy is not None and stays(removal_policy):
            for served in self._models:
                served._retain(removal_policy)
        loading = fleet.load_seconds
        usual = 2 * loading + 30 * 60 if loading else wait_times.LINK_SECONDS
        guardrails = None
        if deployment is not None:
            guardrails = Guardrails(self, deployment, provider.key_of(self), fleet)
            guardrails.grant(grants.roles, rights)
            usual += guardrails.longest_seconds()
        waits = self._waits(usual, timeout, wait=wait, guarded=guardrails is not None)
        self._served = {
            **fleet.bind(self, provider.stack),
            "RetainAllVariantProperties": retain_all_variant_properties,
        }
        self._resource = provider.resource(
            self,
            "Resource",
            "AutoMLEndpoint",
            follows=self._models[0]._source,
            **self._served,
            DataCaptureConfig=None if data_capture is None else data_capture.to_request(),
            AsyncInferenceConfig=None if async_inference is None else async_inference.to_request(),
            KmsKeyId=optional_key_arn(volume_kms_key),
            **({} if guardrails is None else guardrails.properties()),
            EndpointName=endpoint_name,
            BaseName=base_name(id),
            MoreLinks=True if len(waits) > 1 else None,
            WaitSeconds=waits[0] if waits[0] < wait_times.LINK_SECONDS else None,
            Wait=None if wait else False,
            Tags=tag_list(tags),
        )
        self._scaling = EndpointScaling(self, self._resource, fleet)
        rights.apply_before(self._resource)
        grants.apply_before(self._resource)
        follow_all(provider, self._resource, self._models[1:])
        self._settled = self._wait(provider, waits[1:])
        if guardrails is not None:
            guardrails.make_alarms(self.metric, self._resource)
        self._tags = LateTags(self._resource, tags, provider.stack)
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
            for model in self._models:
                model._retain(policy)

    @checked()
    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` send requests to the endpoint, in each way that it answers.

        Of an asynchronous endpoint also to write requests to its ``inputs``, and to read answers.

        Raises:
            OptionsError: If ``grantee`` cannot be granted anything.
        """
        if self._async_inference is not None:
            self._async_inference.grant(grantee)
        return super().grant_invoke(grantee)

    @checked(errors_rule, alarms.times_rule, age_rule, context=lambda self: {"kind": self._kind})
    def add_alarms(
        self,
        *,
        errors: Annotated[float | None, KNOWN_AT_SYNTH] = 1,
        latency: cdk.Duration | None = None,
        age: cdk.Duration | None = None,
        actions: Sequence[cloudwatch.IAlarmAction] = (),
    ) -> list[cloudwatch.Alarm]:
        """Make the alarms that suit the endpoint, and return them.

        Beside those that are asked for: of a serverless endpoint more than 90 % of its concurrency,
        of an asynchronous one failed and expired requests, with data capture a full disk. Each
        rings after two of three periods of 5 minutes; times without requests are fine.

        Args:
            errors: Share of answers with a 5xx status; %. Default: 1.
            latency: What one answer in a hundred may exceed. Default: no alarm, as nobody knows.
            age: How long a request of an asynchronous endpoint may wait. Default: no alarm.
            actions: What the alarms do, such as ``cloudwatch_actions.SnsAction(topic)``.

        Raises:
            OptionsError: If an option suits no endpoint, or not this kind.
        """
        wanted = alarms.limits(
            self,
            self._kind or "",
            self._variant_names,
            errors=errors,
            latency=latency,
            age=age,
            captures=self._captures,
        )
        return alarms.make(self, self._resource, wanted, actions)

    @checked(*scaling_rules.INSTANCE_COUNT, context=lambda self: self._scaling.context(self._kind))
    def auto_scale_instance_count(
        self,
        *,
        max_capacity: int,
        min_capacity: int = 1,
        variant_name: Annotated[str | None, KNOWN_AT_SYNTH] = None,
    ) -> ScalableInstanceCount:
        """Let the number of instances of a variant be scaled; return what says how.

        From then on an update keeps the number that there is, and the variant's
        ``initial_instance_count`` is used only when the endpoint is created.

        Args:
            max_capacity: Most instances; 1 or more.
            min_capacity: Least instances; 1 or more, of an asynchronous endpoint 0 or more.
                Default: 1.
            variant_name: Which variant, a shadow included. Default: the only one.

        Raises:
            OptionsError: With every invalid option, and for what AWS does not scale.
        """
        return self._scaling.count(
            self._kind or "", variant_name, min_capacity=min_capacity, max_capacity=max_capacity
        )

    @checked(
        *scaling_rules.PROVISIONED_CONCURRENCY,
        context=lambda self: self._scaling.context(self._kind),
    )
    def auto_scale_provisioned_concurrency(
        self,
        *,
        max_capacity: int,
        min_capacity: int = 1,
        variant_name: Annotated[str | None, KNOWN_AT_SYNTH] = None,
    ) -> ScalableProvisionedConcurrency:
        """Let the provisioned concurrency of a serverless variant be scaled.

        Args:
            max_capacity: Most; 1 to the variant's ``max_concurrency``.
            min_capacity: Least; 1 or more. Default: 1.
            variant_name: Which variant. Default: the only one.

        Raises:
            OptionsError: With every invalid option, and for an endpoint on instances.
        """
        return self._scaling.concurrency(
            self._kind or "", variant_name, min_capacity=min_capacity, max_capacity=max_capacity
        )

    @property
    def cdk_tag_manager(self) -> cdk.TagManager:
        """Collects the tags of ``Tags.of(endpoint)``."""
        return self._tags.manager()

    @property
    def endpoint_name(self) -> str:  # type: ignore[override]
        """Name of the endpoint; a token, known once it is in service."""
        return cdk.Token.as_string(self._settled.get_att("EndpointName"))

    @property
    def endpoint_arn(self) -> str:  # type: ignore[override]
        """ARN of the endpoint; a token."""
        return cdk.Token.as_string(self._resource.get_att("EndpointArn"))

    def _security_groups(self) -> list[ec2.ISecurityGroup]:
        return [group for model in self._models for group in model._security_groups()]

    @property
    def endpoint_config_name(self) -> str:
        """Name of the configuration that the endpoint serves; a token."""
        name = "EndpointConfigName"
        reference = self._resource.get_att(name)
        return SharedValue(self, self._stack, name, reference, self._resource).token()

    def _waits(
        self, usual: int, timeout: cdk.Duration | None, *, wait: bool, guarded: bool
    ) -> list[int]:
        """Return what each link waits; warn of a timeout that an update may outlast."""
        seconds = usual if timeout is None else int(timeout.to_seconds())
        if guarded and seconds < usual:
            cdk.Annotations.of(self).add_warning_v2(
                "cdk-automlv2:timeout-below-deployment",
                f"an update may take {usual // 60} min by its deployment, and the timeout is "
                f"{seconds // 60} min; leave timeout out",
            )
        return wait_times.links(seconds)[: None if wait else 1]

    def _wait(self, provider: AutoMLProvider, waits: list[int]) -> cdk.CfnResource:
        """The endpoint itself waits for the first 55 minutes; links wait for the rest."""
        if not waits:
            return self._resource
        target = {
            "Target": "Endpoint",
            "EndpointName": self._resource.ref,
            "EndpointConfigName": self._resource.get_att("EndpointConfigName"),
        }
        whole = sum(waits) + wait_times.LINK_SECONDS
        waiting.warn_if_long(self, "the endpoint", len(waits))
        return waiting.chain(provider, self, waits, whole, target, self._resource)
