"""What the SDK's class does at run time: describe a job, list candidates, invoke an endpoint.

boto3 only; nothing here imports the CDK.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

CSV = "text/csv"
JSON = "application/json"
PARQUET = "application/x-parquet"

Row = Sequence[object]


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

        session = session or boto3.Session()
        self._sagemaker = session.client("sagemaker")
        self._endpoints = session.client("sagemaker-runtime")

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
    ) -> list[dict[str, Any]]:
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
        return found[:max_results]

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
            data: For CSV rows, or text; for JSON anything that JSON can say; else bytes.
            content_type: ``text/csv``, ``application/json``, ``application/x-parquet``, an image's
                type, or whatever else the containers read.
            accept: Type of the answer. Default: CSV for CSV, JSON for JSON, else whatever the
                containers answer with: an image is not answered with an image.

        Returns:
            For CSV a list of rows, each a list of strings; for JSON its value; else bytes.

        Raises:
            TypeError: If ``data`` cannot be sent as ``content_type``.
        """
        kind = _kind(content_type)
        accept = accept or (kind if kind in (CSV, JSON) else None)
        answer = self._endpoints.invoke_endpoint(
            EndpointName=endpoint_name,
            ContentType=content_type,
            Body=serialize(data, content_type),
            **({"Accept": accept} if accept else {}),
        )
        return deserialize(answer["Body"].read(), answer.get("ContentType", content_type))


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
    if kind == CSV:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(data)
        return out.getvalue().encode()
    raise TypeError(f"data: must be bytes for {content_type}, got {type(data).__name__}")


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
