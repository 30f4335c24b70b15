"""What the SDK's class serves candidates by: ``create_model`` and ``deploy``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk

from cdk_automlv2._core.closed_sets import ResponseKey
from cdk_automlv2._core.options import checked
from cdk_automlv2._core.tag_rules import Tags
from cdk_automlv2.hosting.endpoint import AutoMLEndpoint
from cdk_automlv2.hosting.instance_types import processing_unit
from cdk_automlv2.hosting.model import AutoMLModel
from cdk_automlv2.hosting.option_rules import ENDPOINT_RULES, MODEL_RULES
from cdk_automlv2.job.candidates import Candidate
from cdk_automlv2.job.security import VpcConfig
from cdk_automlv2.release.gates import Gate
from cdk_automlv2.release.parts import DetachedJob
from cdk_automlv2.sdk.inference_response import validate_and_update_inference_response
from cdk_automlv2.sdk.job_queries import candidate_name
from cdk_automlv2.sdk.option_rules import CREATE_MODEL_RULES, DEPLOY_RULES
from cdk_automlv2.sdk.releases import JobReleases

Vpc = VpcConfig | dict[str, list[str]]


class CandidateServing(JobReleases):
    """Part of ``AutoMLV2``: models and endpoints of its latest job."""

    _vpc_config: Vpc | None

    @checked(*CREATE_MODEL_RULES, also=MODEL_RULES, context=lambda self: self._rule_context())
    def create_model(
        self,
        name: str | None = None,
        sagemaker_session: None = None,
        candidate: Candidate | Mapping[str, Any] | str | None = None,
        vpc_config: Vpc | None = None,
        enable_network_isolation: bool = False,
        model_kms_key: str | None = None,
        predictor_cls: None = None,
        inference_response_keys: Sequence[ResponseKey] | None = None,
        *,
        id: str = "Model",
        instance_type: str | None = None,
        gates: Sequence[Gate] | None = None,
    ) -> AutoMLModel:
        """Declare a model of a candidate, and return it.

        Args:
            name: The model's name. Default: one that changes with its content.
            sagemaker_session: Must be None; not available at synth time.
            candidate: A candidate, its name, or a dict with ``CandidateName``. Default: the best.
            vpc_config: Default: that of this AutoMLV2.
            enable_network_isolation: Whether to isolate the containers from the network.
            model_kms_key: Without effect: no archive is packed again, as the SDK may do.
            predictor_cls: Must be None; not available at synth time; see ``cdk_automlv2.runtime``.
            inference_response_keys: Keys of a classifier's inference response, in order.
            id: Id of the construct; needed from the second call on.
            instance_type: Where it will run; decides between CPU and GPU containers.
            gates: As for ``AutoMLModel``.

        Raises:
            OptionsError: With every invalid option, or if there is no job, or none waited for.
        """
        return AutoMLModel(
            self,
            id,
            job=self.describe_auto_ml_job(),
            candidate_name=candidate_name(candidate),
            inference_response_keys=inference_response_keys,
            role=self._role,
            vpc_config=vpc_config if vpc_config is not None else self._vpc_config,
            enable_network_isolation=enable_network_isolation or None,
            processing_unit=None if instance_type is None else processing_unit(instance_type),
            name=name,
            gates=gates,
            tags=self._tags,
        )

    @checked(
        *DEPLOY_RULES,
        also=(*MODEL_RULES, *ENDPOINT_RULES),
        context=lambda self: self._rule_context(),
    )
    def deploy(
        self,
        initial_instance_count: int,
        instance_type: str,
        serializer: None = None,
        deserializer: None = None,
        candidate: Candidate | Mapping[str, Any] | str | None = None,
        sagemaker_session: None = None,
        name: str | None = None,
        endpoint_name: str | None = None,
        tags: Tags | None = None,
        wait: bool = True,
        vpc_config: Vpc | None = None,
        enable_network_isolation: bool = False,
        model_kms_key: str | None = None,
        predictor_cls: None = None,
        inference_response_keys: Sequence[ResponseKey] | None = None,
        volume_size: int | None = None,
        model_data_download_timeout: int | cdk.Duration | None = None,
        container_startup_health_check_timeout: int | cdk.Duration | None = None,
        *,
        id: str = "Endpoint",
        timeout: cdk.Duration | None = None,
        gates: Sequence[Gate] | None = None,
    ) -> AutoMLEndpoint:
        """Declare the model of a candidate and the endpoint that serves it; return the endpoint.

        After ``fit(wait=False)`` job, model and endpoint are one ``AutoMLRelease``: ``release``.

        Args:
            initial_instance_count: Instances; 1 or more.
            instance_type: Such as ``ml.m5.large``.
            serializer: Must be None; not available at synth time; see ``cdk_automlv2.runtime``.
            deserializer: Must be None; not available at synth time.
            candidate: As for ``create_model``.
            sagemaker_session: Must be None; not available at synth time.
            name: The model's name. Default: one that changes with its content.
            endpoint_name: The endpoint's name. Default: one that stays.
            tags: Tags of endpoint and configuration. Default: those of this AutoMLV2.
            wait: Whether the deployment waits until it is in service. Default: True.
            vpc_config: Default: that of this AutoMLV2.
            enable_network_isolation: Whether to isolate the containers from the network.
            model_kms_key: Without effect.
            predictor_cls: Must be None; not available at synth time.
            inference_response_keys: As for ``create_model``.
            volume_size: GB, 1 to 512.
            model_data_download_timeout: Seconds or a ``cdk.Duration``, 60 to 3600 s.
            container_startup_health_check_timeout: Seconds or a ``cdk.Duration``, 60 to 3600 s.
            id: Id of the construct; needed from the second call on.
            timeout: As for ``AutoMLEndpoint``.
            gates: What a candidate must show before it serves. Default: nothing.

        Raises:
            OptionsError: With every invalid option, or if there is no job.
        """
        of_endpoint: dict[str, Any] = {
            "instance_type": instance_type,
            "initial_instance_count": initial_instance_count,
            "volume_size": volume_size,
            "model_data_download_timeout": model_data_download_timeout,
            "container_startup_health_check_timeout": container_startup_health_check_timeout,
            "tags": tags if tags is not None else self._tags,
        }
        if isinstance(self._latest, DetachedJob):
            of_model = {
                "inference_response_keys": inference_response_keys,
                "vpc_config": vpc_config if vpc_config is not None else self._vpc_config,
                "enable_network_isolation": enable_network_isolation or None,
            }
            self.endpoint = self._release_of(
                id, self._latest, gates, endpoint_name, of_model, of_endpoint
            )
            return self.endpoint
        model = self.create_model(
            name,
            sagemaker_session,
            candidate,
            vpc_config,
            enable_network_isolation,
            model_kms_key,
            predictor_cls,
            inference_response_keys,
            id=f"{id}Model",
            instance_type=instance_type,
            gates=gates,
        )
        self.endpoint = AutoMLEndpoint(
            self,
            id,
            model=model,
            endpoint_name=endpoint_name,
            wait=wait,
            timeout=timeout,
            **of_endpoint,
        )
        return self.endpoint

    validate_and_update_inference_response = staticmethod(validate_and_update_inference_response)
