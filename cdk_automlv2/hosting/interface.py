"""``IAutoMLModel`` and ``IAutoMLEndpoint``: what may be asked of them, wherever they come from."""

from __future__ import annotations

from typing import Any, Protocol

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam

from cdk_automlv2.problem_configs import ProblemConfig

VARIANT_NAME = "AllTraffic"
"""Constant: traffic shifting and RetainAllVariantProperties match variants by name."""


class IAutoMLModel(Protocol):
    """What others may ask of a model, made here or imported; matched by shape.

    Example:
        >>> model = AutoMLModel.from_model_name(stack, "Served", "churn-model")
        >>> model.model_name
        'churn-model'
    """

    @property
    def model_name(self) -> str:
        """Name of the model."""

    @property
    def model_arn(self) -> str:
        """ARN of the model."""

    @property
    def problem_config(self) -> ProblemConfig | None:
        """What its job predicts; ``None`` if that is not known."""

    @property
    def processing_unit(self) -> str | None:
        """CPU or GPU: which containers it has; ``None`` if that is not known."""

    @property
    def role(self) -> iam.IRole | None:
        """Role that its containers run as; ``None`` if that is not known."""


class IAutoMLEndpoint(Protocol):
    """What others may ask of an endpoint, made here or imported; matched by shape.

    Example:
        >>> endpoint = AutoMLEndpoint.from_endpoint_name(stack, "Churn", "churn")
        >>> endpoint.endpoint_name
        'churn'
    """

    @property
    def endpoint_name(self) -> str:
        """Name of the endpoint."""

    @property
    def endpoint_arn(self) -> str:
        """ARN of the endpoint."""

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let ``grantee`` send requests to the endpoint."""

    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:
        """Return a metric of the endpoint."""

    def metric_invocations(self, **options: Any) -> cloudwatch.Metric:
        """Requests sent to the endpoint; a count."""

    def metric_invocation_4xx_errors(self, **options: Any) -> cloudwatch.Metric:
        """Requests answered with a 4xx status; a count."""

    def metric_invocation_5xx_errors(self, **options: Any) -> cloudwatch.Metric:
        """Requests answered with a 5xx status; a count."""

    def metric_model_latency(self, **options: Any) -> cloudwatch.Metric:
        """Model latency; microseconds."""

    def metric_overhead_latency(self, **options: Any) -> cloudwatch.Metric:
        """Latency that SageMaker adds to that of the model; microseconds."""
