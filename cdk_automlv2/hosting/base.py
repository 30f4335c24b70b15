"""What models and endpoints have in common with those that were imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_sagemaker as sagemaker_refs
from constructs import Construct

from cdk_automlv2._core.arns import literal
from cdk_automlv2._core.grants import RoleGrants
from cdk_automlv2._core.options import checked
from cdk_automlv2.hosting.interface import VARIANT_NAME
from cdk_automlv2.problem_configs import ProblemConfig

INVOKE, ASYNC, STREAM = (
    "InvokeEndpoint",
    "InvokeEndpointAsync",
    "InvokeEndpointWithResponseStream",
)


class AutoMLModelBase(cdk.Resource):
    """A model as endpoints use it; what is decided elsewhere is left as it is.

    Attributes:
        problem_config: What its job predicts; ``None`` if that is not known.
        processing_unit: CPU or GPU: which containers it has; ``None`` if that is not known.
    """

    problem_config: ProblemConfig | None
    processing_unit: str | None
    model_name: str
    model_arn: str
    has_vpc = False
    is_isolated = False

    @property
    def role(self) -> iam.IRole | None:
        """Role that its containers run as; ``None`` if that is not known."""
        return None

    @property
    def model_ref(self) -> sagemaker_refs.ModelReference:
        """What the CDK's own constructs refer to a model by."""
        return sagemaker_refs.ModelReference(model_arn=self.model_arn)

    @property
    def _source(self) -> cdk.CfnResource | None:
        """The resource whose condition decides whether the model exists."""
        return None

    def _role_for(self, user: Construct) -> RoleGrants | None:
        """Return the role as another construct grants to it, if it is known."""
        return None

    def _retain(self, policy: cdk.RemovalPolicy) -> None:
        """Keep the model, if it goes with a stack."""

    def _serve_on(self, unit: str) -> None:
        """Use the containers for its first endpoint's processors, where none were chosen."""

    def _serve_in(self, stack: cdk.Stack) -> str:
        """Return the model's name for an endpoint of that stack."""
        return self.model_name


class AutoMLEndpointBase(cdk.Resource):
    """Grants and metrics; leans on name and ARN alone."""

    endpoint_name: str
    endpoint_arn: str
    _variant_name: str = VARIANT_NAME
    _invocations: Sequence[str] = (INVOKE, ASYNC, STREAM)
    """Names of the calls that the endpoint answers, as far as is known."""

    @property
    def endpoint_ref(self) -> sagemaker_refs.EndpointReference:
        """What the CDK's own constructs refer to an endpoint by."""
        return sagemaker_refs.EndpointReference(endpoint_arn=self.endpoint_arn)

    @checked()
    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` send requests to the endpoint, in each way that it answers.

        Raises:
            OptionsError: If ``grantee`` cannot be granted anything.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[f"sagemaker:{name}" for name in self._invocations],
            resource_arns=[literal(self.endpoint_arn)],
        )

    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:
        """Return a metric of ``AWS/SageMaker`` for this endpoint; options as ``Metric`` has them.

        Of several variants, ``variant_name`` chooses one. Default: the average over 5 minutes, of
        the first variant.
        """
        variant = options.pop("variant_name", None) or self._variant_name
        dimensions = {"EndpointName": self.endpoint_name, "VariantName": variant}
        defaults: dict[str, Any] = {"statistic": "Average", "dimensions_map": dimensions}
        return cloudwatch.Metric(
            namespace="AWS/SageMaker", metric_name=metric_name, **(defaults | options)
        )

    def metric_invocations(self, **options: Any) -> cloudwatch.Metric:
        """Requests sent to the endpoint; a count. Default: the sum over 5 minutes."""
        return self.metric("Invocations", **({"statistic": "Sum"} | options))

    def metric_invocation_4xx_errors(self, **options: Any) -> cloudwatch.Metric:
        """Requests answered with a 4xx status; a count. Default: the sum over 5 minutes."""
        return self.metric("Invocation4XXErrors", **({"statistic": "Sum"} | options))

    def metric_invocation_5xx_errors(self, **options: Any) -> cloudwatch.Metric:
        """Requests answered with a 5xx status; a count. Default: the sum over 5 minutes."""
        return self.metric("Invocation5XXErrors", **({"statistic": "Sum"} | options))

    def metric_model_latency(self, **options: Any) -> cloudwatch.Metric:
        """Model latency; microseconds. Default: average over 5 minutes."""
        return self.metric("ModelLatency", **options)

    def metric_overhead_latency(self, **options: Any) -> cloudwatch.Metric:
        """Time SageMaker adds to an answer; microseconds. Default: average over 5 minutes."""
        return self.metric("OverheadLatency", **options)
