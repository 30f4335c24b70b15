"""``AsyncInference``: requests that are queued, and answered in S3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from cdk_automlv2._core.common_rules import kms_key_rule
from cdk_automlv2._core.display import shown
from cdk_automlv2._core.options import Rule
from cdk_automlv2.errors import OptionFault
from cdk_automlv2.hosting.destinations import destination_faults, location_of
from cdk_automlv2.hosting.request_part import RequestPart
from cdk_automlv2.job.output import AutoMLOutput

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sns as sns

    from cdk_automlv2._core.grants import RoleGrants
    from cdk_automlv2._core.s3 import S3Location
    from cdk_automlv2.hosting.destinations import Destination

IncludeInferenceResponse = Literal["SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC"]


def output_rule(output: Destination) -> Iterator[OptionFault]:
    """A place in S3."""
    yield from destination_faults("output", output)


def failure_rule(failure: Destination | None) -> Iterator[OptionFault]:
    """A place in S3, if any."""
    if failure is not None:
        yield from destination_faults("failure", failure)


def inputs_rule(inputs: Sequence[Destination]) -> Iterator[OptionFault]:
    """S3 locations."""
    for index, place in enumerate(inputs):
        yield from destination_faults(f"inputs[{index}]", place)


def responses_rule(
    include_inference_response_in: Sequence[str],
    success_topic: sns.ITopic | None,
    error_topic: sns.ITopic | None,
) -> Iterator[OptionFault]:
    """Messages to topics that there are."""
    topics = {"SUCCESS": success_topic, "ERROR": error_topic}
    for kind, topic in topics.items():
        if f"{kind}_NOTIFICATION_TOPIC" in include_inference_response_in and topic is None:
            rule = f"must not hold {kind}_NOTIFICATION_TOPIC without {kind.lower()}_topic"
            listed = tuple(include_inference_response_in)
            yield OptionFault("include_inference_response_in", rule, listed)


@shown
@dataclass(frozen=True)
class AsyncInference(RequestPart):
    """Makes an endpoint asynchronous: requests of up to 1 GB and 1 hour, queued in SageMaker.

    Such an endpoint takes InvokeEndpointAsync alone. The roles of the models are granted to read
    the inputs, write the output and publish to the topics.

    Attributes:
        output: Where answers go: an ``AutoMLOutput``, a bucket, or ``s3://bucket/prefix``.
        failure: Where the words of failures go. Default: ``failures/`` below the output.
        inputs: Where requests lie that are sent by their location, in the same forms. Default:
            none; a request of up to 128,000 bytes can be sent in the call.
        success_topic: Topic that hears of each answer. Default: none.
        error_topic: Topic that hears of each failure. Default: none.
        include_inference_response_in: Topics whose messages hold the answer, up to 128 KB:
            SUCCESS_NOTIFICATION_TOPIC, ERROR_NOTIFICATION_TOPIC. Default: none.
        max_concurrent_invocations_per_instance: Requests that an instance works on at once; 1 to
            1000. Default: SageMaker decides.
        kms_key: Key that answers are encrypted with: a ``kms.IKey``, an ARN, an id, or
            ``alias/name``. Default: the bucket's own.

    Raises:
        OptionsError: With every invalid field.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceConfig.html

    Example:
        >>> endpoint = AutoMLEndpoint(
        ...     stack,
        ...     "Queued",
        ...     model=model,
        ...     instance_type="ml.m5.large",
        ...     async_inference=AsyncInference("s3://my-answers/churn/"),
        ... )
    """

    output: AutoMLOutput | s3.IBucket | str
    failure: AutoMLOutput | s3.IBucket | str | None = field(default=None, kw_only=True)
    inputs: Sequence[AutoMLOutput | s3.IBucket | str] = field(default=(), kw_only=True)
    success_topic: sns.ITopic | None = field(default=None, kw_only=True)
    error_topic: sns.ITopic | None = field(default=None, kw_only=True)
    include_inference_response_in: Sequence[IncludeInferenceResponse] = field(
        default=(), kw_only=True
    )
    max_concurrent_invocations_per_instance: int | None = field(default=None, kw_only=True)
    kms_key: kms.IKey | str | None = field(default=None, kw_only=True)

    root: ClassVar[str] = "AsyncInferenceConfig"
    paths: ClassVar[Mapping[str, str]] = {
        "max_concurrent_invocations_per_instance": (
            "ClientConfig.MaxConcurrentInvocationsPerInstance"
        ),
    }
    rules: ClassVar[tuple[Rule, ...]] = (
        output_rule,
        failure_rule,
        inputs_rule,
        responses_rule,
        kms_key_rule,
    )

    def to_request(self) -> dict[str, Any]:
        """Return the API's AsyncInferenceConfig."""
        from cdk_automlv2._core.keys import optional_key_arn

        request = super().to_request()
        output: dict[str, Any] = {
            "S3OutputPath": self.output_location().uri,
            "S3FailurePath": self.failure_location().uri,
        }
        if self.kms_key is not None:
            output["KmsKeyId"] = optional_key_arn(self.kms_key)
        topics = {"SuccessTopic": self.success_topic, "ErrorTopic": self.error_topic}
        told: dict[str, Any] = {
            name: topic.topic_arn for name, topic in topics.items() if topic is not None
        }
        if self.include_inference_response_in:
            told["IncludeInferenceResponseIn"] = list(self.include_inference_response_in)
        if told:
            output["NotificationConfig"] = told
        return {"OutputConfig": output, **request}

    def output_location(self) -> S3Location:
        """Return where answers go, with the keys to write them."""
        return location_of(self.output, self.kms_key)

    def failure_location(self) -> S3Location:
        """Return where the words of failures go, with the keys to write them."""
        if self.failure is None:
            return self.output_location().below("failures")
        return location_of(self.failure, self.kms_key)

    def bind(self, roles: Sequence[RoleGrants]) -> None:
        """Let the roles of the models read inputs, write answers, and notify the topics."""
        topics = [topic for topic in (self.success_topic, self.error_topic) if topic is not None]
        for role in roles:
            for place in self.inputs:
                role.allow_read(location_of(place))
            role.allow_write(self.output_location())
            if self.failure is not None:
                role.allow_write(self.failure_location())
            for topic in topics:
                role.allow_publish(topic)

    def grant(self, grantee: iam.IGrantable) -> None:
        """Let whoever invokes the endpoint write requests, and read what becomes of them."""
        from cdk_automlv2._core.s3_grants import grant_read, grant_write

        for place in self.inputs:
            grant_write(location_of(place), grantee)
        grant_read(self.output_location(), grantee)
        if self.failure is not None:
            grant_read(self.failure_location(), grantee)
