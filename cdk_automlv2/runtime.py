"""What is done at run time: describe a job, invoke an endpoint in three ways, run a batch.

boto3 only; nothing here imports the CDK. ``cdk_automlv2.results`` gives answers their types.
"""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cdk_automlv2.payloads import (
    EndpointKindError,
    EndpointKinds,
    PayloadTooLargeError,
    require_inline_room,
    require_queued_room,
)
from cdk_automlv2.shown_candidates import Candidates, Chart
from cdk_automlv2.transform_runs import InferenceFailedError, Places, TransformRun, new_name

__all__ = [
    "AsyncAnswer",
    "AutoMLRuntime",
    "Candidates",
    "Chart",
    "EndpointKindError",
    "InferenceFailedError",
    "PayloadTooLargeError",
    "TransformRun",
    "deserialize",
    "serialize",
]

CSV = "text/csv"
JSON = "application/json"
PARQUET = "application/x-parquet"

Row = Sequence[object]

READ_SECONDS = 300
"""How long an answer is waited for: a serverless endpoint may take 4 minutes to start; boto3's own
60 seconds would call that a failure, and send the request again."""


class AutoMLRuntime:
    """A small client for code that runs beside the stack.

    Args:
        session: A boto3 session. Default: a new one.

    Example:
        >>> runtime = AutoMLRuntime(session)
        >>> runtime.predict("churn", [[42, "monthly"]])
        [['yes', '0.8']]
    """

    def __init__(self, session: Any = None) -> None:
        import boto3

        self._session = session = session or boto3.Session()
        self._sagemaker = session.client("sagemaker")
        self._endpoints = _patient(session)
        self._kinds = EndpointKinds(self._sagemaker)

    def __repr__(self) -> str:
        region = getattr(self._session, "region_name", None)
        return f"{type(self).__name__}({f'region_name={region!r}' if region else ''})"

    def describe_auto_ml_job(self, job_name: str) -> dict[str, Any]:
        """Return the job's description, as DescribeAutoMLJobV2 gives it."""
        answer: dict[str, Any] = self._sagemaker.describe_auto_ml_job_v2(AutoMLJobName=job_name)
        return answer

    def best_candidate(self, job_name: str) -> dict[str, Any]:
        """Return the job's best candidate.

        Raises:
            LookupError: If the job has none (yet).
        """
        job = self.describe_auto_ml_job(job_name)
        if "BestCandidate" not in job:
            status = f"{job['AutoMLJobStatus']} ({job['AutoMLJobSecondaryStatus']})"
            raise LookupError(f"AutoML job {job_name!r} is {status} and has no best candidate")
        best: dict[str, Any] = job["BestCandidate"]
        return best

    def list_candidates(
        self,
        job_name: str,
        status_equals: str | None = None,
        candidate_name: str | None = None,
        sort_order: str | None = None,
        sort_by: str | None = None,
        max_results: int | None = None,
    ) -> Candidates:
        """Return the job's candidates, all pages of them, or the first ``max_results``."""
        filters = {
            "StatusEquals": status_equals,
            "CandidateNameEquals": candidate_name,
            "SortOrder": sort_order,
            "SortBy": sort_by,
        }
        request = {"AutoMLJobName": job_name}
        request |= {key: value for key, value in filters.items() if value is not None}
        found: list[dict[str, Any]] = []
        while max_results is None or len(found) < max_results:
            page = self._sagemaker.list_candidates_for_auto_ml_job(**request)
            found += page["Candidates"]
            if not page.get("NextToken"):
                break
            request["NextToken"] = page["NextToken"]
        return Candidates(found[:max_results])

    def leaderboard(self, job_name: str) -> Candidates:
        """Return the job's candidates, the best first; those without an objective last."""
        return self.list_candidates(job_name).ranked()

    def predict(
        self,
        endpoint_name: str,
        data: str | bytes | Iterable[Row] | dict[str, Any],
        *,
        content_type: str = CSV,
        accept: str | None = None,
    ) -> Any:
        """Invoke an endpoint, and return its response.

        Args:
            endpoint_name: The endpoint.
            data: For CSV rows, text, or a table of pandas, whose header is not sent; for JSON
                anything that JSON can say; else bytes.
            content_type: ``text/csv``, ``application/json``, ``application/x-parquet``, an image's
                type, or whatever else the containers read.
            accept: Type of the answer. Default: CSV for CSV, JSON for JSON, else whatever the
                containers answer with: an image is not answered with an image.

        Returns:
            For CSV a list of rows, each a list of strings; for JSON its value; else bytes.

        Raises:
            EndpointKindError: If the endpoint is asynchronous.
            PayloadTooLargeError: If ``data`` are more than 6 MB, of a serverless endpoint 4 MB.
            TypeError: If ``data`` cannot be sent as ``content_type``.
        """
        kind = _kind(content_type)
        accept = accept or (kind if kind in (CSV, JSON) else None)
        invoke = self._endpoints.invoke_endpoint
        answer = self._answer_now(invoke, endpoint_name, data, content_type, accept)
        return deserialize(answer["Body"].read(), answer.get("ContentType", content_type))

    def predict_stream(
        self,
        endpoint_name: str,
        data: str | bytes | Iterable[Row] | dict[str, Any],
        *,
        content_type: str = JSON,
        accept: str | None = None,
    ) -> Iterator[bytes]:
        """Invoke an endpoint, and yield its response in the parts that it comes in.

        Args:
            endpoint_name: An endpoint of a language model.
            data: As for ``predict``.
            content_type: As for ``predict``. Default: JSON.
            accept: Type of the answer. Default: whatever the containers answer with.

        Raises:
            EndpointKindError: If the endpoint is asynchronous.
            PayloadTooLargeError: If ``data`` are more than 6 MB.
            TypeError: If ``data`` cannot be sent as ``content_type``.
        """
        invoke = self._endpoints.invoke_endpoint_with_response_stream
        answer = self._answer_now(invoke, endpoint_name, data, content_type, accept)
        for event in answer["Body"]:
            yield event["PayloadPart"]["Bytes"]

    def _answer_now(
        self,
        invoke: Callable[..., Any],
        endpoint_name: str,
        data: str | bytes | Iterable[Row] | dict[str, Any],
        content_type: str,
        accept: str | None,
    ) -> Any:
        """Send a request by a call that is answered at once, and return its answer."""
        body = serialize(data, content_type)
        self._kinds.require_room(endpoint_name, body)
        request = {"EndpointName": endpoint_name, "ContentType": content_type, "Body": body}
        with self._kinds.explained(endpoint_name, queued=False):
            return invoke(**request, **({"Accept": accept} if accept else {}))

    def predict_async(
        self,
        endpoint_name: str,
        data: str | bytes | Iterable[Row] | dict[str, Any] | None = None,
        *,
        input_location: str | None = None,
        content_type: str = CSV,
        accept: str | None = None,
        inference_id: str | None = None,
        ttl: int | None = None,
        timeout: int | None = None,
    ) -> AsyncAnswer:
        """Queue a request at an asynchronous endpoint.

        Args:
            endpoint_name: The endpoint.
            data: As for ``predict``; 128,000 bytes at most.
            input_location: Instead of it ``s3://bucket/key`` of the request; up to 1 GB.
            content_type: As for ``predict``.
            accept: Type of the answer. Default: CSV for CSV, JSON for JSON.
            inference_id: Name of the request, which comes back with the response.
            ttl: How long it may wait; seconds, 60 to 21,600. Default: 6 hours.
            timeout: How long it may be worked on; seconds, 1 to 3,600. Default: 15 minutes.

        Raises:
            EndpointKindError: If the endpoint is not asynchronous.
            PayloadTooLargeError: If ``data`` are too large, or what lies at ``input_location`` is.
            TypeError: If not exactly one of ``data`` and ``input_location`` is given, or ``data``
                cannot be sent as ``content_type``.
        """
        if (data is None) == (input_location is None):
            raise TypeError("give either data or input_location")
        kind = _kind(content_type)
        body = None if data is None else serialize(data, content_type)
        if body is not None:
            require_inline_room(body)
        if input_location is not None:
            require_queued_room(self._session.client("s3"), input_location)
        request = {
            "Body": body,
            "InputLocation": input_location,
            "Accept": accept or (kind if kind in (CSV, JSON) else None),
            "InferenceId": inference_id,
            "RequestTTLSeconds": ttl,
            "InvocationTimeoutSeconds": timeout,
        }
        given = {key: value for key, value in request.items() if value is not None}
        with self._kinds.explained(endpoint_name, queued=True):
            answer = self._endpoints.invoke_endpoint_async(
                EndpointName=endpoint_name, ContentType=content_type, **given
            )
        return AsyncAnswer(
            inference_id=answer["InferenceId"],
            output_location=answer["OutputLocation"],
            failure_location=answer.get("FailureLocation", ""),
            content_type=accept or content_type,
            s3=self._session.client("s3"),
        )

    def transform(
        self,
        model_name: str,
        input_location: str,
        output_location: str,
        instance_type: str,
        *,
        content_type: str = CSV,
        split_type: str = "Line",
        job_name: str | None = None,
        **request: Any,
    ) -> TransformRun:
        """Start a batch transform, for code that runs now and then and needs no construct for it.

        Args:
            model_name: The model.
            input_location: ``s3://bucket/prefix`` of the data.
            output_location: Where answers go, each under its object's name with ``.out``.
            instance_type: Such as ``ml.m5.xlarge``.
            content_type: Type of the data.
            split_type: How objects are split: Line, or None, as for forecasts.
            job_name: Name of the transform job. Default: a name that nobody has used.
            **request: Further members of CreateTransformJob, as boto3 spells them.
        """
        name = job_name or new_name(model_name)
        places = Places(input_location, output_location, content_type, split_type)
        members = {"TransformJobName": name, "ModelName": model_name, **places.members()}
        members["TransformResources"] = {"InstanceType": instance_type, "InstanceCount": 1}
        self._sagemaker.create_transform_job(**{**members, **request})
        return TransformRun(name, output_location, self._sagemaker)


@dataclass(frozen=True)
class AsyncAnswer:
    """The answer of an asynchronous endpoint, which comes to lie in S3.

    Attributes:
        inference_id: Name of the request.
        output_location: Where the answer will be.
        failure_location: Where the words of a failure will be; empty if the endpoint keeps none.
        content_type: Type of the answer.
    """

    inference_id: str
    output_location: str
    failure_location: str
    content_type: str
    s3: Any = field(repr=False, compare=False)

    def result(
        self,
        timeout: float = 900.0,
        *,
        every: float = 2.0,
        sleep: Callable[[float], object] = time.sleep,
    ) -> Any:
        """Wait for the answer and return its value, as ``AutoMLRuntime.predict`` does.

        Args:
            timeout: Longest wait; seconds.
            every: Pause between looks; seconds.
            sleep: Pauses.

        Raises:
            InferenceFailedError: If SageMaker says that the request has failed.
            TimeoutError: If there is neither an answer nor a failure in time.
        """
        left = timeout
        while True:
            answer = self._read(self.output_location)
            if answer is not None:
                return deserialize(answer, self.content_type)
            failure = self._read(self.failure_location)
            if failure is not None:
                raise InferenceFailedError(failure.decode(errors="replace"))
            if left <= 0:
                raise TimeoutError(
                    f"no answer to request {self.inference_id} in {timeout:g} s; it may still "
                    f"come, at {self.output_location}"
                )
            sleep(min(every, left))
            left -= every

    def _read(self, location: str) -> bytes | None:
        """Return an object; ``None`` while it is not there."""
        if not location:
            return None
        bucket, _, key = location.removeprefix("s3://").partition("/")
        listed = self.s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
        if key not in [item["Key"] for item in listed.get("Contents", [])]:
            return None
        body: bytes = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body


def serialize(data: Any, content_type: str) -> bytes:
    """Return the body of a request.

    Raises:
        TypeError: If ``data`` cannot be sent as ``content_type``.
    """
    if isinstance(data, bytes):
        return data
    kind = _kind(content_type)
    if kind == JSON:
        return json.dumps(data).encode()
    if isinstance(data, str):
        return data.encode()
    if kind == CSV and hasattr(data, "to_csv"):  # A table of pandas, which need not be there.
        return str(data.to_csv(index=False, header="header=present" in content_type)).encode()
    if kind == CSV:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(data)
        return out.getvalue().encode()
    raise TypeError(f"data: must be bytes for {content_type}, got {type(data).__name__}")


def _patient(session: Any) -> Any:
    """Return a client that waits for a cold start; a session that is no boto3's has its own."""
    import boto3

    if not isinstance(session, boto3.Session):
        return session.client("sagemaker-runtime")
    from botocore.config import Config

    config = Config(read_timeout=READ_SECONDS, retries={"mode": "standard"})
    return session.client("sagemaker-runtime", config=config)


def deserialize(body: bytes, content_type: str) -> Any:
    """Return the value of an answer's body."""
    kind = _kind(content_type)
    if kind == JSON:
        return json.loads(body)
    if kind == CSV:
        return [row for row in csv.reader(io.StringIO(body.decode())) if row]
    return body


def _kind(content_type: str) -> str:
    """Return a type without its parameters, such as ``;header=present``."""
    return content_type.partition(";")[0].strip().lower()
