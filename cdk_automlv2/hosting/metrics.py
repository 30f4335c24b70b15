"""The metrics of an endpoint: those that its kind publishes, with their units and dimensions.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Node

from cdk_automlv2._core import service_model
from cdk_automlv2._core.metric_options import metric_options_rule
from cdk_automlv2._core.options import checked
from cdk_automlv2._core.tokens import is_token
from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.hosting.interface import ASYNCHRONOUS, REAL_TIME, SERVERLESS, VARIANT_NAME

_ANSWERING: Final = (REAL_TIME, SERVERLESS)
_ON_INSTANCES: Final = (REAL_TIME, ASYNCHRONOUS)
_SERVICE: Final = "AWS/SageMaker"
_HOSTS: Final = "/aws/sagemaker/Endpoints"
_SUM: Final = "Sum"


def _variant_rule(options: Mapping[str, Any], variants: Sequence[str]) -> Iterator[OptionFault]:
    """One that there is: others publish nothing, and an alarm on them would never ring."""
    name = options.get("variant_name")
    if name is None or is_token(name):
        return
    if not isinstance(name, str):
        yield OptionFault("variant_name", "must be a str", name)
    elif variants and name not in variants and not any(map(is_token, variants)):
        yield OptionFault("variant_name", f"must be one of {', '.join(variants)}", name)
    elif not variants:
        shape = service_model.shape_at("CreateEndpointConfig", "ProductionVariants[].VariantName")
        yield from service_model.problems("variant_name", name, shape)


class EndpointMetrics:
    """Metrics of an endpoint, by its name.

    Each takes the options of ``cloudwatch.Metric`` and ``variant_name``, which chooses one of
    several variants; by default it is the first. The period is 5 minutes by default.
    """

    node: Node
    endpoint_name: str
    _variant_name: str = VARIANT_NAME
    _variants_with_metrics: Sequence[str] = ()
    """Names of all variants; empty if they are not known, as of an imported endpoint."""

    _kind: str | None = None
    """What the endpoint is; ``None`` if that is not known, as of an imported one."""

    def _publishes_as(self, endpoint: EndpointMetrics) -> None:
        """Have the metrics of another construct, which stands for the same endpoint."""
        self._kind = endpoint._kind
        self._variant_name = endpoint._variant_name
        self._variants_with_metrics = endpoint._variants_with_metrics

    @checked(
        metric_options_rule,
        _variant_rule,
        context=lambda self: {"variants": self._variants_with_metrics},
    )
    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:
        """Return a metric of ``AWS/SageMaker`` for this endpoint; options as ``Metric`` has them.

        Of several variants, ``variant_name`` chooses one. Default: the average over 5 minutes, of
        the first variant.

        Raises:
            OptionsError: With every invalid option, or if there is no such variant.
        """
        variant = options.pop("variant_name", None) or self._variant_name
        dimensions = {"EndpointName": self.endpoint_name, "VariantName": variant}
        defaults: dict[str, Any] = {
            "namespace": _SERVICE,
            "statistic": "Average",
            "dimensions_map": dimensions,
        }
        return cloudwatch.Metric(metric_name=metric_name, **(defaults | options))

    def metric_invocations(self, **options: Any) -> cloudwatch.Metric:
        """Requests sent to the endpoint; a count. Default: the sum.

        Raises:
            OptionsError: If the endpoint is asynchronous.
        """
        self._require("metric_invocations", _ANSWERING, "metric_invocation_failures")
        return self.metric("Invocations", **({"statistic": _SUM} | options))

    def metric_invocations_per_instance(self, **options: Any) -> cloudwatch.Metric:
        """Requests sent to each instance; a count. Default: the sum.

        Raises:
            OptionsError: If the endpoint is not one in real time on instances.
        """
        self._require("metric_invocations_per_instance", (REAL_TIME,), "metric_invocations")
        return self.metric("InvocationsPerInstance", **({"statistic": _SUM} | options))

    def metric_invocation_4xx_errors(self, **options: Any) -> cloudwatch.Metric:
        """Requests answered with a 4xx status; a count. Default: the sum."""
        return self.metric("Invocation4XXErrors", **({"statistic": _SUM} | options))

    def metric_invocation_5xx_errors(self, **options: Any) -> cloudwatch.Metric:
        """Requests answered with a 5xx status; a count, its average the share. Default: the sum."""
        return self.metric("Invocation5XXErrors", **({"statistic": _SUM} | options))

    def metric_invocation_model_errors(self, **options: Any) -> cloudwatch.Metric:
        """Requests that the model did not answer with a 2xx status; a count. Default: the sum."""
        return self.metric("InvocationModelErrors", **({"statistic": _SUM} | options))

    def metric_model_latency(self, **options: Any) -> cloudwatch.Metric:
        """Model latency; microseconds. Default: the average."""
        return self.metric("ModelLatency", **options)

    def metric_overhead_latency(self, **options: Any) -> cloudwatch.Metric:
        """Time SageMaker adds to an answer; microseconds. Default: the average.

        Raises:
            OptionsError: If the endpoint is asynchronous.
        """
        self._require("metric_overhead_latency", _ANSWERING, "metric_time_in_backlog")
        return self.metric("OverheadLatency", **options)

    def metric_cpu_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Use of all CPU cores of an instance together; %, 100 for each core. Default: the average.

        Raises:
            OptionsError: If the endpoint is serverless.
        """
        return self._of_hosts("metric_cpu_utilization", "CPUUtilization", options)

    def metric_gpu_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Use of all GPUs of an instance together; %, 100 for each GPU. Default: the average.

        Raises:
            OptionsError: If the endpoint is serverless.
        """
        return self._of_hosts("metric_gpu_utilization", "GPUUtilization", options)

    def metric_gpu_memory_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Use of the memory of all GPUs together; %, 100 for each GPU. Default: the average.

        Raises:
            OptionsError: If the endpoint is serverless.
        """
        return self._of_hosts("metric_gpu_memory_utilization", "GPUMemoryUtilization", options)

    def metric_disk_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Use of the disk of an instance; %. Default: the average.

        Raises:
            OptionsError: If the endpoint is serverless.
        """
        return self._of_hosts("metric_disk_utilization", "DiskUtilization", options)

    def metric_memory_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Use of the memory of an instance, or serverless container; %. Default: the average."""
        namespace = _SERVICE if self._kind == SERVERLESS else _HOSTS
        return self.metric("MemoryUtilization", **({"namespace": namespace} | options))

    def metric_model_setup_time(self, **options: Any) -> cloudwatch.Metric:
        """Time of a cold start; microseconds. Default: the average.

        Raises:
            OptionsError: If the endpoint is not serverless.
        """
        return self._of_serverless("metric_model_setup_time", "ModelSetupTime", options)

    def metric_concurrent_executions_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Requests at once, as a share of those allowed; 0 to 1. Default: the largest.

        Raises:
            OptionsError: If the endpoint is not serverless.
        """
        name = "ServerlessConcurrentExecutionsUtilization"
        method = "metric_concurrent_executions_utilization"
        return self._of_serverless(method, name, {"statistic": "Maximum"} | options)

    def metric_provisioned_concurrency_utilization(self, **options: Any) -> cloudwatch.Metric:
        """Provisioned containers in use, as a share of all; 0 to 1. Default: the largest.

        Raises:
            OptionsError: If the endpoint is not serverless.
        """
        name = "ServerlessProvisionedConcurrencyUtilization"
        method = "metric_provisioned_concurrency_utilization"
        return self._of_serverless(method, name, {"statistic": "Maximum"} | options)

    def metric_provisioned_concurrency_spillover_invocations(
        self, **options: Any
    ) -> cloudwatch.Metric:
        """Requests beyond the provisioned containers; a count. Default: the sum.

        Raises:
            OptionsError: If the endpoint is not serverless.
        """
        name = "ServerlessProvisionedConcurrencySpilloverInvocations"
        method = "metric_provisioned_concurrency_spillover_invocations"
        return self._of_serverless(method, name, {"statistic": _SUM} | options)

    def metric_approximate_backlog_size(self, **options: Any) -> cloudwatch.Metric:
        """Requests that wait or are worked on, of all instances; a count. Default: the average.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        return self._of_queue("metric_approximate_backlog_size", "ApproximateBacklogSize", options)

    def metric_approximate_backlog_size_per_instance(self, **options: Any) -> cloudwatch.Metric:
        """The same for each instance; a count. Default: the average.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        name = "ApproximateBacklogSizePerInstance"
        return self._of_queue("metric_approximate_backlog_size_per_instance", name, options)

    def metric_has_backlog_without_capacity(self, **options: Any) -> cloudwatch.Metric:
        """Whether requests wait and there is no instance; 1 or 0. Default: the average.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        name = "HasBacklogWithoutCapacity"
        return self._of_queue("metric_has_backlog_without_capacity", name, options)

    def metric_approximate_age_of_oldest_request(self, **options: Any) -> cloudwatch.Metric:
        """Age of the oldest request in the queue; seconds. Default: the largest.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        name, given = "ApproximateAgeOfOldestRequest", {"statistic": "Maximum"} | options
        return self._of_queue("metric_approximate_age_of_oldest_request", name, given)

    def metric_invocation_failures(self, **options: Any) -> cloudwatch.Metric:
        """Asynchronous requests that failed; a count. Default: the sum.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        return self._of_requests("metric_invocation_failures", "InvocationFailures", options)

    def metric_expired_requests(self, **options: Any) -> cloudwatch.Metric:
        """Asynchronous requests that waited too long; a count. Default: the sum.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        return self._of_requests("metric_expired_requests", "ExpiredRequests", options)

    def metric_time_in_backlog(self, **options: Any) -> cloudwatch.Metric:
        """How long a request has waited; milliseconds. Default: the average.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        given = {"statistic": "Average"} | options
        return self._of_requests("metric_time_in_backlog", "TimeInBacklog", given)

    def metric_invocations_processed(self, **options: Any) -> cloudwatch.Metric:
        """Asynchronous requests that were worked on; a count. Default: the sum.

        The metric's name has three s, as AWS's page prints it.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        name = "InvocationsProcesssed"
        return self._of_requests("metric_invocations_processed", name, options)

    def metric_request_download_failures(self, **options: Any) -> cloudwatch.Metric:
        """Requests whose input could not be read; a count. Default: the sum.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        given = {"statistic": "Sum"} | options
        return self._of_requests(
            "metric_request_download_failures", "RequestDownloadFailures", given
        )

    def metric_response_upload_failures(self, **options: Any) -> cloudwatch.Metric:
        """Answers that could not be written to S3; a count. Default: the sum.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        given = {"statistic": "Sum"} | options
        return self._of_requests("metric_response_upload_failures", "ResponseUploadFailures", given)

    def metric_notification_failures(self, **options: Any) -> cloudwatch.Metric:
        """Messages that could not be sent to a topic; a count. Default: the sum.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        given = {"statistic": "Sum"} | options
        return self._of_requests("metric_notification_failures", "NotificationFailures", given)

    def metric_request_download_latency(self, **options: Any) -> cloudwatch.Metric:
        """How long reading an input takes; microseconds. Default: the average.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        given = {"statistic": "Average"} | options
        return self._of_requests("metric_request_download_latency", "RequestDownloadLatency", given)

    def metric_response_upload_latency(self, **options: Any) -> cloudwatch.Metric:
        """How long writing an answer takes; microseconds. Default: the average.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        given = {"statistic": "Average"} | options
        return self._of_requests("metric_response_upload_latency", "ResponseUploadLatency", given)

    def metric_total_processing_time(self, **options: Any) -> cloudwatch.Metric:
        """From the call to the answer in S3; milliseconds. Default: the average.

        Raises:
            OptionsError: If the endpoint is not asynchronous.
        """
        given = {"statistic": "Average"} | options
        return self._of_requests("metric_total_processing_time", "TotalProcessingTime", given)

    def _of_hosts(self, method: str, name: str, options: dict[str, Any]) -> cloudwatch.Metric:
        self._require(method, _ON_INSTANCES, "metric_memory_utilization")
        return self.metric(name, **({"namespace": _HOSTS} | options))

    def _of_serverless(self, method: str, name: str, options: dict[str, Any]) -> cloudwatch.Metric:
        self._require(method, (SERVERLESS,))
        return self.metric(name, **options)

    def _of_queue(self, method: str, name: str, options: dict[str, Any]) -> cloudwatch.Metric:
        self._require(method, (ASYNCHRONOUS,))
        whole = {"EndpointName": self.endpoint_name}
        return self.metric(name, **({"dimensions_map": whole} | options))

    def _of_requests(self, method: str, name: str, options: dict[str, Any]) -> cloudwatch.Metric:
        self._require(method, (ASYNCHRONOUS,))
        return self.metric(name, **({"statistic": _SUM} | options))

    def _require(self, method: str, kinds: tuple[str, ...], instead: str | None = None) -> None:
        """Refuse a metric that the kind does not publish: its alarm would never ring."""
        if self._kind is not None and self._kind not in kinds:
            rule = f"must be of an endpoint that is {' or '.join(kinds)}: no other publishes it"
            fix = None if instead is None else f"use {instead}"
            fault = OptionFault(method, rule, self._kind, fix)
            raise OptionsError(f"AutoMLEndpoint {self.node.id!r}", (fault,))
