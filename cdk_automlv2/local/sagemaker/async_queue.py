"""The queue of an asynchronous endpoint: what came, worked on by as many as there are instances."""

from __future__ import annotations

import base64
import json
import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cdk_automlv2.local.sagemaker.capture import Message
from cdk_automlv2.local.sagemaker.errors import ServiceError
from cdk_automlv2.local.sagemaker.fleets import Fleet
from cdk_automlv2.local.sagemaker.state import Record, State
from cdk_automlv2.local.training.objects import split_uri

PER_INSTANCE = 4
"""Requests that an instance works on at once where nobody says; SageMaker decides then."""

LONGEST_IN_MESSAGE = 128 * 1024
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AsyncRequest:
    """One request in the queue.

    Attributes:
        arn: Of the endpoint.
        body: What was sent with the call; empty if it lies at ``input_location``.
        expires_at: Nominal seconds after which nobody works on it any more.
    """

    arn: str
    endpoint: str
    region: str
    inference_id: str
    body: bytes
    input_location: str
    content_type: str
    accept: str
    output_location: str
    failure_location: str
    received: datetime
    expires_at: float


class AsyncQueue:
    """Requests of one endpoint, in the order they came.

    Args:
        work: Answers one.
        workers: Returns how many may be worked on at once now.
    """

    def __init__(self, work: Callable[[AsyncRequest], None], workers: Callable[[], int]) -> None:
        self._work = work
        self._workers = workers
        self._lock = threading.Lock()
        self._waiting: deque[AsyncRequest] = deque()
        self._busy = 0

    def put(self, request: AsyncRequest) -> None:
        """Queue a request."""
        with self._lock:
            self._waiting.append(request)
        self.pump()

    @property
    def backlog(self) -> int:
        """How many wait or are worked on."""
        with self._lock:
            return len(self._waiting) + self._busy

    def pump(self) -> None:
        """Begin what may begin: after a request has come, or the number of instances changed."""
        most = self._workers()
        with self._lock:
            while self._waiting and self._busy < most:
                self._busy += 1
                request = self._waiting.popleft()
                threading.Thread(target=self._carry_out, args=[request], daemon=True).start()

    def _carry_out(self, request: AsyncRequest) -> None:
        try:
            self._work(request)
        except Exception:  # The next one is served all the same.
            _log.exception("asynchronous request %s", request.inference_id)
        finally:
            with self._lock:
                self._busy -= 1
            self.pump()


def queue_of(state: State, arn: str) -> AsyncQueue:
    """Return the queue of an endpoint, which is there from its first request on."""

    def workers() -> int:
        with state.lock:
            fleet: Fleet | None = state.serving.get(arn)
            shown = state.endpoints.get(arn, {}).get("ProductionVariants", [])
        if fleet is None or "AsyncInferenceConfig" not in fleet.config:
            return 0
        client = fleet.config["AsyncInferenceConfig"].get("ClientConfig", {})
        each = client.get("MaxConcurrentInvocationsPerInstance", PER_INSTANCE)
        return int(each * sum(item.get("CurrentInstanceCount", 0) for item in shown))

    with state.lock:
        if arn not in state.queues:
            state.queues[arn] = AsyncQueue(lambda request: _answer(state, request), workers)
        found: AsyncQueue = state.queues[arn]
        return found


def wake(state: State, arn: str) -> None:
    """Let the queue of an endpoint go on after its instances have changed."""
    if arn in state.queues:
        queue_of(state, arn).pump()


def _answer(state: State, request: AsyncRequest) -> None:
    with state.lock:
        fleet: Fleet = state.serving[request.arn]
    variant = fleet.variant_for(None)
    role = fleet.roles[variant]
    desk = _Desk(state, request, fleet.config["AsyncInferenceConfig"]["OutputConfig"], role)
    try:
        if state.clock.seconds() > request.expires_at:
            raise ServiceError("Expired", "The request expired before it was processed.")
        answer = fleet.answer(variant, desk.read(), request.accept)
        desk.succeed(answer)
    except ServiceError as error:
        desk.fail(error.message)
    except Exception as error:
        desk.fail(f"Amazon SageMaker could not read the input or write the output: {error}")


class _Desk:
    """Reads a request and writes what becomes of it, with the rights of the model's role."""

    def __init__(self, state: State, request: AsyncRequest, output: Record, role: str) -> None:
        self._state = state
        self._request = request
        self._output = output
        self._role = role
        self._s3 = state.iam.role_s3(role, request.region)

    def read(self) -> Message:
        request = self._request
        body = request.body
        if request.input_location:
            bucket, key = split_uri(request.input_location)
            body = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return Message(body, request.content_type)

    def succeed(self, answer: Message) -> None:
        self._write(self._request.output_location, answer.body)
        place = {"outputLocation": self._request.output_location}
        self._tell("Success", "Completed", answer, place, {})

    def fail(self, reason: str) -> None:
        words = Message(reason.encode(), "text/plain")
        place = {}
        if self._request.failure_location:
            self._write(self._request.failure_location, words.body)
            place = {"failureLocation": self._request.failure_location}
        self._tell("Error", "Failed", words, place, {"failureReason": reason})

    def _write(self, uri: str, body: bytes) -> None:
        bucket, key = split_uri(uri)
        kms = self._output.get("KmsKeyId")
        encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms} if kms else {}
        self._s3.put_object(Bucket=bucket, Key=key, Body=body, **encrypted)

    def _tell(
        self,
        kind: str,
        status: str,
        answer: Message,
        place: dict[str, str],
        more: dict[str, str],
    ) -> None:
        """Send the message that the guide shows, if there is a topic for it."""
        topics = self._output.get("NotificationConfig", {})
        topic = topics.get(f"{kind}Topic")
        if topic is None:
            return
        request = self._request
        asked = {"contentType": request.content_type, "endpointName": request.endpoint}
        if request.input_location:
            asked["inputLocation"] = request.input_location
        message: dict[str, Any] = {
            "awsRegion": request.region,
            "eventTime": f"{self._state.clock.now():%Y-%m-%dT%H:%M:%S.000Z}",
            "receivedTime": f"{request.received:%Y-%m-%dT%H:%M:%S.000Z}",
            "invocationStatus": status,
            "requestParameters": asked,
            "responseParameters": {"contentType": answer.content_type, **place},
            "inferenceId": request.inference_id,
            "eventVersion": "1.0",
            "eventSource": "aws:sagemaker",
            "eventName": "InferenceResult",
            **more,
        }
        held = f"{kind.upper()}_NOTIFICATION_TOPIC" in topics.get("IncludeInferenceResponseIn", [])
        if held and len(answer.body) <= LONGEST_IN_MESSAGE:
            content = base64.b64encode(answer.body).decode()
            message["responseBody"] = {"content": content, "encoding": "BASE64"}
        sns = self._state.iam.role_sns(self._role, request.region)
        sns.publish(TopicArn=topic, Message=json.dumps(message))
