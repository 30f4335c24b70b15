"""``IAutoMLModel`` and ``IAutoMLEndpoint``: what may be asked of them, wherever they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from cdk_automlv2._core.display import interface
from cdk_automlv2.problem_configs import ProblemConfig

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_iam as iam

REAL_TIME, SERVERLESS, ASYNCHRONOUS = "real time", "serverless", "asynchronous"
"""The kinds of endpoints."""

VARIANT_NAME = "AllTraffic"
"""Constant: traffic shifting and RetainAllVariantProperties match variants by name."""


@interface
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

    @property
    def connections(self) -> ec2.Connections:
        """Ways to and from its containers in a VPC; an object that has none need not have it."""


@interface
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

    @property
    def connections(self) -> ec2.Connections:
        """Ways to and from its containers in a VPC; an object that has none need not have it."""

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

    def metric_invocations_per_instance(self, **options: Any) -> cloudwatch.Metric:
        """Requests sent to each instance; a count."""

    def metric_invocation_model_errors(self, **options: Any) -> cloudwatch.Metric:
        """Requests that the model did not answer with a 2xx status; a count."""

    def metric_cpu_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Use of all CPU cores of an instance together; %, 100 for each core."""

    def metric_gpu_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Use of all GPUs of an instance together; %, 100 for each GPU."""

    def metric_gpu_memory_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Use of the memory of all GPUs together; %, 100 for each GPU."""

    def metric_disk_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Use of the disk of an instance; %."""

    def metric_memory_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Use of the memory of an instance, or serverless container; %."""

    def metric_model_setup_time(self, **options: Any) -> cloudwatch.Metric:
        """Time of a cold start; microseconds."""

    def metric_concurrent_executions_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Requests at once, as a share of those allowed; 0 to 1."""

    def metric_provisioned_concurrency_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Provisioned containers in use, as a share of all; 0 to 1."""

    def metric_provisioned_concurrency_spillover_invocations(
        self, **options: Any
    ) -> cloudwatch.Metric:
        """Requests beyond the provisioned containers; a count."""

    def metric_approximate_backlog_size(self, **options: Any) -> cloudwatch.Metric:
        """Requests that wait or are worked on, of all instances; a count."""

    def metric_approximate_backlog_size_per_instance(self, **options: Any) -> cloudwatch.Metric:
        """The same for each instance; a count."""

    def metric_has_backlog_without_capacity(self, **options: Any) -> cloudwatch.Metric:
        """Whether requests wait and there is no instance; 1 or 0."""

    def metric_approximate_age_of_oldest_request(self, **options: Any) -> cloudwatch.Metric:
        """Age of the oldest request in the queue; seconds."""

    def metric_invocation_failures(self, **options: Any) -> cloudwatch.Metric:
        """Asynchronous requests that failed; a count."""

    def metric_expired_requests(self, **options: Any) -> cloudwatch.Metric:
        """Asynchronous requests that waited too long; a count."""

    def metric_time_in_backlog(self, **options: Any) -> cloudwatch.Metric:
        """How long a request has waited; milliseconds."""

    def metric_invocations_processed(self, **options: Any) -> cloudwatch.Metric:
        """Asynchronous requests that were worked on; a count."""

    def metric_request_download_failures(self, **options: Any) -> cloudwatch.Metric:
        """Requests whose input could not be read from S3; a count."""

    def metric_response_upload_failures(self, **options: Any) -> cloudwatch.Metric:
        """Answers that could not be written to S3; a count."""

    def metric_notification_failures(self, **options: Any) -> cloudwatch.Metric:
        """Messages that could not be sent to a topic; a count."""

    def metric_request_download_latency(self, **options: Any) -> cloudwatch.Metric:
        """How long reading an input takes; microseconds."""

    def metric_response_upload_latency(self, **options: Any) -> cloudwatch.Metric:
        """How long writing an answer takes; microseconds."""

    def metric_total_processing_time(self, **options: Any) -> cloudwatch.Metric:
        """From the call to the answer in S3; milliseconds."""
